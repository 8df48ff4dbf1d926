"""A table as an Excel workbook: its rows with their types, what the file is, and what its columns mean."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from genoteca.engine.results.formulas import runs_as_formula
from genoteca.errors import InputError
from genoteca.model.column import Column

__all__ = ["MOST_ROWS", "WorkbookSink", "require_fitting"]

SHEET_ROWS = 1_048_576
"""https://support.microsoft.com/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3"""
MOST_ROWS = SHEET_ROWS - 1
"""Beside the row of names."""
MOST_LETTERS = 32_767
"""UTF-16 units of one cell, from the same page."""
EXACT = 2**53
"""Excel keeps numbers as 64-bit floats: a larger whole number is written as text."""
CUT = " … (cut)"


def require_fitting(rows: int) -> None:
    """See that a sheet holds so many rows.

    Raises:
        InputError: it does not.

    """
    if rows > MOST_ROWS:
        raise InputError(
            f"An Excel sheet holds {MOST_ROWS:,} rows; these are {rows:,}.",
            title="Too many rows for Excel",
            hint="Filter the table first, or choose Parquet, CSV or TSV, which have no limit.",
        )


class WorkbookSink:
    """Writes frames as the sheet `Rows`, then `About` and `Columns`; memory stays flat."""

    def __init__(self, path: Path, columns: Sequence[Column], about: Sequence[tuple[str, str]]) -> None:
        # Rows wait in temporary files: beside the target, never in the system's shared folder.
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
        self._columns, self._about = list(columns), about
        self._quoted = self._book.add_format({"quote_prefix": True})
        self._bold = self._book.add_format({"bold": True})
        self._wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._sheet = self._book.add_worksheet("Rows")
        self._sheet.freeze_panes(1, 0)
        for number, column in enumerate(self._columns):
            self._sheet.write_string(0, number, column.name, self._bold)
        self.rows = 0
        self.cut = 0
        """Cells that were longer than Excel allows."""

    def write(self, frame: pl.DataFrame) -> None:
        """Add rows.

        Raises:
            InputError: they are more than a sheet holds.

        """
        require_fitting(self.rows + len(frame))
        for row in frame.iter_rows():
            self.rows += 1
            if all(value is None for value in row):  # a row without any cell would be missing in the file
                self._sheet.write_blank(self.rows, 0, None, self._wrapped)
            for number, value in enumerate(row):
                if value is not None:
                    self._write_cell(self.rows, number, value)

    def close(self) -> None:
        """Finish the workbook."""
        self._sheet.autofilter(0, 0, self.rows, max(len(self._columns) - 1, 0))
        cut = [("Cells cut", f"{self.cut:,} texts were longer than a cell of Excel holds.")] if self.cut else []
        self._write_sheet("About", 30, [("This file", ""), *self._about, *cut])
        meanings = [(one.name, one.label, _meaning(one)) for one in self._columns]
        self._write_sheet("Columns", 30, [("Column", "Label", "Meaning"), *meanings])
        self._book.close()

    def discard(self) -> None:
        """Let go of a workbook that will not be finished."""
        self._book.close()

    def _write_sheet(self, name: str, width: int, lines: Sequence[Sequence[str]]) -> None:
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, len(lines[0]) - 2, width)
        sheet.set_column(len(lines[0]) - 1, len(lines[0]) - 1, 100)
        for row, line in enumerate(lines):
            for number, text in enumerate(line):
                sheet.write_string(row, number, text, self._bold if not row else self._wrapped)

    def _write_cell(self, row: int, number: int, value: Any) -> None:
        if isinstance(value, bool):
            self._sheet.write_boolean(row, number, value)
        elif isinstance(value, int | float) and math.isfinite(value) and abs(value) <= EXACT:
            self._sheet.write_number(row, number, value)
        else:
            self._write_text(row, number, str(value))

    def _write_text(self, row: int, number: int, text: str) -> None:
        """Write text as text: it is no formula in the file, and stays none when the cell is edited."""
        if len(text) > MOST_LETTERS // 2 and len(text.encode("utf-16-le")) // 2 > MOST_LETTERS:
            self.cut += 1
            kept = text.encode("utf-16-le")[: 2 * (MOST_LETTERS - len(CUT))]
            text = kept.decode("utf-16-le", "ignore") + CUT
        self._sheet.write_string(row, number, text, self._quoted if runs_as_formula(text) else None)


def _meaning(column: Column) -> str:
    unit = f"In {column.unit}." if column.unit else ""
    empty = f"Empty: {column.null}." if column.null else ""
    return " ".join(filter(None, [column.description, unit, empty]))
