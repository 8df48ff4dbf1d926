"""Genome builds: their contigs, lengths, and the regions where rules differ."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

__all__ = ["CHROMOSOMES", "RANK", "Build", "Region", "build_of_lengths", "chromosome", "mhc", "par"]


class Build(StrEnum):
    """A genome build. NCBI36 is recognised so that it is never taken for another."""

    NCBI36 = "NCBI36"
    GRCH37 = "GRCh37"
    GRCH38 = "GRCh38"

    @property
    def lengths(self) -> dict[str, int]:
        """Give the length of every chromosome, in bases."""
        return _LENGTHS[self]


class Region(NamedTuple):
    """A stretch of a chromosome, 1-based, both ends included."""

    chrom: str
    start: int
    end: int


CHROMOSOMES: tuple[str, ...] = (*(str(n) for n in range(1, 23)), "X", "Y", "MT")

RANK: dict[str, int] = {name: rank for rank, name in enumerate(CHROMOSOMES, start=1)}
"""1 to 25, as in the variant key."""

MT_LENGTH = 16569
"""rCRS (NC_012920.1). The 16571 bases of NC_001807, hg19's chrM, are another sequence."""


def _table(lengths: str) -> dict[str, int]:
    return dict(zip(CHROMOSOMES, map(int, lengths.split()), strict=True))


# Lengths: assembly reports GCF_000001405.12 (NCBI36), .25 (GRCh37.p13), .40 (GRCh38.p14),
# https://ftp.ncbi.nlm.nih.gov/genomes/all/GCF/000/001/405/ (public domain).
_LENGTHS = {
    Build.NCBI36: _table(
        "247249719 242951149 199501827 191273063 180857866 170899992 158821424 146274826 140273252 135374737 "
        "134452384 132349534 114142980 106368585 100338915 88827254 78774742 76117153 63811651 62435964 "
        "46944323 49691432 154913754 57772954 16571"
    ),
    Build.GRCH37: _table(
        "249250621 243199373 198022430 191154276 180915260 171115067 159138663 146364022 141213431 135534747 "
        "135006516 133851895 115169878 107349540 102531392 90354753 81195210 78077248 59128983 63025520 "
        "48129895 51304566 155270560 59373566 16569"
    ),
    Build.GRCH38: _table(
        "248956422 242193529 198295559 190214555 181538259 170805979 159345973 145138636 138394717 133797422 "
        "135086622 133275309 114364328 107043718 101991189 90338345 83257441 80373285 58617616 64444167 "
        "46709983 50818468 156040895 57227415 16569"
    ),
}

# Pseudoautosomal regions: Genome Reference Consortium, https://www.ncbi.nlm.nih.gov/grc/human. Those of NCBI36
# are the ends of GRCh37's, lifted by Ensembl's GRCh37_to_NCBI36
# (https://ftp.ensembl.org/pub/assembly_mapping/homo_sapiens/).
_PAR = {
    Build.NCBI36: (
        Region("X", 1, 2709520),
        Region("X", 154584238, 154913754),
        Region("Y", 1, 2709520),
        Region("Y", 57443438, 57772954),
    ),
    Build.GRCH37: (
        Region("X", 60001, 2699520),
        Region("X", 154931044, 155260560),
        Region("Y", 10001, 2649520),
        Region("Y", 59034050, 59363566),
    ),
    Build.GRCH38: (
        Region("X", 10001, 2781479),
        Region("X", 155701383, 156030895),
        Region("Y", 10001, 2781479),
        Region("Y", 56887903, 57217415),
    ),
}

# The MHC region as the Genome Reference Consortium defines it, https://www.ncbi.nlm.nih.gov/grc/human/regions/MHC;
# that of NCBI36 lifted as above.
_MHC = {
    Build.NCBI36: Region("6", 28585776, 33556332),
    Build.GRCH37: Region("6", 28477797, 33448354),
    Build.GRCH38: Region("6", 28510120, 33480577),
}


def par(build: Build) -> tuple[Region, ...]:
    """Give the pseudoautosomal regions of X and Y."""
    return _PAR[build]


def mhc(build: Build) -> Region:
    """Give the MHC region."""
    return _MHC[build]


def chromosome(contig: str) -> str | None:
    """Fold a contig's name to a chromosome (`chr1`, `1`, `CHRM` → `1`, `1`, `MT`); None: another contig."""
    name = contig[3:] if contig[:3].lower() == "chr" else contig
    name = name.upper()
    if name == "M":
        name = "MT"
    return name if name in RANK else None


def build_of_lengths(lengths: dict[str, int]) -> Build | None:
    """Tell the build from contig lengths by chromosome; None when none or more than one fits.

    MT does not decide: GRCh37 and GRCh38 share it.
    """
    told = {name: length for name, length in lengths.items() if name in RANK and name != "MT"}
    fits = [b for b in Build if told and all(b.lengths[name] == length for name, length in told.items())]
    return fits[0] if len(fits) == 1 else None
