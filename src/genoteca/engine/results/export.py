"""Writing a view of a table to a file that others open."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import polars as pl
from pydantic import JsonValue

from genoteca.engine.results.formats import Format
from genoteca.engine.results.formulas import guarded_sql
from genoteca.engine.results.sinks import counted_rows
from genoteca.engine.results.workbook import WorkbookSink, require_fitting
from genoteca.errors import DatasetError, FilterError, InputError
from genoteca.model.column import Column
from genoteca.model.filter import Filter, Sort

__all__ = ["Browsed", "Progress", "beside", "require_counted", "silent", "write_rows"]

Progress = Callable[[float, str], None]
WRITTEN = 0.95
"""Share of an export after which its rows are written, and are counted."""

OPTIONS = {
    Format.CSV: "FORMAT csv, HEADER",
    Format.TSV: "FORMAT csv, HEADER, DELIMITER '\t'",
    Format.JSON: "FORMAT json, ARRAY true",
    Format.PARQUET: "FORMAT parquet, COMPRESSION zstd",
}


class Browsed(Protocol):
    """A table of which a view is written."""

    columns: Mapping[str, Column]

    def matched(self, where: Filter | None, text: str = "") -> int:
        """Count the rows that a filter leaves."""

    def query(self, where: Filter | None, text: str, sort: Sequence[Sort]) -> tuple[str, list[JsonValue]]:
        """Give the SQL of a filtered, sorted view, and its values."""

    def copy_to(
        self, select: str, values: Sequence[JsonValue], target: Path, options: str, progress: Callable[[float], None]
    ) -> int:
        """Write a query to a file with DuckDB's COPY; gives the rows written."""

    def frames(self, select: str, values: Sequence[JsonValue]) -> Iterator[pl.DataFrame]:
        """Give the rows of a query, some at a time."""


def silent(_fraction: float, _message: str) -> None:
    """Hear how far an export is, and tell nobody."""


def write_rows(
    table: Browsed,
    target: Path,
    kind: Format,
    *,
    where: Filter | None = None,
    text: str = "",
    sort: Sequence[Sort] = (),
    columns: Sequence[str] | None = None,
    about: Sequence[tuple[str, str]] = (),
    progress: Progress = silent,
) -> int:
    """Write exactly the rows and columns of a view; gives how many rows, which the finished file holds.

    In CSV and TSV a text that a spreadsheet would run as a formula gets a leading apostrophe; in a workbook it is
    marked as text. `about` is what a workbook says of itself, on a sheet of its own.
    What `progress` raises ends the export: no file is left.

    Raises:
        FilterError: an unknown column.
        InputError: the folder is not there or not writable, or a workbook does not hold so many rows.
        DatasetError: the finished file has not the rows that were written.

    """
    unknown = [name for name in columns or () if name not in table.columns]
    if unknown:
        raise FilterError(f"There is no column {unknown[0]!r}.", hint=f"Columns: {', '.join(table.columns)}")
    picked = [table.columns[name] for name in columns] if columns else list(table.columns.values())
    select, values = table.query(where, text, sort)
    with beside(target) as part:
        total = table.matched(where, text)
        progress(0.0, f"{total:,} rows to write")
        if kind is Format.XLSX:
            require_fitting(total)
            listed = ", ".join(f'"{column.name}"' for column in picked)
            frames = table.frames(f"SELECT {listed} FROM ({select})", values)
            rows = _write_workbook(WorkbookSink(part, picked, about), frames, total, progress)
        else:
            listed = ", ".join(_cell(column, kind) for column in picked)
            rows = table.copy_to(
                f"SELECT {listed} FROM ({select})",
                values,
                part,
                OPTIONS[kind],
                lambda share: progress(WRITTEN * share, f"{total:,} rows to write"),
            )
        progress(WRITTEN, "Counting the rows of the finished file")
        require_counted(rows, counted_rows(kind, part))
    return rows


def _write_workbook(sink: WorkbookSink, frames: Iterable[pl.DataFrame], total: int, progress: Progress) -> int:
    try:
        for frame in frames:
            sink.write(frame)
            progress(WRITTEN * sink.rows / max(total, 1), f"{sink.rows:,} of {total:,} rows written")
        sink.close()
    except BaseException:
        sink.discard()
        raise
    return sink.rows


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Give a hidden path beside `target`, which takes its place only when all went well.

    Raises:
        InputError: the folder is not there.

    """
    if not target.parent.is_dir():
        raise InputError(f"There is no folder {target.parent}.", hint="Choose a folder that exists.")
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def require_counted(written: int, counted: int) -> None:
    """Hold a finished file to the rows that were written.

    Raises:
        DatasetError: it has another number.

    """
    if written != counted:
        raise DatasetError(
            f"{written:,} rows were written, the finished file holds {counted:,}.",
            title="The export is not complete",
            hint="Is there room on the disk? Then export it again.",
        )


def _cell(column: Column, kind: Format) -> str:
    return guarded_sql(column) if kind in (Format.CSV, Format.TSV) else f'"{column.name}"'
