"""What every grid has in common: how wide a column is, and how it is filtered, by its type."""

from __future__ import annotations

from typing import Any

from genoteca.model.column import AnnotationColumn, Column, ColumnType
from genoteca.model.evidence import Evidence
from genoteca.ui import words

__all__ = ["NUMBERS", "column_filter", "is_evidence", "width_of"]

NUMBERS = {ColumnType.INTEGER, ColumnType.POSITION, ColumnType.COUNT, ColumnType.NUMBER, ColumnType.FREQUENCY}
WIDTHS = {
    "chrom": 125,
    "pos": 125,
    "start": 125,
    "end": 125,
    "type": 130,
    "length": 110,
    "difference": 190,
    "dosage": 95,
    "copy_number": 125,
    "ref": 110,
    "alt": 115,
    "genotype": 120,
    "evidence": 165,
    "conclusion": 380,
    "trait": 185,
    "effect": 195,
    "gene": 115,
}
TEXTS = ["contains", "startsWith", "equals", "notEqual", "blank", "notBlank"]
FIGURES = ["greaterThanOrEqual", "inRange", "lessThanOrEqual", "equals", "blank", "notBlank"]


def width_of(column: Column, own: str, usual: int, classes: int) -> int:
    """Give a column's width in pixels.

    `own`: its name in its own table. `usual`: of one that is not named here. `classes`: of one that classifies.
    """
    classifies = isinstance(column, AnnotationColumn) and column.scale is not None
    return WIDTHS.get(own, classes if classifies else usual)


def column_filter(column: Column, own: str, ticks: str, *, looked_up: bool = False) -> dict[str, Any]:
    """Describe a column's filter to the grid.

    `own`: its name in its own table. `ticks`: the function of assets/ui that draws tick boxes. `looked_up`: whether
    it finds out the values of a column that does not name them.
    """
    if column.type is ColumnType.FLAG:
        return _ticks(ticks, [(True, "yes"), (False, "no")])
    if own == "evidence" or is_evidence(column):
        return _ticks(ticks, [(kind.value, words.EVIDENCE[kind]) for kind in Evidence])
    if column.type is ColumnType.CATEGORY and (column.values or looked_up):
        return _ticks(ticks, [(value, value) for value in column.values])
    if column.type in NUMBERS or column.type is ColumnType.STARS:
        return _typed("agNumberColumnFilter", FIGURES)
    return _typed("agTextColumnFilter", TEXTS)


def is_evidence(column: Column) -> bool:
    """Tell whether a column says how something is known."""
    return column.values == tuple(Evidence)


def _typed(kind: str, offered: list[str]) -> dict[str, Any]:
    parameters = {"filterOptions": offered, "maxNumConditions": 1, "debounceMs": 300, "inRangeInclusive": True}
    return {"filter": kind, "filterParams": parameters}


def _ticks(drawn: str, values: list[tuple[Any, str]]) -> dict[str, Any]:
    return {":filter": drawn, "filterParams": {"values": [list(value) for value in values] or None}}
