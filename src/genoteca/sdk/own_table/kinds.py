"""What a column's cells are, told by the first of them."""

from __future__ import annotations

import re

import polars as pl

from genoteca.model.column import ColumnType

__all__ = ["kind_of_cells", "parted", "said"]

_WORDS = {"true", "false", "yes", "no"}
_SHARE = re.compile(r"(?<![a-z])(?:af|maf|freq|frequency|aaf|raf)(?![a-z])|_af|af_", re.IGNORECASE)
_WHOLE = r"^[+-]?(?:0|[1-9]\d{0,17})$"
_MANY_ROWS, _FEW_WORDS, _SHORT = 30, 12, 40
"""From so many rows on, so few different short words are a category."""


def said(cells: pl.Series, missing: frozenset[str]) -> pl.Series:
    """Give the cells without those that say nothing."""
    told = cells.drop_nulls()
    return told.filter(~told.str.to_lowercase().is_in([*missing, ""]))


def kind_of_cells(name: str, cells: pl.Series) -> ColumnType:
    """Tell what the cells of a column are; `cells` holds none that says nothing."""
    if cells.is_empty():
        return ColumnType.TEXT
    if cells.str.to_lowercase().is_in(list(_WORDS)).all():
        return ColumnType.FLAG
    if cells.str.contains(_WHOLE).all():
        return ColumnType.INTEGER
    numbers = cells.cast(pl.Float64, strict=False)
    if numbers.null_count() == 0 and not cells.str.contains(r"^[+-]?0\d").any():
        share = _SHARE.search(name) is not None and numbers.is_between(0, 1).all()
        return ColumnType.FREQUENCY if share else ColumnType.NUMBER
    if cells.str.contains(";", literal=True).any():
        return ColumnType.LIST
    few = len(cells) >= _MANY_ROWS and cells.n_unique() <= _FEW_WORDS
    return ColumnType.CATEGORY if few and (cells.str.len_chars() <= _SHORT).all() else ColumnType.TEXT


def parted(cell: str) -> pl.Expr:
    """Give the part of a cell that belongs to an allele, where it lists as many values as the row has ALTs.

    `_alts` is a column with the row's list of ALTs, and `_allele` one with the number of this one, from 0.
    """
    parts = pl.col(cell).str.replace_all(r"[|;]", ",").str.split(",")
    several = (pl.col("_alts").list.len() > 1) & (parts.list.len() == pl.col("_alts").list.len())
    own = parts.list.get(pl.col("_allele").cast(pl.Int64), null_on_oob=True).str.strip_chars()
    return pl.when(several).then(own).otherwise(cell).alias(cell)
