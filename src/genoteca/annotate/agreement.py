"""How many REF bases of the sample's records are the module's: a build taken for another shows here first."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

__all__ = ["Agreement", "reference_agreement"]


class Agreement(NamedTuple):
    """Of records that stand at the position of a module's single-base site."""

    compared: int
    agreeing: int


def reference_agreement(met: pl.DataFrame) -> Agreement:
    """Compare REF bases, one per record and position; `met` is that of `covering.meet`.

    Of an insertion or deletion the first base is compared. In the wrong build about a quarter agree.
    """
    bases = (
        met.filter((pl.col("offset") == 0) & (pl.col("s_length") == 1) & pl.col("s_substitutes"))
        .unique(["chrom", "pos", "line"], keep="first", maintain_order=True)
        .select(same=pl.col("ref").str.head(1) == pl.col("s_ref"))
    )
    return Agreement(len(bases), int(bases["same"].sum()))
