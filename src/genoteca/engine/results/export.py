"""Writing a view of a table to a file that others open."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from genoteca.engine.results.table import ResultTable
from genoteca.errors import FilterError, InputError
from genoteca.model.column import Column, ColumnType
from genoteca.model.filter import Filter, Sort

__all__ = ["Format", "write_rows"]

TEXTS = (ColumnType.TEXT, ColumnType.CATEGORY, ColumnType.LIST, ColumnType.LINK)


class Format(StrEnum):
    """What a view is written as."""

    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    PARQUET = "parquet"


OPTIONS = {
    Format.CSV: "FORMAT csv, HEADER",
    Format.TSV: "FORMAT csv, HEADER, DELIMITER '\t'",
    Format.JSON: "FORMAT json, ARRAY true",
    Format.PARQUET: "FORMAT parquet, COMPRESSION zstd",
}


def write_rows(
    table: ResultTable,
    target: Path,
    kind: Format,
    *,
    where: Filter | None = None,
    text: str = "",
    sort: Sequence[Sort] = (),
    columns: Sequence[str] | None = None,
) -> int:
    """Write exactly the rows and columns of a view; gives how many rows.

    In CSV and TSV a text that a spreadsheet would run as a formula gets a leading apostrophe.

    Raises:
        FilterError: an unknown column.
        InputError: the folder is not there or not writable.

    """
    unknown = [name for name in columns or () if name not in table.columns]
    if unknown:
        raise FilterError(f"There is no column {unknown[0]!r}.", hint=f"Columns: {', '.join(table.columns)}")
    picked = [table.columns[name] for name in columns] if columns else list(table.columns.values())
    select, values = table.query(where, text, sort)
    guarded = kind in (Format.CSV, Format.TSV)
    listed = ", ".join(_cell(column, guarded=guarded) for column in picked)
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    if not target.parent.is_dir():
        raise InputError(f"There is no folder {target.parent}.", hint="Choose a folder that exists.")
    try:
        rows = table.copy_to(f"SELECT {listed} FROM ({select})", values, part, OPTIONS[kind])
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return rows


def _cell(column: Column, *, guarded: bool) -> str:
    name = f'"{column.name}"'
    if not guarded or column.type not in TEXTS:
        return name
    return f"CASE WHEN regexp_matches({name}, '^[=+\\-@\\t\\r]') THEN '''' || {name} ELSE {name} END AS {name}"
