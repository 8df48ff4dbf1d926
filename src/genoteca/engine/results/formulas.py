"""Text that a spreadsheet would run as a formula, made harmless.

The characters: OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection.
"""

from __future__ import annotations

import re

import polars as pl

from genoteca.model.column import Column, ColumnType

__all__ = ["TEXTS", "guarded_sql", "guarded_texts", "runs_as_formula"]

TEXTS = frozenset({ColumnType.TEXT, ColumnType.CATEGORY, ColumnType.LIST, ColumnType.LINK})
"""Columns whose cells are words; a negative number is none."""

_STARTS = r"(?s)^[=+\-@\t\r\n＝＋－＠]."
"""A sign alone is no formula: the strands `+` and `-` stay what they are."""
_FORMULA = re.compile(_STARTS)


def runs_as_formula(text: str) -> bool:
    """Whether a spreadsheet might take a text for a formula."""
    return _FORMULA.match(text) is not None


def guarded_sql(column: Column) -> str:
    """Give the SQL of a cell for CSV: a text that looks like a formula gets a leading apostrophe."""
    name = f'"{column.name}"'
    if column.type not in TEXTS:
        return name
    return f"CASE WHEN regexp_matches({name}, '{_STARTS}') THEN '''' || {name} ELSE {name} END AS {name}"


def guarded_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Give every text that looks like a formula a leading apostrophe."""
    texts = pl.col(pl.String)
    return frame.with_columns(pl.when(texts.str.contains(_STARTS)).then("'" + texts).otherwise(texts).name.keep())
