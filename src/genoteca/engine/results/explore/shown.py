"""A view of a browse table as it is written to a file: exactly its rows, in its order, as they may be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
from pydantic import JsonValue

from genoteca.engine.results.explore.table import View, WideTable
from genoteca.model.column import Column
from genoteca.model.filter import Filter, Sort

__all__ = ["Shown"]


class Shown:
    """What `write_rows` writes of a browse table; `view` says whether sites are among it and what stays closed."""

    def __init__(self, table: WideTable, view: View) -> None:
        self._table, self._view = table, view
        self.columns: Mapping[str, Column] = table.columns

    def matched(self, where: Filter | None, text: str = "") -> int:
        """Count the rows that a filter leaves."""
        return self._table.matched(replace(self._view, where=where, text=text))[0]

    def query(self, where: Filter | None, text: str, sort: Sequence[Sort]) -> tuple[str, list[JsonValue]]:
        """Give the SQL of a filtered, sorted view, and its values."""
        return self._table.query(replace(self._view, where=where, text=text, sort=tuple(sort)))

    def copy_to(
        self, select: str, values: Sequence[JsonValue], target: Path, options: str, progress: Callable[[float], None]
    ) -> int:
        """Write a query to a file with DuckDB's COPY; gives the rows written."""
        return self._table.copy_to(select, values, target, options, progress)

    def frames(self, select: str, values: Sequence[JsonValue]) -> Iterator[pl.DataFrame]:
        """Give the rows of a query, some at a time."""
        return self._table.frames(select, values)
