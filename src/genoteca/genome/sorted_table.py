"""A Parquet file written in order while its rows arrive nearly in order, in flat memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["EVERYTHING", "Layout", "SortedTable"]

EVERYTHING = 1 << 63
"""Above every order number: nothing that follows comes before what is there."""

GROUP = 131_072
"""Rows of a row group; DuckDB's own default is 122,880 (https://duckdb.org/docs/stable/data/parquet/tips)."""
MERGED = GROUP // 2
"""Rows sorted at once when runs are merged."""


class Layout(NamedTuple):
    """How a table is stored: its schema, what orders its rows (a UInt64), and which columns are stored how."""

    schema: pl.Schema
    order: pl.Expr
    delta: tuple[str, ...]
    """Whole numbers that grow slowly: delta-packed, 3 bytes a key instead of 8."""
    dictionary: tuple[str, ...]
    statistics: tuple[str, ...]
    """Columns whose lowest and highest value per row group a reader can use to skip it."""


class _Group(NamedTuple):
    run: int
    place: int
    low: int
    high: int
    rows: int


class SortedTable:
    """Writes frames to one Parquet file sorted by `layout.order`; equal rows stay in the order in which they came.

    As long as frames follow each other in order, rows go straight to `path`. A frame that lies before what is written
    begins a new run; runs are merged at the end, a part at a time.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        self.rows = 0
        self._path = path
        self._layout = layout
        self._groups: list[_Group] = []
        self._run = 0
        self._open_rows = pl.DataFrame(schema=layout.schema)
        self._ready: list[pl.DataFrame] = []
        self._last = -1
        self._writer = self._open(self._run_path(0))

    def add(self, frame: pl.DataFrame, *, settled: int) -> None:
        """Take rows in any order; those whose order number is `settled` or more wait for what may precede them."""
        if frame.is_empty():
            return
        frame, order = self._in_order(frame)
        if order[0] < self._last:
            self._open_rows = frame.clear()
            self._end_run()
            self._begin_run()
        ready = int(np.searchsorted(order, settled))
        self._open_rows = frame[ready:]
        self._accept(frame[:ready], order[:ready])

    def _in_order(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, npt.NDArray[np.uint64]]:
        """Put the rows that wait and these in order; nothing is moved where they are."""
        if not self._open_rows.is_empty():
            frame = pl.concat([self._open_rows, frame])
        order = self._order(frame)
        if (order[1:] >= order[:-1]).all():
            return frame, order
        sorting = np.argsort(order, kind="stable")
        return frame[sorting], order[sorting]

    def _order(self, frame: pl.DataFrame) -> npt.NDArray[np.uint64]:
        return frame.select(self._layout.order).to_series().to_numpy()

    def _accept(self, frame: pl.DataFrame, order: npt.NDArray[np.uint64]) -> None:
        """Take rows that are in order and come after all others so far; write as many whole groups as there are."""
        if frame.is_empty():
            return
        self._last = int(order[-1])
        self._ready.append(frame)
        held = sum(len(part) for part in self._ready)
        if held < GROUP:
            return
        joined = pl.concat(self._ready)
        whole = held - held % GROUP
        for part in joined[:whole].iter_slices(GROUP):
            self._write(part)
        self._ready = [joined[whole:]]

    def close(self) -> None:
        """Write what waits, merge the runs if there are several, and leave the file at its path."""
        self._end_run()
        if self._run:
            self._merge()

    def discard(self) -> None:
        """Remove everything that was written."""
        self._writer.close()
        for run in range(self._run + 1):
            self._run_path(run).unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)

    def _run_path(self, run: int) -> Path:
        return self._path.with_name(f"{self._path.name}.run{run}") if run else self._path

    def _open(self, path: Path) -> pq.ParquetWriter:
        schema = pl.DataFrame(schema=self._layout.schema).to_arrow(compat_level=pl.CompatLevel.oldest()).schema
        return pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            use_dictionary=list(self._layout.dictionary),
            column_encoding=dict.fromkeys(self._layout.delta, "DELTA_BINARY_PACKED"),
            write_statistics=list(self._layout.statistics),
        )

    def _write(self, frame: pl.DataFrame) -> None:
        order = self._order(frame)
        before = self._groups[-1] if self._groups else None
        place = before.place + 1 if before and before.run == self._run else 0
        self._groups.append(_Group(self._run, place, int(order[0]), int(order[-1]), len(frame)))
        self._writer.write_table(frame.to_arrow(compat_level=pl.CompatLevel.oldest()), row_group_size=GROUP)
        self.rows += len(frame)

    def _end_run(self) -> None:
        self._accept(self._open_rows, self._order(self._open_rows))
        self._open_rows = self._open_rows.clear()
        for part in self._ready:
            if not part.is_empty():
                self._write(part)
        self._ready = []
        self._writer.close()

    def _begin_run(self) -> None:
        self._run += 1
        self._last = -1
        self._writer = self._open(self._run_path(self._run))

    def _merge(self) -> None:
        first = self._path.with_name(f"{self._path.name}.run0")
        self._path.rename(first)
        paths = [first, *(self._run_path(run) for run in range(1, self._run + 1))]
        runs = [pq.ParquetFile(path) for path in paths]
        writer = self._open(self._path)
        try:
            for frame in _regrouped(self._ranges(runs)):
                writer.write_table(frame.to_arrow(compat_level=pl.CompatLevel.oldest()), row_group_size=GROUP)
        finally:
            writer.close()
            for run, path in zip(runs, paths, strict=True):
                run.close()
                path.unlink()

    def _ranges(self, runs: list[pq.ParquetFile]) -> Iterator[pl.DataFrame]:
        """Give the rows of all runs in order, one range of order numbers after the other."""
        bounds = _bounds(self._groups)
        for low, high in pairwise(bounds):
            inside = (self._layout.order >= low) & (self._layout.order < high)
            parts = [
                self._frame(runs[group.run].read_row_group(group.place)).filter(inside)
                for group in self._groups
                if group.low < high and group.high >= low
            ]
            if parts:  # nothing lies before the lowest bound when several groups begin with the lowest row
                yield pl.concat(parts, rechunk=True).sort(self._layout.order, maintain_order=True)

    def _frame(self, table: pa.Table) -> pl.DataFrame:
        frame = pl.from_arrow(table)
        return pl.DataFrame(frame).cast(self._layout.schema)


def _bounds(groups: list[_Group]) -> list[int]:
    """Cut the order numbers so that about `MERGED` rows begin in each range."""
    bounds, held = [0], 0
    for group in sorted(groups, key=lambda group: group.low):
        if held >= MERGED and group.low > bounds[-1]:
            bounds.append(group.low)
            held = 0
        held += group.rows
    return [*bounds, 1 << 64]


def _regrouped(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    waiting: pl.DataFrame | None = None
    for frame in frames:
        waiting = frame if waiting is None else pl.concat([waiting, frame])
        whole = len(waiting) - len(waiting) % GROUP
        yield from waiting[:whole].iter_slices(GROUP)
        waiting = waiting[whole:]
    if waiting is not None and not waiting.is_empty():
        yield waiting
