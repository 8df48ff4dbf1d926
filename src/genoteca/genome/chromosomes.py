"""Which chromosomes a table has rows of."""

from __future__ import annotations

from pathlib import Path

import polars as pl

__all__ = ["chromosomes_in"]


def chromosomes_in(table: Path) -> frozenset[str]:
    """Give the chromosomes (1-22, X, Y, MT) that a Parquet table with a column `chrom` has rows of."""
    found = pl.scan_parquet(table).select(pl.col("chrom").unique().cast(pl.String)).collect(engine="streaming")
    return frozenset(found["chrom"].drop_nulls())
