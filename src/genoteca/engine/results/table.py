"""One results table, browsed: a disposable DuckDB copy of the Parquet that a grid can page through."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from pydantic import JsonValue

from genoteca.engine.results import sql
from genoteca.engine.results.watched import watched
from genoteca.errors import DatasetError
from genoteca.model.column import Column
from genoteca.model.filter import Filter, Sort
from genoteca.model.record import Record

if TYPE_CHECKING:
    import polars as pl

__all__ = ["ResultTable", "browse_path"]

# Nothing is fetched, loaded or written by a query: it only reads the one table.
SAFE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "threads": "2",
    "memory_limit": "1GB",
}

FRAME = 50_000
"""Rows handed on at a time."""


def browse_path(record: Record, cache: Path) -> Path:
    """Say where the table that a dataset is browsed in lies."""
    return cache / "browse" / f"{record.sha256[:32]}.duckdb"


class ResultTable:
    """A stored table with its columns. Rows carry `_row`, their number in the Parquet, from 0."""

    def __init__(self, parquet: Path, record: Record, columns: Sequence[Column], cache: Path) -> None:
        self.columns: Mapping[str, Column] = {column.name: column for column in columns}
        self._lock = threading.Lock()
        path = browse_path(record, cache)
        if not path.exists():
            _build(parquet, path, list(self.columns))
        self._connection = duckdb.connect(str(path), read_only=True, config=SAFE)
        # DuckDB's default of 50 lies below a page: sorting would fetch every column of every row (4.7 M rows: 2.5x).
        self._connection.execute("SET late_materialization_max_rows=100000")
        self.total: int = self._scalar("SELECT count(*) FROM answers", [])
        self._counts: dict[str, int] = {}

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def matched(self, where: Filter | None, text: str = "") -> int:
        """Count the rows a filter leaves."""
        clause, values = sql.where(where, text, self.columns)
        key = f"{clause}{values!r}"
        if key not in self._counts:
            self._counts[key] = self._scalar(f"SELECT count(*) FROM answers{clause}", values)
        return self._counts[key]

    def rows(
        self,
        where: Filter | None = None,
        text: str = "",
        sort: Sequence[Sort] = (),
        start: int = 0,
        limit: int | None = None,
    ) -> list[dict[str, Any]]:
        """Give a stretch of rows, in a stable order.

        Raises:
            FilterError: the filter or the sort names an unknown column.

        """
        select, values = self.query(where, text, sort)
        if limit is not None:
            select += " LIMIT ? OFFSET ?"
            values = [*values, limit, start]
        with self._lock:
            found = self._connection.execute(select, values)
            names = [item[0] for item in found.description or []]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def row(self, number: int) -> dict[str, Any]:
        """Give one row by its number.

        Raises:
            DatasetError: the table has no such row.

        """
        with self._lock:
            found = self._connection.execute("SELECT * FROM answers WHERE _row = ?", [number])
            names = [item[0] for item in found.description or []]
            values = found.fetchone()
        if values is None:
            raise DatasetError(f"The table has {self.total} rows; there is no row {number}.")
        return dict(zip(names, values, strict=True))

    def query(self, where: Filter | None, text: str, sort: Sequence[Sort]) -> tuple[str, list[JsonValue]]:
        """Give the SQL of a filtered, sorted view, and its values."""
        clause, values = sql.where(where, text, self.columns)
        order, ranks = sql.order_by(sort, self.columns)
        return f"SELECT * FROM answers{clause}{order}", [*values, *ranks]

    def copy_to(
        self,
        select: str,
        values: Sequence[JsonValue],
        target: Path,
        options: str,
        progress: Callable[[float], None] = lambda _: None,
    ) -> int:
        """Write a query to a file with DuckDB's COPY; gives the rows written. Other queries go on meanwhile.

        `progress` hears how far it is, from a thread of its own; what it raises ends the writing, and is raised here.
        """
        with self._lock:
            cursor = self._connection.cursor()
        with cursor, watched(cursor, progress):
            done = cursor.execute(
                f"COPY ({select}) TO '{str(target).replace(chr(39), chr(39) * 2)}' ({options})", list(values)
            ).fetchone()
        return int(done[0]) if done else 0

    def frames(self, select: str, values: Sequence[JsonValue], rows: int = FRAME) -> Iterator[pl.DataFrame]:
        """Give the rows of a query, some at a time; other queries go on meanwhile."""
        import polars as pl  # a screen shows rows without

        with self._lock:
            cursor = self._connection.cursor()
        with cursor:
            for batch in cursor.sql(select, params=list(values)).to_arrow_reader(rows):
                yield pl.DataFrame(batch)

    def _scalar(self, statement: str, values: Sequence[JsonValue]) -> int:
        with self._lock:
            found = self._connection.execute(statement, list(values)).fetchone()
        return int(found[0]) if found else 0


def _build(parquet: Path, target: Path, names: Sequence[str]) -> None:
    """Copy the Parquet into a DuckDB file, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        with duckdb.connect(str(part), config=SAFE) as connection:
            source = connection.read_parquet(str(parquet), file_row_number=True)
            kinds = dict(zip(source.columns, map(str, source.types), strict=True))
            missing = [name for name in names if name not in kinds]
            if missing:
                raise DatasetError(f"{parquet.name} lacks the columns {', '.join(missing)}.")
            picked = ", ".join(f'"{n}"::VARCHAR AS "{n}"' if kinds[n].startswith("ENUM") else f'"{n}"' for n in names)
            connection.execute(f"CREATE TABLE answers AS SELECT {picked}, file_row_number AS _row FROM source")
        part.chmod(0o600)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
