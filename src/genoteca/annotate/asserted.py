"""What a file asserts without a variant row: its reference blocks and no-calls, where a module has sites.

A gVCF asserts a hundred million of them. They are read a chromosome at a time, and only those that touch a site are
looked at further.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from genoteca.annotate.calls import Calls
from genoteca.annotate.filtering import below_limits, filtered_by_file
from genoteca.annotate.spans import RANK_SHIFT, Bools, Places, Rows, merge
from genoteca.genome.schema import CHROM
from genoteca.model.evidence import Evidence
from genoteca.model.rules import Rules

__all__ = ["Asserted", "Blocks", "blocks"]

WHOLE = 1 << 21
"""Rows of coverage that are held at once; a table of more is read by chromosome."""

_RANK = pl.col("chrom").cast(CHROM).to_physical().cast(pl.Int64) + 1

Stretch = tuple[int, int]
"""First row and number of rows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocks:
    """Coverage of one kind, sorted by start, and the same merged."""

    start: Places
    line: npt.NDArray[np.uint32]
    furthest: Rows
    """Of this block and those before it, the one that reaches furthest."""
    merged_start: Places
    merged_end: Places

    def line_at(self, places: Places) -> npt.NDArray[np.uint32]:
        """Give the record of a block that holds each place; every place lies in one."""
        return self.line[self.furthest[np.searchsorted(self.start, places, "right") - 1]]

    def reaches(self, place: Places, end: Places) -> Bools:
        """Tell whether the last merged block that starts at or before `place` reaches `end`."""
        before = np.searchsorted(self.merged_start, place, "right") - 1
        found = before >= 0
        found[found] = self.merged_end[before[found]] >= end[found]
        return found


class Asserted:
    """The coverage of a sample, as its rules judge it."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._stretches = _stretches(calls.coverage())
        self._held: tuple[Stretch, pl.DataFrame] | None = None

    def near(self, place: Places, end: Places) -> pl.DataFrame:
        """Give the blocks that touch one of some spans: `start`, `end`, `reference`, `line`, `filtered`."""
        order = np.argsort(place, kind="stable")
        first, reach = place[order], np.maximum.accumulate(end[order]) if len(end) else end
        ranks = set(np.unique(place >> RANK_SHIFT).tolist())
        wanted = dict.fromkeys(self._stretches[rank] for rank in sorted(ranks & self._stretches.keys()))
        frames = [_touching(self._read(stretch), first, reach) for stretch in wanted]
        return pl.concat(frames) if frames else _judged(self._calls.coverage().head(0), self._calls.sample.rules)

    def _read(self, stretch: Stretch) -> pl.DataFrame:
        if self._held is None or self._held[0] != stretch:
            self._held = None
            self._held = (stretch, _judged(self._calls.coverage().slice(*stretch), self._calls.sample.rules))
        return self._held[1]


def blocks(coverage: pl.DataFrame, evidence: Evidence) -> Blocks:
    """Give the blocks of one kind."""
    reference = pl.col("reference") if evidence is Evidence.REFERENCE else ~pl.col("reference")
    kept = coverage.filter(reference).sort("start", "end")
    start, end = kept["start"].to_numpy(), kept["end"].to_numpy()
    reach = np.maximum.accumulate(end) if len(end) else end
    furthest = np.maximum.accumulate(np.where(end == reach, np.arange(len(end)), 0)) if len(end) else end
    merged_start, merged_end = merge(start, end)
    return Blocks(
        start=start,
        line=kept["line"].to_numpy(),
        furthest=furthest,
        merged_start=merged_start,
        merged_end=merged_end,
    )


def _stretches(coverage: pl.LazyFrame) -> dict[int, Stretch]:
    """Give, by rank of the chromosome, the rows to read for it: its own, or the whole table where that is small."""
    ranked = coverage.select(rank=_RANK).with_row_index("at")
    found = (
        ranked.group_by("rank")
        .agg(first=pl.col("at").min(), last=pl.col("at").max(), rows=pl.len())
        .collect(engine="streaming")
    )
    total = int(found["rows"].sum())
    apart = found.filter(pl.col("last") - pl.col("first") + 1 == pl.col("rows"))
    if total <= WHOLE or len(apart) < len(found):
        return dict.fromkeys(found["rank"], (0, total))
    return {rank: (first, rows) for rank, first, _, rows in found.iter_rows()}


def _judged(coverage: pl.LazyFrame, rules: Rules) -> pl.DataFrame:
    return (
        coverage.select(
            start=_RANK * (1 << RANK_SHIFT) + pl.col("start"),
            end=_RANK * (1 << RANK_SHIFT) + pl.col("end"),
            reference=pl.col("evidence").cast(pl.String) == Evidence.REFERENCE.value,
            line=pl.col("line").cast(pl.UInt32),
            filtered=_filtered(rules),
        )
    ).collect(engine="streaming")


def _filtered(rules: Rules) -> pl.Expr:
    # RefCall is DeepVariant's name for "the model thinks this site is reference", also where it then withholds the
    # genotype; it is no failure of a record without a variant (https://github.com/google/deepvariant).
    named = filtered_by_file(pl.col("filter"), passes=("RefCall",), failing=rules.failing)
    return named | below_limits(rules, "depth", "genotype_quality")


def _touching(coverage: pl.DataFrame, place: Places, reach: Places) -> pl.DataFrame:
    """Keep the blocks that share a place with a span; spans are sorted, `reach` is the furthest end so far."""
    before = np.searchsorted(place, coverage["end"].to_numpy(), "right")
    found = before > 0
    found[found] = reach[before[found] - 1] >= coverage["start"].to_numpy()[found]
    return coverage.filter(pl.Series(found, dtype=pl.Boolean))
