"""just-dna modules, brought in as data modules: `formats` says what they are, `converting` what becomes of them."""

from genoteca.store.just_dna.converting import Origin, build_of, convert
from genoteca.store.just_dna.documents import front_matter
from genoteca.store.just_dna.formats import OTHER_TABLES, READ_FILES
from genoteca.store.just_dna.placing import BasesOf
from genoteca.store.just_dna.report import JustDnaReport
from genoteca.store.just_dna.unpacking import unpack

__all__ = [
    "OTHER_TABLES",
    "READ_FILES",
    "BasesOf",
    "JustDnaReport",
    "Origin",
    "build_of",
    "convert",
    "front_matter",
    "unpack",
]
