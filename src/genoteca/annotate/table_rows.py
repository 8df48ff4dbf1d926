"""Chosen rows of a Parquet file, without holding the others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from genoteca.annotate.spans import Rows, distinct
from genoteca.errors import DatasetError

__all__ = ["TableRows", "take_rows"]

SLICE = 1 << 18
"""Rows held at a time: two row groups of the files Genoteca writes."""
KEPT = 3
"""Slices kept: who goes through a table twice side by side decodes it once."""


class TableRows:
    """Some columns of a Parquet file, whose rows are asked for from its beginning to its end.

    Raises:
        DatasetError: a column is absent.

    """

    def __init__(self, path: Path, columns: Sequence[str], *, held: int = SLICE) -> None:
        self._held = held
        self.name = path.name
        self._kept: dict[int, pl.DataFrame] = {}
        whole = pl.scan_parquet(path)
        absent = [name for name in columns if name not in whole.collect_schema()]
        if absent:
            raise DatasetError(
                f"{path.name} has no column {', '.join(absent)}.",
                hint="It was made by another version of the module: make the reference again.",
            )
        self._scan = whole.select(columns)
        self._none = self._scan.head(0).collect()

    def keeps(self, rows: Rows) -> bool:
        """Tell whether all slices in which some rows lie are kept at once."""
        return not len(rows) or int(rows.max() // self._held - rows.min() // self._held) < KEPT

    def take_sites(self, numbers: Rows) -> pl.DataFrame:
        """Read some rows of a table whose column `site` numbers them; sorted, without repeats.

        Where few of many are asked for, the others are not even decoded.

        Raises:
            DatasetError: they are not numbered from 0 without a gap.

        """
        first, last = (int(numbers[0]), int(numbers[-1])) if len(numbers) else (0, -1)
        if last - first + 1 == len(numbers):
            taken = self._scan.slice(first, len(numbers)).collect()
        else:
            wanted = pl.Series(numbers, dtype=pl.UInt32).implode()
            taken = self._scan.filter(pl.col("site").is_between(first, last) & pl.col("site").is_in(wanted)).collect()
        if len(taken) != len(numbers) or (taken["site"].to_numpy() != numbers).any():
            raise DatasetError(f"{self.name}: its sites are not numbered from 0 without a gap.")
        return taken

    def take(self, rows: Rows) -> pl.DataFrame:
        """Read some rows; `rows` is sorted, without repeats. One row per entry, in that order.

        Raises:
            DatasetError: the file is shorter than the rows asked for.

        """
        frames = [self._none]
        wanted = rows // self._held
        for number in distinct(wanted).tolist():
            low, high = np.searchsorted(wanted, [number, number + 1])
            held = self._slice(number)
            chosen = rows[low:high] - number * self._held
            if chosen[-1] >= len(held):
                break
            frames.append(_chosen(held, chosen))
        taken = pl.concat(frames)
        if len(taken) != len(rows):
            raise DatasetError(f"{self.name}: {len(rows)} rows were asked for, it gave {len(taken)}.")
        return taken

    def _slice(self, number: int) -> pl.DataFrame:
        if number not in self._kept:
            while len(self._kept) >= KEPT:
                self._kept.pop(min(self._kept))
            self._kept[number] = self._scan.slice(number * self._held, self._held).collect()
        return self._kept[number]


def _chosen(held: pl.DataFrame, chosen: Rows) -> pl.DataFrame:
    """Give some rows of a slice; a stretch without a gap is not copied."""
    first, last = int(chosen[0]), int(chosen[-1])
    return held[first : last + 1] if last - first + 1 == len(chosen) else held[chosen]


def take_rows(path: Path, rows: Rows, columns: Sequence[str]) -> pl.DataFrame:
    """Read some columns of some rows once; `rows` is sorted, without repeats. One row per entry, in that order.

    Raises:
        DatasetError: a column is absent, or the file is shorter than the rows asked for.

    """
    return TableRows(path, columns).take(rows)
