"""Places and spans on the genome as plain integers, and the sorted searches that every join here is made of.

A place is the upper part of a variant key: chromosome rank and 1-based position in one integer. Places sort as
the chromosomes do, and every chromosome is shorter than the room it has, so spans of two chromosomes never touch.
Spans hold both their ends.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from genoteca.genome.key import position_bounds
from genoteca.model.build import Region

__all__ = [
    "KEY_SHIFT",
    "RANK_SHIFT",
    "Bools",
    "Pairs",
    "Places",
    "Rows",
    "Span",
    "distinct",
    "expand",
    "index_in",
    "inside",
    "merge",
    "overlapping",
    "region_span",
]

KEY_SHIFT = 31
"""key >> KEY_SHIFT is the place."""

RANK_SHIFT = 28
"""place >> RANK_SHIFT is the chromosome's rank."""

Places = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Span(NamedTuple):
    """First and last place, both included."""

    start: int
    end: int


class Pairs(NamedTuple):
    """Which left row meets which right row: two arrays of one length."""

    left: Rows
    right: Rows


def region_span(region: Region) -> Span:
    """Give a region as places."""
    low, high = position_bounds(region.chrom, region.start, region.end)
    return Span(low >> KEY_SHIFT, high >> KEY_SHIFT)


def inside(places: Places, region: Region) -> Bools:
    """Tell which places lie in a region."""
    start, end = region_span(region)
    return (places >= start) & (places <= end)


def expand(low: npt.NDArray[Any], high: npt.NDArray[Any]) -> Pairs:
    """Write out half-open ranges: (i, j) for every j in `low[i]` to `high[i] - 1`; empty where high <= low."""
    counts = np.maximum(high - low, 0).astype(np.int64)
    left = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    first = np.repeat(low - (np.cumsum(counts) - counts), counts)
    return Pairs(left, np.arange(len(left), dtype=np.int64) + first)


def overlapping(start: Places, end: Places, other_start: Places, other_end: Places) -> Pairs:
    """Pair every left span with every right span that shares a place with it; each pair once.

    Both sides are sorted by start. Two spans meet when one starts within the other, so two searches find all.
    """
    within = expand(np.searchsorted(other_start, start, "left"), np.searchsorted(other_start, end, "right"))
    long = np.flatnonzero(other_end > other_start)
    before = expand(
        np.searchsorted(start, other_start[long] + 1, "left"), np.searchsorted(start, other_end[long], "right")
    )
    return Pairs(np.concatenate([within.left, before.right]), np.concatenate([within.right, long[before.left]]))


def distinct(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Give sorted numbers once each; `numpy.unique` takes a hash table, fifty times slower on sorted millions."""
    new = np.ones(len(numbers), np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=new[1:])
    return numbers[new]


def index_in(numbers: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> Rows:
    """Tell where some sorted numbers stand among others, which are sorted, without repeats, and hold them all."""
    if len(numbers) and int(numbers[-1]) - int(numbers[0]) + 1 == len(numbers):
        return wanted.astype(np.int64) - int(numbers[0])
    new = np.zeros(len(wanted), np.int64)
    np.not_equal(wanted[1:], wanted[:-1], out=new[1:])
    nth = np.cumsum(new)
    if len(nth) and nth[-1] + 1 == len(numbers):  # each of them is asked for: no need to search
        return nth
    return np.searchsorted(numbers, wanted)


def merge(start: Places, end: Places) -> tuple[Places, Places]:
    """Join spans that overlap or touch; `start` is sorted. The result is sorted and disjoint."""
    if not len(start):
        return start, end
    reach = np.maximum.accumulate(end)
    opens = np.concatenate([[True], start[1:] > reach[:-1] + 1])
    last = np.append(np.flatnonzero(opens)[1:] - 1, len(start) - 1)
    return start[opens], reach[last]
