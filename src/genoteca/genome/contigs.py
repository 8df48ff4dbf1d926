"""Which chromosome a contig of a file is, and why a record of it may be set aside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from genoteca.genome.header import Header
from genoteca.genome.schema import CHROM
from genoteca.model.build import CHROMOSOMES, MT_LENGTH, Build, chromosome

__all__ = ["Accession", "Contigs", "Place", "accession_of", "place_of"]

NOT_A_CHROMOSOME = "contig is not one of the chromosomes 1-22, X, Y and MT"
OTHER_MITOCHONDRION = "mitochondrial contig is not the 16,569 bases of NC_012920 (hg19's chrM has 16,571)"
OTHER_BUILD = "contig belongs to another genome build"

# Versions of the chromosomes' accessions in GRCh37, 1 to 22, X, Y; in GRCh38 every one of them is one higher. RefSeq:
# NC_000001.10 to NC_000024.9, and one lower in NCBI36; GenBank: CM000663.1 to CM000686.1. Assembly reports
# GCF_000001405.12, .25 and .40,
# https://ftp.ncbi.nlm.nih.gov/genomes/all/GCF/000/001/405/
_GRCH37_VERSIONS = (10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11, 10, 8, 9, 9, 10, 9, 9, 10, 8, 10, 10, 9)
_REFSEQ = re.compile(r"NC_0000(\d\d)\.(\d+)")
_GENBANK = re.compile(r"CM000(\d\d\d)\.(\d+)")
_BEFORE_FIRST = 662
"""CM000663 is chromosome 1."""
_RCRS = frozenset({"NC_012920.1", "J01415.2"})
"""The mitochondrion of GRCh37 and GRCh38, by RefSeq and GenBank."""


class Place(NamedTuple):
    """A contig of a file: its chromosome, or the reason why its records are set aside."""

    chrom: str | None
    length: int
    reason: str | None


class Accession(NamedTuple):
    """A versioned accession of the kind that chromosomes have: whose it is, in which build; None: in none of ours."""

    chrom: str | None
    build: Build | None


def accession_of(name: str) -> Accession | None:
    """Read the accession of a nuclear chromosome (`NC_000001.11`, `CM000663.2`); None: the name is no such one."""
    for pattern, before, genbank in ((_REFSEQ, 0, False), (_GENBANK, _BEFORE_FIRST, True)):
        if found := pattern.fullmatch(name):
            number, version = int(found[1]) - before, int(found[2])
            if not 1 <= number <= len(_GRCH37_VERSIONS):
                return Accession(None, None)
            later = version - (1 if genbank else _GRCH37_VERSIONS[number - 1])
            builds = {0: Build.GRCH37, 1: Build.GRCH38} | ({} if genbank else {-1: Build.NCBI36})
            return Accession(CHROMOSOMES[number - 1], builds.get(later))
    return None


@dataclass(slots=True)
class Contigs:
    """Folds contig names to chromosomes, once per name."""

    header: Header
    build: Build

    def table(self, names: list[str]) -> pl.DataFrame:
        """One row per contig name: `contig`, `chrom`, `length`, `contig_reason` (null: a chromosome)."""
        places = [self.place(name) for name in names]
        return pl.DataFrame(
            {
                "contig": names,
                "chrom": [place.chrom for place in places],
                "length": [place.length for place in places],
                "contig_reason": [place.reason for place in places],
            },
            schema={"contig": pl.String, "chrom": CHROM, "length": pl.UInt32, "contig_reason": pl.String},
        )

    def place(self, name: str) -> Place:
        """Fold one contig name."""
        contig = self.header.contigs.get(name)
        return place_of(name, contig.length if contig else None, self.build)


def place_of(name: str, length: int | None, build: Build) -> Place:
    """Say which chromosome of a build a contig is, by its name, and for a mitochondrion by its length where told."""
    if (accession := accession_of(name)) is not None:
        return _place_of_accession(accession, build)
    chrom = "MT" if name in _RCRS else chromosome(name)
    if chrom is None:
        return Place(None, 0, NOT_A_CHROMOSOME)
    if chrom == "MT" and not _is_rcrs(name, length, build):
        return Place(None, 0, OTHER_MITOCHONDRION)
    return Place(chrom, build.lengths[chrom], None)


def _place_of_accession(accession: Accession, build: Build) -> Place:
    if accession.chrom is None:
        return Place(None, 0, NOT_A_CHROMOSOME)
    if accession.build is not build:
        return Place(None, 0, OTHER_BUILD)
    return Place(accession.chrom, build.lengths[accession.chrom], None)


def _is_rcrs(name: str, length: int | None, build: Build) -> bool:
    """Whether a mitochondrial contig is NC_012920: by its length where told, else by the custom of its name.

    Without a length, `chrM` in GRCh37 is taken for UCSC's hg19, whose chrM is NC_001807
    (https://genome.ucsc.edu/cgi-bin/hgGateway?db=hg19).
    """
    if length:
        return length == MT_LENGTH
    if name in _RCRS:
        return True
    named_as_ucsc = name.lower() in {"chrm", "chrmt"}
    return build is Build.GRCH38 or (build is Build.GRCH37 and not named_as_ucsc)
