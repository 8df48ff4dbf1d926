"""Lifting places and alleles from one build to another, by chain files.

The chains are read and asked by the library `liftover` (https://github.com/jeremymcrae/liftover): MIT, compiled,
wheels for Python 3.11 to 3.14 on Linux, macOS and Windows, released in September 2026, 1.2 million places a second.
`agct` 0.2.1 (MIT, Rust) has no wheel for Linux on x86-64 above Python 3.8 and brings a package that downloads chains
by itself; `pyliftover` 0.4.1 (MIT) is plain Python, half as fast, without a release since February 2024. On 200,000
random places of chromosome 1 `liftover` and `pyliftover` gave the same answers. The library knows places only:
alleles, strands and swaps are decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from liftover import ChainFile

from genoteca.errors import ReferenceDataError
from genoteca.genome.alleles import trim
from genoteca.model.build import chromosome

__all__ = ["Bases", "Lift", "LiftedSite", "Reason", "Spot", "complement", "lift_site"]

Bases = Callable[[str, int, int], str]
"""Bases of the target: (chromosome, first, last), 1-based, both included; empty where they are not known."""

_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


class Reason(StrEnum):
    """Why a place or an allele is set aside instead of lifted."""

    NOWHERE = "no place in the other build"
    SEVERAL = "several places in the other build"
    BROKEN = "its bases do not lie together in the other build"
    MISMATCH = "none of its alleles is the other build's reference"
    ANCHOR = "insertion or deletion on the reverse strand, which needs the reference sequence"


class Spot(NamedTuple):
    """One base in the target: 1-based; `forward`: on the same strand."""

    chrom: str
    pos: int
    forward: bool


class LiftedSite(NamedTuple):
    """A site in the target build, on its plus strand, 1-based."""

    chrom: str
    pos: int
    ref: str
    alts: tuple[str, ...]
    flipped: bool
    """The strands of the two builds differ here: alleles were complemented."""
    swapped: bool
    """The target's reference is an ALT of the source: it took REF's place."""
    checked: bool
    """REF was compared with the target's bases; False: nobody knows them here."""


def complement(bases: str) -> str:
    """Give the reverse complement."""
    return bases.translate(_COMPLEMENT)[::-1]


class Lift:
    """One chain file, or several one after the other (NCBI36 → GRCh37 → GRCh38)."""

    def __init__(self, chains: Sequence[Path]) -> None:
        self._steps = [_opened(path) for path in chains]

    def base(self, chrom: str, pos: int) -> Spot | Reason:
        """Lift one base; `pos` is 1-based. Places on patches and other contigs do not count."""
        forward = True
        for step in self._steps:
            found = [(name, at, strand) for on, at, strand in step[chrom][pos] if (name := chromosome(on))]
            if len(found) != 1:
                return Reason.SEVERAL if found else Reason.NOWHERE
            chrom, pos, strand = found[0]
            forward = forward == (strand == "+")
        return Spot(chrom, pos, forward)

    def span(self, chrom: str, start: int, end: int) -> Spot | Reason:
        """Lift bases that must lie together; gives the lowest of them in the target.

        Every base is lifted: ends that keep their distance may still have a gap on both sides between them.
        """
        first = self.base(chrom, start)
        if isinstance(first, Reason) or start == end:
            return first
        step = 1 if first.forward else -1
        for away in range(1, end - start + 1):
            other = self.base(chrom, start + away)
            if isinstance(other, Reason):
                return Reason.BROKEN if other is Reason.NOWHERE else other
            if other != (first.chrom, first.pos + step * away, first.forward):
                return Reason.BROKEN
        return first if first.forward else Spot(first.chrom, first.pos - (end - start), forward=False)


def lift_site(
    lift: Lift, place: tuple[str, int], ref: str, alts: Sequence[str], bases: Bases | None = None
) -> LiftedSite | Reason:
    """Lift a site with its alleles; `place` is its chromosome and 1-based position.

    Of an insertion or deletion the base after REF must lift too: a gap beside it would make another allele of it.
    Only single bases swap: an insertion seen from the other side has no one spelling (Picard's LiftoverVcf does the
    same, https://gatk.broadinstitute.org/hc/en-us/articles/360037060932).
    """
    chrom, pos = place
    lengths = {len(allele) for allele in (ref, *alts)}
    sized = len(lengths) > 1
    found = lift.span(chrom, pos, pos + len(ref) - (0 if sized else 1))
    if isinstance(found, Reason):
        return found
    start = found.pos if found.forward or not sized else found.pos + 1
    if not found.forward:
        ref, alts = complement(ref), [complement(alt) for alt in alts]
    there = bases(found.chrom, start, start + len(ref) - 1).upper() if bases else ""
    swapped = bool(there) and there != ref
    if swapped:
        if lengths != {1} or there not in alts:
            return Reason.MISMATCH
        alts = [ref if alt == there else alt for alt in alts]
        ref = there
    site = LiftedSite(found.chrom, start, ref, tuple(alts), not found.forward, swapped, bool(there))
    return _spelled(site, bases) if sized else site


def _spelled(site: LiftedSite, bases: Bases | None) -> LiftedSite | Reason:
    """Spell an insertion or deletion as VCF does: anchored at its left base, and as far left as it goes.

    One that was spelled from the left in the source is spelled from the right after its strand is turned.
    """
    if not bases or not site.checked:
        return Reason.ANCHOR if site.flipped else site
    pos, alleles = site.pos, [site.ref, *site.alts]
    if site.flipped:
        pos, alleles = _longer_by_one(site.chrom, pos, alleles, bases)
    while len({allele[-1] for allele in alleles}) == 1:
        if min(map(len, alleles)) == 1:
            if pos == 1 or not bases(site.chrom, pos - 1, pos - 1):
                break
            pos, alleles = _longer_by_one(site.chrom, pos, alleles, bases)
        alleles = [allele[:-1] for allele in alleles]
    if len(alleles) == 2:
        pos, alleles[0], alleles[1] = trim(pos, alleles[0], alleles[1])
    if not all(alleles):
        return Reason.ANCHOR
    return site._replace(pos=pos, ref=alleles[0], alts=tuple(alleles[1:]))


def _longer_by_one(chrom: str, pos: int, alleles: list[str], bases: Bases) -> tuple[int, list[str]]:
    before = bases(chrom, pos - 1, pos - 1).upper()
    return pos - 1, [before + allele for allele in alleles]


def _opened(path: Path) -> ChainFile:
    if not path.is_file():
        raise ReferenceDataError(f"The chain file {path} is not there.", hint="Fetch the chains again.")
    try:
        return ChainFile(str(path), one_based=True)
    except (ValueError, RuntimeError, OSError, IndexError) as error:
        raise ReferenceDataError(f"{path.name} is no chain file: {error}", hint="Fetch the chains again.") from error
