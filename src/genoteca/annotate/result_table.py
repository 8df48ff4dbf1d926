"""The rows of an answer as they are made: a small table is kept in memory, a large one is written to a file."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import polars as pl

from genoteca.annotate.parquet_table import ParquetTable
from genoteca.annotate.room import Room

__all__ = ["ResultTable"]


class ResultTable:
    """Takes the parts of an answer, sorted by site, one after the other."""

    def __init__(self, room: Room) -> None:
        self.rows = 0
        self.filtered = 0
        self.evidence: Counter[str] = Counter()
        """Rows by evidence."""
        self._room = room
        self._held: list[pl.DataFrame] = []
        self._path: Path | None = None
        self._file: ParquetTable | None = None

    def add(self, part: pl.DataFrame) -> None:
        """Take the next rows."""
        self.rows += len(part)
        self.filtered += int(part["filtered"].sum())
        counts = part["evidence"].value_counts()
        self.evidence.update(dict(zip(counts["evidence"].cast(pl.String), counts["count"], strict=True)))
        if self._file is not None:
            self._file.add(part)
            return
        self._held.append(part)
        if self._room.scratch is not None and self.rows > self._room.step:
            self._begin(self._room.scratch)

    def _begin(self, scratch: Path) -> None:
        self._path = Path(tempfile.mkdtemp(prefix="answer-", dir=scratch)) / "answer.parquet"
        self._file = ParquetTable(self._path)
        for part in self._held:
            self._file.add(part)
        self._held = []

    def close(self) -> pl.DataFrame | Path:
        """Give the table; at least one part, however empty, was added."""
        if self._file is None or self._path is None:
            return pl.concat(self._held)
        self._file.close()
        return self._path

    def discard(self) -> None:
        """Let go of what is there, after an error."""
        if self._file is not None:
            self._file.discard()
