"""The order of a file's records: whether equal positions stand together, and which records repeat another."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from genoteca.genome.records import NONE_ASIDE

__all__ = ["CONFLICT", "POSITION_NUMBER", "Order", "Repeats"]

DUPLICATE = "duplicate record"
CONFLICT = "duplicate record with another genotype"

CHROM_BIT = 28
POSITION_NUMBER = (pl.col("chrom").to_physical().cast(pl.UInt64) + 1) * (1 << CHROM_BIT) + pl.col("pos").cast(
    pl.UInt64
)
"""Orders records by chromosome and position: 5 bits of rank, 28 of position, as in the key."""

_RECORD = ("chrom", "pos", "ref", "alt")

_UPPER_CASE = pl.col("alt").str.to_uppercase()
"""Case tells no allele from another; REF is upper case already."""


class Order:
    """Watches whether every chromosome is one stretch, sorted by position; chromosomes may come in any order."""

    def __init__(self) -> None:
        self.kept = True
        self.last = 0
        self._over: set[str] = set()
        self._now: str | None = None

    def watch(self, frame: pl.DataFrame) -> None:
        """Look at the next records (`chrom`, `pos`, `number`)."""
        if frame.is_empty() or not self.kept:
            return
        number = frame.get_column("number").to_numpy()
        step = np.flatnonzero(np.append(True, number[1:] >> CHROM_BIT != number[:-1] >> CHROM_BIT))
        for chrom in frame.get_column("chrom").gather(step):
            self._enter(chrom)
            if not self.kept:
                return
        back = np.flatnonzero(number[1:] < number[:-1]) + 1
        same = number[0] >> CHROM_BIT == self.last >> CHROM_BIT
        if len(np.setdiff1d(back, step)) or (same and number[0] < self.last):
            self.kept = False
        self.last = int(number[-1])

    def _enter(self, chrom: str) -> None:
        if chrom == self._now:
            return
        if self._now is not None:
            self._over.add(self._now)
        self.kept = chrom not in self._over
        self._now = chrom


class Repeats:
    """Finds records with the CHROM, POS, REF and ALT of an earlier one; only those that list a sequence.

    In a file where equal positions stand together a frame is looked at alone. In any other, `remember` keeps 12 bytes
    for every record, so that a repetition far away is found too.
    """

    def __init__(self, *, remember: bool) -> None:
        self._remember = remember
        self._seen = np.empty(0, np.uint64)
        self._genotypes = np.empty(0, np.uint64)

    def part(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Part the first record of each kind from its repetitions, which get a `reason`."""
        found = self._against_all(frame) if self._remember else self._beside(frame)
        if found.is_empty():
            return frame, found
        return frame.join(found, on="line", how="anti", maintain_order="left"), found

    def _beside(self, frame: pl.DataFrame) -> pl.DataFrame:
        numbers = frame.get_column("number").to_numpy()
        if (numbers[1:] > numbers[:-1]).all():
            return NONE_ASIDE
        # Sorting numbers that are nearly sorted is ten times as fast as hashing them.
        numbers = np.sort(numbers)
        twice = numbers[1:][numbers[1:] == numbers[:-1]]
        if not len(twice):
            return NONE_ASIDE
        shared = pl.col("number").is_in(pl.Series(twice).unique().implode())
        return _repeated(frame.filter(shared & (pl.col("sequences") > 0)).with_columns(_UPPER_CASE))

    def _against_all(self, frame: pl.DataFrame) -> pl.DataFrame:
        listed = frame.filter(pl.col("sequences") > 0).with_columns(_UPPER_CASE)
        inside = _repeated(listed)
        once = listed.join(inside, on="line", how="anti").with_columns(
            record=pl.struct(_RECORD).hash(), genotype_hash=_alleles_in_order().hash()
        )
        record, genotype = once.get_column("record").to_numpy(), once.get_column("genotype_hash").to_numpy()
        place = np.searchsorted(self._seen, record)
        met = place < len(self._seen)
        met[met] = self._seen[place[met]] == record[met]
        again = once.filter(pl.Series(met)).select("line")
        alike = self._genotypes[place[met]] == genotype[met]
        far = again.with_columns(reason=pl.Series(np.where(alike, DUPLICATE, CONFLICT), dtype=pl.String))
        self._learn(record[~met], genotype[~met])
        return pl.concat([inside, far])

    def _learn(self, record: npt.NDArray[Any], genotype: npt.NDArray[Any]) -> None:
        seen = np.concatenate([self._seen, record])
        order = np.argsort(seen, kind="stable")
        self._seen = seen[order]
        self._genotypes = np.concatenate([self._genotypes, genotype])[order]


def _repeated(listed: pl.DataFrame) -> pl.DataFrame:
    """Give `line` and `reason` of every record that repeats an earlier one of the same frame."""
    ordered = listed.sort("line").with_columns(genotype_text=_alleles_in_order())
    alike = pl.col("genotype_text") == pl.col("genotype_text").first().over(_RECORD)
    reason = pl.when(alike).then(pl.lit(DUPLICATE)).otherwise(pl.lit(CONFLICT))
    return (
        ordered.with_columns(reason=reason).filter(~pl.struct(_RECORD).is_first_distinct()).select("line", "reason")
    )


def _alleles_in_order() -> pl.Expr:
    return pl.col("called").list.sort().cast(pl.List(pl.String)).list.join("/")
