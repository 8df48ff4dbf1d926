"""Reading what changed: the rows told first, and the classes that a variant had; loads Polars."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from genoteca.engine.variant.rows import speaks_of
from genoteca.errors import DatasetError
from genoteca.model.change import CHANGE, gates_opened
from genoteca.model.variant import VariantName

__all__ = ["classes_of", "first_rows"]

Row = dict[str, Any]
NUMBER = "_row"


def first_rows(table: Path, opened: Collection[str], *, carried: bool, limit: int) -> list[Row]:
    """Give the first rows of a table of changes in the order in which they are told, each with `_row`, its number.

    `opened`: the gates that the person has opened; rows behind any other are left out.

    Raises:
        DatasetError: the table cannot be read.

    """
    try:
        return _first_rows(table, opened, carried=carried, limit=limit)
    except (pl.exceptions.PolarsError, OSError) as error:
        told = f"{table.name} cannot be read: {type(error).__name__}."
        raise DatasetError(told, hint="`genoteca verify` says which files are damaged.") from error


def _first_rows(table: Path, opened: Collection[str], *, carried: bool, limit: int) -> list[Row]:
    scan = pl.scan_parquet(table, row_index_name=NUMBER)
    is_open = pl.col("gate").is_null() | pl.col("gate").is_in(gates_opened(opened))
    first = (
        scan.select(NUMBER, *(column.name for column in CHANGE))
        .filter(is_open & (pl.col("carried") == carried))
        .sort(
            ["place", "level", "stars_after", "chrom", "pos"],
            descending=[False, False, True, False, False],
            nulls_last=True,
        )
        .head(limit)
        .collect()
    )
    whole = scan.filter(pl.col(NUMBER).is_in(first[NUMBER].implode())).collect()
    return first.select(NUMBER).join(whole, on=NUMBER, how="left", maintain_order="left").to_dicts()


def classes_of(tables: Sequence[Path], name: VariantName) -> list[list[Row]]:
    """Give, for each table of classes, its rows about a variant: of its allele, or of its place as a whole."""
    here = (pl.col("chrom") == name.chrom) & (pl.col("pos") == name.pos)
    found = (pl.scan_parquet(table).filter(here).collect().to_dicts() for table in tables)
    return [[row for row in rows if speaks_of(row, name)] for rows in found]
