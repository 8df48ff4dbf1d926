"""Reading what changed: the rows told first, and the classes that a variant had; loads Polars."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from genoteca.model.change import CHANGE

__all__ = ["classes_of", "first_rows"]

Row = dict[str, Any]
NUMBER = "_row"


def first_rows(table: Path, opened: Collection[str], *, carried: bool, limit: int) -> list[Row]:
    """Give the first rows of a table of changes in the order in which they are told, each with `_row`, its number.

    `opened`: the gates that the person has opened; rows behind any other are left out.
    """
    scan = pl.scan_parquet(table, row_index_name=NUMBER)
    is_open = pl.col("gate").is_null() | pl.col("gate").is_in(list(opened))
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


def classes_of(tables: Sequence[Path], chrom: str, pos: int, ref: str, alt: str) -> list[list[Row]]:
    """Give, for each table of classes, its rows about one allele."""
    here = (pl.col("chrom") == chrom) & (pl.col("pos") == pos) & (pl.col("ref") == ref) & (pl.col("alt") == alt)
    return [pl.scan_parquet(table).filter(here).collect().to_dicts() for table in tables]
