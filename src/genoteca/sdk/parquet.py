"""Any table as a Parquet file of the run's scratch folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from genoteca.annotate.publish import write_published
from genoteca.errors import ReferenceDataError

if TYPE_CHECKING:
    from genoteca.sdk.dataset import Table

__all__ = ["ROWS_A_GROUP", "as_parquet", "facts"]

ROWS_A_GROUP = 131_072
"""Small enough that one chromosome's rows are read without its neighbours', large enough to compress well."""


def as_parquet(table: Table | None, target: Path) -> Path:
    """Write a table to `target`; a table that is a Parquet file already stays where it is.

    Raises:
        ReferenceDataError: there is no table, or the file named is not there.

    """
    if table is None:
        raise ReferenceDataError("The module made no reference table.", hint="Return a Dataset with a table.")
    if isinstance(table, Path):
        if not table.is_file():
            raise ReferenceDataError(f"The module names {table.name} as its reference, which is not there.")
        return table
    if isinstance(table, pl.LazyFrame):
        # Polars makes the file in a thread of its own: given a path, it may appear after the query has failed.
        with target.open("wb") as file:
            table.sink_parquet(file, compression="zstd", row_group_size=ROWS_A_GROUP, maintain_order=True)
    elif isinstance(table, pl.DataFrame):
        write_published(table, target)
    else:
        table.write_parquet(str(target), compression="zstd", row_group_size=ROWS_A_GROUP)
    return target


def facts(path: Path) -> tuple[pl.Schema, int]:
    """Give schema and rows of a Parquet file, from its footer."""
    scan = pl.scan_parquet(path)
    return scan.collect_schema(), int(scan.select(pl.len()).collect().item())
