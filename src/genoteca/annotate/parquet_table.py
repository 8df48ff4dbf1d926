"""A Parquet file written frame by frame, in row groups of one size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["ROWS_A_GROUP", "ParquetTable", "write_table"]

ROWS_A_GROUP = 1 << 17
PACKED = ("site", "key", "pos", "row", "line")
"""Columns written as differences: sorted numbers take a fifth of the room."""
LOOKED_AT = 4096
"""Cells of a column, spread over it, that tell whether its values repeat."""


class ParquetTable:
    """Rows that follow each other, written as one file (zstd; sorted numbers packed as differences)."""

    def __init__(self, path: Path) -> None:
        self.rows = 0
        self._path = path
        self._waiting: list[pl.DataFrame] = []
        self._writer: pq.ParquetWriter | None = None

    def add(self, frame: pl.DataFrame) -> None:
        """Take the next rows; every frame has the same columns and types."""
        self.rows += len(frame)
        self._waiting.append(frame)
        if sum(map(len, self._waiting)) < ROWS_A_GROUP:
            return
        held = pl.concat(self._waiting)
        whole = len(held) - len(held) % ROWS_A_GROUP
        for group in held[:whole].iter_slices(ROWS_A_GROUP):
            self._write(group)
        self._waiting = [held[whole:]]

    def close(self) -> None:
        """Write what waits, and the end of the file; without a frame there is no file."""
        try:
            if rest := [frame for frame in self._waiting if len(frame) or self._writer is None]:
                self._write(pl.concat(rest))
        finally:
            self.discard()

    def discard(self) -> None:
        """Let go of the file as it is."""
        self._waiting = []
        if self._writer is not None:
            self._writer.close()

    def _write(self, frame: pl.DataFrame) -> None:
        table = _arrow(frame)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema, **_storage(frame, table.schema))
        self._writer.write_table(table, row_group_size=ROWS_A_GROUP)


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write one frame in the same form."""
    table = _arrow(frame)
    pq.write_table(table, path, row_group_size=ROWS_A_GROUP, **_storage(frame, table.schema))


def _arrow(frame: pl.DataFrame) -> pa.Table:
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def _storage(frame: pl.DataFrame, schema: pa.Schema) -> dict[str, Any]:
    texts = {field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)}
    return {
        "compression": "zstd",
        "write_statistics": [name for name in schema.names if name not in texts],
        "use_dictionary": [
            field.name for field in schema if not pa.types.is_integer(field.type) and _repeats(frame[field.name])
        ],
        "column_encoding": {name: "DELTA_BINARY_PACKED" for name in PACKED if name in schema.names},
    }


def _repeats(column: pl.Series) -> bool:
    """Tell whether a dictionary of a column's values would be short; looking for each value in a long one is dear."""
    looked_at = column.gather_every(max(1, len(column) // LOOKED_AT)).drop_nulls()
    return 2 * looked_at.n_unique() <= len(looked_at)
