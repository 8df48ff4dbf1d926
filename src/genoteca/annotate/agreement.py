"""How many REF bases of the sample's records are the module's: a build taken for another shows here first."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

__all__ = ["Agreement", "comparable", "compared", "reference_agreement"]


class Agreement(NamedTuple):
    """Of records that stand at the position of a module's single-base site."""

    compared: int
    agreeing: int


def reference_agreement(met: pl.DataFrame) -> Agreement:
    """Compare REF bases, one per record and position; `met` is that of `covering.meet`.

    Of an insertion or deletion the first base is compared. In the wrong build about a quarter agree.
    """
    return compared(comparable(met))


def comparable(met: pl.DataFrame) -> pl.DataFrame:
    """Give the comparable pairs: `site`, the record's `chrom`, `pos`, `line`, and whether they agree."""
    return met.filter((pl.col("offset") == 0) & (pl.col("s_length") == 1) & pl.col("s_substitutes")).select(
        "site", "chrom", "pos", "line", same=pl.col("ref").str.head(1) == pl.col("s_ref")
    )


def compared(bases: pl.DataFrame) -> Agreement:
    """Count records and positions of `comparable` once each."""
    once = bases.unique(["chrom", "pos", "line"], keep="first", maintain_order=True)
    return Agreement(len(once), int(once["same"].sum()))
