"""Stretches of which a sample lacks a copy, as far as its structural variants tell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from genoteca.annotate.spans import RANK_SHIFT, Bools, Places, merge
from genoteca.genome.schema import CHROM

__all__ = ["lost"]

BOTH = 2
"""Copies below which a stretch may lack one; a male's X, with one, then counts too: silence is safely left unread."""

_BEHIND = r"^[^\[\]]+\["
"""`t[p[` joins the base at POS to what follows p; with p further on, what lies between is left out."""
_BEFORE = r"^\].*\][^\[\]]+$"
"""`]p]t` joins what precedes p to the base at POS; with p before it, what lies between is left out."""


def lost(places: Places, structural: Path | None) -> Bools:
    """Tell the places that a structural deletion may have taken, its uncertain ends included.

    A deletion: an ALT of type DEL, or a pair of breakends that leaves bases out, unless the genotype is known and
    without it; or any stretch with a copy number below two. The file's FILTER is not asked: what may be gone is not
    read as reference.
    """
    found = np.zeros(len(places), np.bool_)
    if structural is None or not len(places):
        return found
    spans = _spans(structural)
    start, end = merge(spans["low"].to_numpy(), spans["high"].to_numpy())
    before = np.searchsorted(start, places, "right") - 1
    some = before >= 0
    found[some] = end[before[some]] >= places[some]
    return found


def _spans(structural: Path) -> pl.DataFrame:
    absent = (pl.col("dosage") == 0) & ~pl.col("genotype").str.contains("?", literal=True)
    carried = ~absent.fill_null(value=False)
    deletion = carried & (pl.col("type").str.split(":").list.first() == "DEL")
    alt, mate = pl.col("alt"), pl.col("mate_pos")
    near = carried & (pl.col("mate_chrom").cast(CHROM) == pl.col("chrom").cast(CHROM))
    behind = near & alt.str.contains(_BEHIND) & (mate > pl.col("start"))
    before = near & alt.str.contains(_BEFORE) & (mate < pl.col("start"))
    few = pl.col("copy_number") < BOTH
    rank = (pl.col("chrom").cast(CHROM).to_physical().cast(pl.Int64) + 1) * (1 << RANK_SHIFT)
    low = pl.min_horizontal("start", "earliest_start", pl.when(before).then(mate))
    high = pl.max_horizontal("end", "latest_end", pl.when(behind).then(mate))
    return (
        pl.scan_parquet(structural)
        .filter((deletion | few | behind | before).fill_null(value=False))
        .select(low=rank + low, high=rank + high)
        .sort("low")
        .collect()
    )
