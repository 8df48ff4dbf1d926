"""Tables by hands unknown, CSV or Parquet, read as text: no type of theirs is believed."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from genoteca.errors import InputError
from genoteca.store.just_dna.formats import MOST_BYTES, MOST_ROWS
from genoteca.store.just_dna.sieve import NUMBER, Aside, Sieve

__all__ = ["LISTS", "text_table"]

LISTS = ("genotype", "alts")
"""Columns that compiled tables hold as lists; their items are joined by SEPARATOR."""
SEPARATOR = "/"
MOST_COLUMNS = 500
MOST_UNPACKED = 4 << 30

_HINT = "Get the module again, or tell its author."


def text_table(path: Path, sieve: Sieve | None = None) -> pl.DataFrame:
    """Read a table with every cell as text on one line, empty ones null, and `number`, the row from 1.

    Lists are joined by `/`. A row of a CSV that has not the header's number of cells goes into `sieve`.

    Raises:
        InputError: it cannot be read, has a column of a kind that is no text, or is too large.

    """
    if path.stat().st_size > MOST_BYTES:
        raise InputError(f"{path.name} has more than {MOST_BYTES:,} bytes.", hint="No module is that large.")
    table = _parquet(path) if path.suffix == ".parquet" else _csv(path, sieve or Sieve())
    cleaned = pl.all().exclude(NUMBER).str.replace_all(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+", " ").str.strip_chars()
    return table.with_columns(cleaned).with_columns(
        pl.when(pl.col(name) != "").then(name).alias(name) for name in table.columns if name != NUMBER
    )


def _csv(path: Path, sieve: Sieve) -> pl.DataFrame:
    rows: list[list[str]] = []
    numbers: list[int] = []
    ragged: list[int] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = [name.strip() for name in next(reader, [])]
            _look_at_header(path, header)
            for number, row in enumerate((row for row in reader if row), start=1):
                if number > MOST_ROWS:
                    raise InputError(
                        f"{path.name} has more than {MOST_ROWS:,} rows.", hint="No module is that large."
                    )
                if len(row) != len(header):
                    ragged.append(number)
                    continue
                numbers.append(number)
                rows.append(row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path.name} cannot be read as CSV in UTF-8: {error}.", hint=_HINT) from error
    sieve.add(ragged, Aside.RAGGED)
    table = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")
    return table.with_columns(pl.Series(NUMBER, numbers, pl.UInt32))


def _parquet(path: Path) -> pl.DataFrame:
    try:
        file = pq.ParquetFile(path)
        if file.metadata.num_rows > MOST_ROWS:
            raise InputError(f"{path.name} has more than {MOST_ROWS:,} rows.", hint="No module is that large.")
        groups = range(file.metadata.num_row_groups)
        if sum(file.metadata.row_group(group).total_byte_size for group in groups) > MOST_UNPACKED:
            raise InputError(f"{path.name} unpacks to more than {MOST_UNPACKED:,} bytes.", hint=_HINT)
        _look_at_header(path, file.schema_arrow.names)
        given = pl.from_arrow(file.read())
    except (OSError, pa.ArrowException, pl.exceptions.PolarsError) as error:
        raise InputError(f"{path.name} cannot be read as Parquet: {error}", hint=_HINT) from error
    if not isinstance(given, pl.DataFrame):
        raise InputError(f"{path.name} holds no table.", hint=_HINT)
    texts = [_as_text(path, name, kind) for name, kind in given.schema.items()]
    return given.select(texts).with_row_index(NUMBER, offset=1)


def _look_at_header(path: Path, header: list[str]) -> None:
    doubled = sorted({name for name in header if header.count(name) > 1})
    if not header or len(header) > MOST_COLUMNS or doubled or NUMBER in header or "" in header:
        told = f"columns twice: {', '.join(doubled)}" if doubled else f"{len(header)} columns"
        raise InputError(f"{path.name} has no header that can be used ({told}).", hint=_HINT)


def _as_text(path: Path, name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.List) and not kind.inner.is_nested() and kind.inner not in (pl.Binary, pl.Object):
        items = column.cast(pl.List(pl.String)).list
        # A missing item makes a genotype unknown; of other lists it is left out.
        return items.join(SEPARATOR, ignore_nulls=False) if name in LISTS else items.join("; ", ignore_nulls=True)
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        raise InputError(f"{path.name}, column {name}: of the type {kind}, which is no text.", hint=_HINT)
    return column.cast(pl.String)
