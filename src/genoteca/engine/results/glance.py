"""A look at a module's answers without opening the whole table: how many stand where, and the first of them.

Nothing is copied: of a table of 5 M rows only the few columns asked for are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from genoteca.engine.results import sql
from genoteca.engine.results.table import SAFE
from genoteca.errors import DatasetError
from genoteca.model.tally import STRETCH, Tally

if TYPE_CHECKING:
    from genoteca.model.column import Column
    from genoteca.model.filter import Filter

__all__ = ["first_rows", "tally", "values_of"]


def tally(
    parquet: Path, columns: Sequence[Column], *, places: Filter, classes: Filter | None = None, class_column: str = ""
) -> Tally:
    """Count the rows that `places` leaves by stretch, and those that `classes` leaves by a column's value.

    Raises:
        FilterError: a filter names an unknown column.
        DatasetError: the file is gone or damaged.

    """
    known = {column.name: column for column in columns}
    where, values = sql.where(places, "", known)
    stretches = f"SELECT chrom::VARCHAR, (pos - 1) // {STRETCH}, count(*) FROM read_parquet(?){where} GROUP BY 1, 2"
    placed: dict[str, dict[int, int]] = {}
    rows = 0
    with _reading(parquet) as connection:
        for chrom, stretch, count in connection.execute(stretches, [str(parquet), *values]).fetchall():
            rows += count
            if chrom is not None and stretch is not None:
                placed.setdefault(chrom, {})[int(stretch)] = count
        counted = _classes(connection, parquet, known, classes, class_column) if classes is not None else {}
    return Tally(rows=rows, places=placed, classes=counted)


def first_rows(
    parquet: Path, columns: Sequence[Column], where: Filter, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """Give the first rows that a filter leaves, in the table's order, and how many there are in all.

    Raises:
        FilterError: the filter names an unknown column.
        DatasetError: the file is gone or damaged.

    """
    known = {column.name: column for column in columns}
    clause, values = sql.where(where, "", known)
    picked = ", ".join(f'"{name}"' for name in known)
    source = "read_parquet(?, file_row_number=true)"
    with _reading(parquet) as connection:
        found = connection.execute(
            f"SELECT {picked} FROM {source}{clause} ORDER BY file_row_number LIMIT ?", [str(parquet), *values, limit]
        ).fetchall()
        counted = connection.execute(f"SELECT count(*) FROM {source}{clause}", [str(parquet), *values]).fetchone()
    return [dict(zip(known, row, strict=True)) for row in found], int(counted[0]) if counted else 0


def values_of(parquet: Path, column: Column) -> list[str]:
    """Give every value that a column holds, in their order."""
    asked = (
        f'SELECT DISTINCT "{column.name}"::VARCHAR FROM read_parquet(?) WHERE "{column.name}" IS NOT NULL ORDER BY 1'
    )
    with _reading(parquet) as connection:
        return [value for (value,) in connection.execute(asked, [str(parquet)]).fetchall()]


@contextmanager
def _reading(parquet: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open DuckDB to read one file; a file that is gone or damaged is told as that."""
    try:
        with duckdb.connect(config=SAFE) as connection:
            yield connection
    except duckdb.Error as error:
        raise DatasetError(
            f"{parquet.name} cannot be read: {str(error).splitlines()[0]}", hint="Look it up again."
        ) from error


def _classes(
    connection: duckdb.DuckDBPyConnection, parquet: Path, known: dict[str, Column], where: Filter, column: str
) -> dict[str, int]:
    if column not in known:
        return {}
    clause, values = sql.where(where, "", known)
    found = connection.execute(
        f'SELECT "{column}"::VARCHAR, count(*) FROM read_parquet(?){clause} GROUP BY 1 ORDER BY 2 DESC, 1',
        [str(parquet), *values],
    ).fetchall()
    return {name: count for name, count in found if name}
