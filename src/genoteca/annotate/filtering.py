"""What marks a record as filtered: the file's own FILTER, or the user's limits. Nothing is dropped for it."""

from __future__ import annotations

import polars as pl

from genoteca.annotate.sample_tables import Rules

__all__ = ["below_limits", "filtered_by_file"]


def filtered_by_file(verdict: pl.Expr, *, passes: tuple[str, ...] = ()) -> pl.Expr:
    """Tell where FILTER names a failure: it is given, and neither PASS nor one of `passes`."""
    return (~verdict.is_in(["PASS", ".", *passes])).fill_null(value=False)


def below_limits(rules: Rules, *columns: str) -> pl.Expr:
    """Tell where `qual`, `depth` or `genotype_quality` is below its limit; without a value it is not."""
    limits = {"qual": rules.min_quality, "depth": rules.min_depth, "genotype_quality": rules.min_genotype_quality}
    return pl.any_horizontal((pl.col(name) < limits[name]).fill_null(value=False) for name in columns)
