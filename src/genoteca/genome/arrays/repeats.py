"""Rows of an array file that speak of the same place, or give one identifier two places.

Rows that contradict each other are all set aside, and their positions answer as no call: which of them is right
cannot be told, and neither the first nor the last is.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from genoteca.genome.arrays.calls import Observed
from genoteca.genome.order import POSITION_NUMBER

__all__ = ["CONFLICT", "ELSEWHERE", "NO_CALL_BESIDE", "REPEATED", "Sifted", "sifted"]

CONFLICT = "another row of the same position has another genotype"
ELSEWHERE = "another row gives this identifier another position"
REPEATED = "another row of the same position says the same"
NO_CALL_BESIDE = "no call, beside another row of the same position that calls"

CONTRADICTIONS = (CONFLICT, ELSEWHERE)

_PLACE = ("chrom", "pos")
_NO_NAMES = (".", "-", "--", "---", "0", "NA")


class Sifted(NamedTuple):
    """Rows that stand for their place, one of each kind; the others with a `reason`; places nobody can call."""

    kept: pl.DataFrame
    aside: pl.DataFrame
    uncallable: pl.DataFrame
    """One row per position that only rows in contradiction speak of: `chrom`, `pos` and the first `line`."""


def sifted(rows: pl.DataFrame) -> Sifted:
    """Part the rows of a whole file (`line`, `id`, `chrom`, `pos`, `observed`, `distinct`)."""
    marked = _with_reasons(rows)
    aside = marked.filter(pl.col("reason").is_not_null())
    kept = marked.filter(pl.col("reason").is_null()).drop("reason")
    contradicted = aside.filter(pl.col("reason").is_in(CONTRADICTIONS))
    uncallable = contradicted.group_by(_PLACE).agg(pl.col("line").min())
    return Sifted(kept, aside, uncallable.join(kept, on=_PLACE, how="anti"))


def _with_reasons(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `reason`, null where a row is kept; only rows that share a place or an identifier are looked at closely."""
    elsewhere = _elsewhere(rows)
    left = rows.join(elsewhere, on="line", how="anti") if len(elsewhere) else rows
    shared = left.filter(POSITION_NUMBER.is_duplicated()).sort("line")
    called = pl.col("observed") != Observed.NOTHING
    kind = (*_PLACE, "observed")
    reason = (
        pl.when(called & (pl.col("distinct").n_unique().over(kind) > 1))
        .then(pl.lit(CONFLICT))
        .when(~called & called.any().over(_PLACE))
        .then(pl.lit(NO_CALL_BESIDE))
        .when(~pl.struct(kind).is_first_distinct())
        .then(pl.lit(REPEATED))
    )
    told = shared.select("line", reason=reason)
    reasons = pl.concat([elsewhere.with_columns(reason=pl.lit(ELSEWHERE)), told])
    return rows.join(reasons, on="line", how="left", maintain_order="left")


def _elsewhere(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the `line` of rows whose identifier stands at several places; X and Y may share one (PAR)."""
    named = rows.filter(pl.col("id").is_duplicated() & ~pl.col("id").is_in(_NO_NAMES))
    chrom = pl.col("chrom").cast(pl.String)
    place = pl.when(chrom.is_in(["X", "Y"])).then(pl.lit("X/Y")).otherwise(chrom)
    on_one = (chrom.n_unique().over("id") == 1) & (pl.col("pos").n_unique().over("id") > 1)
    return named.filter((place.n_unique().over("id") > 1) | on_one).select("line")
