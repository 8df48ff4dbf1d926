"""How many REF bases of the sample are a whole reference's, where only the alleles carried are answered.

A sparse module looks at the sites whose very allele is carried, and those agree in any build. So the others are
compared here, by the keys alone, which hold position and REF base of every change of one base.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from genoteca.annotate.agreement import Agreement
from genoteca.annotate.calls import Calls
from genoteca.annotate.spans import KEY_SHIFT, Bools, distinct, expand
from genoteca.errors import DatasetError
from genoteca.genome.key import BASE_SHIFT, single_bases

__all__ = ["sparse_agreement"]

SLICE = 1 << 20
"""Keys of the reference held at a time: memory stays flat for a reference of any size."""
MANY = 8
"""Rows of the sample for each base of the reference from which on they are searched for, and not all looked at."""

Keys = npt.NDArray[np.uint64]
Bases = npt.NDArray[np.int64]
"""Chromosome, position and REF base (`genome.key.single_bases`), sorted, without repeats."""


def sparse_agreement(reference: Path, calls: Calls, *, step: int = SLICE) -> Agreement:
    """Compare REF at the sample's changes of one base that stand at the position of such a change of the reference.

    Counted once per position and REF base, carried or not; it agrees where any of the reference's REF there is the
    same. In the wrong build about a quarter agree.

    Raises:
        DatasetError: the reference is not sorted by key.

    """
    compared = agreeing = 0
    for keys in _whole_positions(reference, step):
        here = distinct(single_bases(keys))
        own = _around(calls, here)
        met = _among(own >> BASE_SHIFT, here >> BASE_SHIFT)
        compared += int(met.sum())
        agreeing += int(_among(own, here).sum())
    return Agreement(compared, agreeing)


def _whole_positions(reference: Path, step: int) -> Iterator[Keys]:
    """Give the keys in their order, some at a time; those of one position are never parted."""
    scan = pl.scan_parquet(reference).select("key")
    total = int(scan.select(pl.len()).collect().item())
    held = np.zeros(0, np.uint64)
    for offset in range(0, total, step):
        held = np.concatenate([held, scan.slice(offset, step).collect()["key"].to_numpy()])
        if (held[1:] < held[:-1]).any():
            raise DatasetError(f"{reference.name}: its sites are not sorted by key.")
        end = int(np.searchsorted(held, held[-1] >> np.uint64(KEY_SHIFT) << np.uint64(KEY_SHIFT)))
        yield held[:end]
        held = held[end:]
    yield held


def _around(calls: Calls, here: Bases) -> Bases:
    """Give the sample's bases from the first to the last of some positions; of few, only those at them."""
    place = distinct(here >> BASE_SHIFT)
    if not len(place):
        return here
    low, high = calls.before(np.array([place[0], place[-1] + 1]))
    if len(place) * MANY < high - low:
        rows = expand(calls.before(place), calls.before(place + 1)).right
        return distinct(single_bases(calls.key[rows]))
    return distinct(single_bases(calls.key[low:high]))


def _among(some: Bases, others: Bases) -> Bools:
    """Tell which of some sorted numbers are among other sorted ones."""
    if not len(others):
        return np.zeros(len(some), np.bool_)
    found: Bools = others[np.minimum(np.searchsorted(others, some), len(others) - 1)] == some
    return found
