"""The reference bases that a sample's own records tell: every record spells the REF of its build."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from genoteca.annotate.spans import RANK_SHIFT
from genoteca.genome.schema import CHROM
from genoteca.model.build import RANK

__all__ = ["RecordBases"]


class RecordBases:
    """Bases by place, where a variant row of the sample spells them; an array tells none.

    Called with a chromosome and the first and last position (1-based, both included), it gives the bases, or an empty
    text where one of them is not told.
    """

    def __init__(self, variants: Path) -> None:
        rank = (pl.col("chrom").cast(CHROM).to_physical().cast(pl.Int64) + 1) * (1 << RANK_SHIFT)
        told = (
            pl.scan_parquet(variants)
            .filter(pl.col("ref").is_not_null())
            .select(
                place=rank + pl.col("pos"), base=pl.col("ref").str.split(""), length=pl.col("ref").str.len_bytes()
            )
            .with_columns(place=pl.int_ranges("place", pl.col("place") + pl.col("length")))
            .select("place", "base")
            .explode("place", "base")
            .unique("place", keep="first")
            .sort("place")
            .collect()
        )
        self._places = told["place"].to_numpy()
        self._bases = told["base"].to_list()

    def __call__(self, chrom: str, start: int, end: int) -> str:
        """Give the bases of a stretch."""
        first = (RANK[chrom] << RANK_SHIFT) + start
        at, count = int(np.searchsorted(self._places, first)), end - start + 1
        if (
            at + count > len(self._places)
            or self._places[at] != first
            or self._places[at + count - 1] != first + count - 1
        ):
            return ""
        return "".join(self._bases[at : at + count])
