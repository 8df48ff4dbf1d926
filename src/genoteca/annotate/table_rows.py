"""Chosen rows of a Parquet file, without holding the others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from genoteca.annotate.spans import Rows
from genoteca.errors import DatasetError

__all__ = ["take_rows"]

SLICE = 1 << 18
"""Rows held at a time: two row groups of the files Genoteca writes."""


def take_rows(path: Path, rows: Rows, columns: Sequence[str]) -> pl.DataFrame:
    """Read some columns of some rows; `rows` is sorted, without repeats. One row per entry, in that order.

    Raises:
        DatasetError: a column is absent, or the file is shorter than the rows asked for.

    """
    whole = pl.scan_parquet(path)
    absent = [name for name in columns if name not in whole.collect_schema()]
    if absent:
        raise DatasetError(
            f"{path.name} has no column {', '.join(absent)}.",
            hint="It was made by another version of the module: make the reference again.",
        )
    scan = whole.select(columns)
    frames = [scan.head(0).collect()]
    wanted = rows // SLICE
    for number in np.unique(wanted).tolist():
        low, high = np.searchsorted(wanted, [number, number + 1])
        held = scan.slice(number * SLICE, SLICE).collect()
        chosen = rows[low:high] - number * SLICE
        if chosen[-1] >= len(held):
            break
        frames.append(held if len(chosen) == len(held) else held[chosen])
    taken = pl.concat(frames)
    if len(taken) != len(rows):
        raise DatasetError(f"{path.name}: {len(rows)} rows were asked for, it gave {len(taken)}.")
    return taken
