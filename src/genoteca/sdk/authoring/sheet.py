"""A workbook's sheet as a text table, so that everything after reads one kind of file."""

from __future__ import annotations

import csv
from datetime import date, datetime, time, timedelta
from pathlib import Path

from genoteca.errors import InputError

__all__ = ["WORKBOOKS", "is_workbook", "sheet_as_text", "sheets_of"]

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
MOST_ROWS = 200_000
"""Rows of a sheet that are taken: more than anyone writes by hand."""


def is_workbook(path: Path) -> bool:
    """Tell by its name whether a file is a workbook."""
    return path.suffix.lower() in WORKBOOKS


def sheets_of(path: Path) -> tuple[str, ...]:
    """Give the names of a workbook's sheets.

    Raises:
        InputError: it cannot be read.

    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(path) as book:
            return tuple(book.sheet_names)
    except (CalamineError, OSError) as error:
        raise _unread(path, error) from error


def sheet_as_text(path: Path, sheet: str, target: Path) -> None:
    """Write a sheet as tab-separated text, its rows in the lines of the same numbers.

    Raises:
        InputError: the workbook cannot be read, has no such sheet, or too many rows.

    """
    from python_calamine import CalamineError, CalamineWorkbook

    names = sheets_of(path)
    name = sheet or names[0]
    if name not in names:
        raise InputError(f"{path.name} has no sheet {name!r}.", hint=f"It has {', '.join(names)}.")
    try:
        with CalamineWorkbook.from_path(path) as book:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise _unread(path, error) from error
    if len(rows) > MOST_ROWS:
        raise InputError(
            f"The sheet {name!r} has {len(rows):,} rows; at most {MOST_ROWS:,} are taken.", hint="Save it as CSV."
        )
    width = max((n + 1 for row in rows for n, cell in enumerate(row) if cell != ""), default=0)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
        for row in rows:
            cells = [_text(cell) for cell in row[:width]]
            writer.writerow(cells if any(cells) else [])


def _text(cell: object) -> str:
    """Write a cell as one sees it; whole numbers, which Excel keeps as fractions, without one."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time | timedelta):
        return cell.isoformat() if not isinstance(cell, timedelta) else str(cell)
    return " ".join(str(cell).split())


def _unread(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path.name} cannot be read as a workbook: {error}",
        title="This workbook cannot be read",
        hint="Open it in Excel or LibreOffice and save it as .xlsx, without a password, or as CSV.",
    )
