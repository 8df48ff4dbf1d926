"""Where well-known SNPs lie in each build: by them an array file that names no build tells which one it is in.

Positions: dbSNP (NCBI, public domain), https://www.ncbi.nlm.nih.gov/snp/; every row was lifted from GRCh37 to the
other two with Ensembl's chains (https://ftp.ensembl.org/pub/assembly_mapping/homo_sapiens/) and came out as here.
All of them are on the arrays of several makers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from genoteca.model.build import Build

__all__ = ["KNOWN", "KnownSnp", "Place", "build_of_positions"]

Place = tuple[str, str, int]
"""Identifier, chromosome, 1-based position."""

ENOUGH = 2
"""SNPs that must lie where one build has them. A position of nine digits does not agree by chance; a file put
together by hand may hold a wrong one."""


class KnownSnp(NamedTuple):
    """One SNP: its chromosome, and its 1-based position in each build."""

    chrom: str
    positions: Mapping[Build, int]


def _snp(chrom: str, ncbi36: int, grch37: int, grch38: int) -> KnownSnp:
    return KnownSnp(chrom, {Build.NCBI36: ncbi36, Build.GRCH37: grch37, Build.GRCH38: grch38})


KNOWN: dict[str, KnownSnp] = {
    "rs4477212": _snp("1", 72017, 82154, 82154),
    "rs3094315": _snp("1", 742429, 752566, 817186),
    "rs3131972": _snp("1", 742584, 752721, 817341),
    "rs12562034": _snp("1", 758311, 768448, 833068),
    "rs12124819": _snp("1", 766409, 776546, 841166),
    "rs11240777": _snp("1", 788822, 798959, 863579),
    "rs1801133": _snp("1", 11778965, 11856378, 11796321),
    "rs6025": _snp("1", 167785673, 169519049, 169549811),
    "rs1260326": _snp("2", 27584444, 27730940, 27508073),
    "rs4988235": _snp("2", 136325116, 136608646, 135851076),
    "rs53576": _snp("3", 8779371, 8804371, 8762685),
    "rs11928389": _snp("3", 50908372, 50927009, 50889578),
    "rs1229984": _snp("4", 100458342, 100239319, 99318162),
    "rs16891982": _snp("5", 33987450, 33951693, 33951588),
    "rs1800562": _snp("6", 26201120, 26093141, 26092913),
    "rs1799945": _snp("6", 26199158, 26091179, 26090951),
    "rs713598": _snp("7", 141319814, 141673345, 141973545),
    "rs7903146": _snp("10", 114748339, 114758349, 112998590),
    "rs174537": _snp("11", 61309256, 61552680, 61785208),
    "rs1815739": _snp("11", 66084671, 66328095, 66560624),
    "rs1800497": _snp("11", 112776038, 113270828, 113400106),
    "rs671": _snp("12", 110726149, 112241766, 111803962),
    "rs12913832": _snp("15", 26039213, 28365618, 28120472),
    "rs1426654": _snp("15", 46213776, 48426484, 48134287),
    "rs762551": _snp("15", 72828970, 75041917, 74749576),
    "rs17822931": _snp("16", 46815699, 48258198, 48224287),
    "rs9939609": _snp("16", 52378028, 53820527, 53786615),
    "rs1805007": _snp("16", 88513618, 89986117, 89919709),
    "rs429358": _snp("19", 50103781, 45411941, 44908684),
    "rs7412": _snp("19", 50103919, 45412079, 44908822),
    "rs4680": _snp("22", 18331271, 19951271, 19963748),
    "rs6152": _snp("X", 66682352, 66765627, 67545785),
}


def build_of_positions(places: Iterable[Place]) -> tuple[Build | None, str]:
    """Tell the build from (identifier, chromosome, position) and why; None with the reason when they do not tell.

    Two SNPs at least must lie where one build has them, and none may lie where that build does not.
    """
    met = sorted({place for place in places if place[0] in KNOWN})
    fitting = {build: [place for place in met if _lies(place, build)] for build in Build}
    best = max(Build, key=lambda build: len(fitting[build]))
    count = len(fitting[best])
    if not met:
        return None, "it holds none of the SNPs by whose positions a build is told"
    if count < len(met):
        rsid, chrom, pos = next(place for place in met if place not in fitting[best])
        astray = f"{rsid} at {chrom}:{pos:,}"
        if not count:
            return None, f"its positions are of no genome build that is known here ({astray})"
        return None, f"its positions contradict each other: {count} known SNPs lie as in {best}, but not {astray}"
    if count < ENOUGH or sum(len(found) == count for found in fitting.values()) > 1:
        return None, f"it holds too few of the SNPs by whose positions a build is told ({count})"
    rsid, chrom, pos = next(
        place for place in met if not any(_lies(place, other) for other in Build if other != best)
    )
    return best, f"{count} well-known SNPs lie where {best} has them ({rsid} at {chrom}:{pos:,})"


def _lies(place: Place, build: Build) -> bool:
    rsid, chrom, pos = place
    return (chrom, pos) == (KNOWN[rsid].chrom, KNOWN[rsid].positions[build])
