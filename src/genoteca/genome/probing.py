"""Which build a file's records are in, by where well-known variants stand in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from genoteca.genome.records import readable
from genoteca.genome.well_known import WELL_KNOWN, WellKnown
from genoteca.model.build import Build, chromosome

__all__ = ["ENOUGH", "SCANNED", "Probes"]

ENOUGH = 3
"""Variants that must stand where a build has them; one alone may be a coincidence of position and alleles."""
SURE = 8
"""Variants after which a scan ends, when none speaks against them."""
AGAINST = 10
"""How many times more variants must speak for a build than for any other."""
SCANNED = 256 << 20
"""Bytes of text that a scan reads at most: a million records and more, some two seconds."""

_FIELDS = ("contig", "pos", "id", "ref", "alt")
_BY_PLACE = {(one.chrom, pos): (one, build) for one in WELL_KNOWN for build, pos in one.positions.items()}
_BY_ID = {one.rsid: one for one in WELL_KNOWN}


@dataclass(slots=True)
class Probes:
    """What has been found so far: the variants that stand where a build has them, and those that stand nowhere."""

    found: dict[Build, dict[str, str]] = field(default_factory=lambda: {build: {} for build in Build})
    """Place by rsID, for every build."""
    elsewhere: dict[str, str] = field(default_factory=dict)
    """Place of an rsID that no build has there."""

    @property
    def sure(self) -> bool:
        """Whether reading on will change nothing."""
        build = self.build
        return build is not None and len(self.found[build]) >= SURE

    @property
    def build(self) -> Build | None:
        """Tell the build; None: too few variants, or they contradict each other."""
        best = max(Build, key=lambda build: len(self.found[build]))
        count = len(self.found[best])
        others = max(len(found) for build, found in self.found.items() if build is not best)
        agrees = others * AGAINST <= count and len(self.elsewhere) * AGAINST <= count
        return best if count >= ENOUGH and agrees else None

    @property
    def words(self) -> str:
        """Say what was found; empty: nothing."""
        told = [
            f"{len(found)} where {build} has {'it' if len(found) == 1 else 'them'} ({_example(found)})"
            for build, found in self.found.items()
            if found
        ]
        if self.elsewhere:
            told.append(f"{len(self.elsewhere)} where no known build has it ({_example(self.elsewhere)})")
        return f"Well-known variants: {', '.join(told)}." if told else ""

    def look(self, block: bytes) -> None:
        """Look at the records of a block of whole lines."""
        for contig, pos, name, ref, alt in _candidates(block).iter_rows():
            chrom = chromosome(contig)
            if chrom is not None:
                self._vote(chrom, pos, set((name or "").split(";")), ref or "", (alt or "").split(","))

    def _vote(self, chrom: str, pos: int, names: set[str], ref: str, alts: list[str]) -> None:
        place = f"{chrom}:{pos:,}"
        known, build = _BY_PLACE.get((chrom, pos), (None, None))
        if known is not None and build is not None and _is_it(known, build, names, ref.upper(), alts):
            self.found[build][known.rsid] = place
            return
        for name in names & _BY_ID.keys():
            if (chrom, pos) not in {(_BY_ID[name].chrom, at) for at in _BY_ID[name].positions.values()}:
                self.elsewhere[name] = place

    def scan(self, blocks: Iterable[bytes]) -> None:
        """Look at blocks until there is enough, or as much was read as a scan may."""
        read = 0
        for block in blocks:
            self.look(block)
            read += len(block)
            if self.sure or read >= SCANNED:
                return


def _is_it(known: WellKnown, build: Build, names: set[str], ref: str, alts: list[str]) -> bool:
    """Whether a record at a variant's position is that variant: by its rsID, else by REF and ALT."""
    if known.rsid in names:
        return True
    if any(name.startswith("rs") for name in names):
        return False
    other = known.alleles.replace(ref, "")
    expected = known.references.get(build, ref)
    return ref == expected and len(ref) == 1 and len(other) == 1 and other in {alt.upper() for alt in alts}


def _candidates(block: bytes) -> pl.DataFrame:
    """Give the first columns of the records at a known position or with a known identifier."""
    return (
        pl.scan_csv(
            readable(block),
            has_header=False,
            separator="\t",
            quote_char=None,
            schema=dict.fromkeys(_FIELDS, pl.String),
            missing_columns="insert",
            extra_columns="ignore",
        )
        .with_columns(pl.col("pos").cast(pl.UInt32, strict=False))
        .filter(
            pl.col("contig").is_not_null()
            & pl.col("pos").is_not_null()
            & (pl.col("pos").is_in(_POSITIONS) | pl.col("id").is_in(_NAMES))
        )
        .collect()
    )


_POSITIONS = sorted({pos for _, pos in _BY_PLACE})
_NAMES = sorted(_BY_ID)


def _example(found: dict[str, str]) -> str:
    rsid, place = next(iter(found.items()))
    return f"{rsid} at {place}"
