"""What marks a record as filtered: the file's own FILTER, or the user's limits. Nothing is dropped for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path

import polars as pl

from genoteca.model.rules import Rules

__all__ = ["REASONS", "Marked", "below_limits", "filtered_by_file", "looked_at", "preview"]

REASONS = ("filter", "qual", "depth", "genotype_quality", "balance")
"""What a call can be marked for, each by its own column or, for the balance, by AD or AF."""

NOTHING = pl.lit(value=False)
_PASSED = ("PASS", ".")


@dataclass(frozen=True, kw_only=True, slots=True)
class Marked:
    """What limits would mark among the rows of a variants table."""

    rows: int
    marked: int
    """Rows marked for one reason or more."""
    reasons: dict[str, int]
    """By reason; a row that is marked for two counts under both."""
    not_judged: dict[str, int]
    """Rows without the value that a limit looks at: the limit marks none of them. Only for limits that are set."""


def filtered_by_file(
    verdict: pl.Expr, *, passes: tuple[str, ...] = (), failing: tuple[str, ...] | None = None
) -> pl.Expr:
    """Tell where FILTER names a failure: it is given, and neither PASS nor one of `passes`.

    `failing` names the only ones that count; None: all do.
    """
    given = ~reduce(or_, (verdict == name for name in (*_PASSED, *passes)))  # a list is hashed, row by row
    if failing is not None:
        given &= verdict.str.split(";").list.eval(pl.element().is_in(failing)).list.any()
    return given.fill_null(value=False)


def below_limits(rules: Rules, *columns: str) -> pl.Expr:
    """Tell where one of `qual`, `depth`, `genotype_quality` and `balance` is below its limit.

    A row without the value is not. The balance needs the columns `dosage`, `ploidy`, `missing` and `allele_fraction`.
    """
    limited = _limited(rules).intersection(columns)
    return pl.any_horizontal(_below(rules, name) for name in columns if name in limited) if limited else NOTHING


def _below(rules: Rules, name: str) -> pl.Expr:
    if name == "balance":
        share = pl.col("allele_fraction")
        lopsided = (share < rules.min_balance) | (share > 1 - rules.min_balance)
        return (_heterozygous() & lopsided).fill_null(value=False)
    limits = {"qual": rules.min_quality, "depth": rules.min_depth, "genotype_quality": rules.min_genotype_quality}
    return (pl.col(name) < limits[name]).fill_null(value=False)


def looked_at(rules: Rules) -> list[str]:
    """Name the columns of a variants table, besides those of the genotype, that a limit which is set looks at."""
    columns = {"balance": "allele_fraction"}
    return [columns.get(name, name) for name in REASONS[1:] if name in _limited(rules)]


def _heterozygous() -> pl.Expr:
    """Tell a fully known genotype of two alleles that has this one once."""
    return (pl.col("ploidy") == 2) & (pl.col("dosage") == 1) & (pl.col("missing") == 0)


def preview(variants: Path, rules: Rules) -> Marked:
    """Count what the rules would mark among the rows of a variants table, and what they cannot judge."""
    reasons = {name: _below(rules, name) for name in REASONS[1:]}
    reasons["filter"] = filtered_by_file(pl.col("filter"), failing=rules.failing)
    blind = {name: pl.col(name).is_null() for name in ("qual", "depth", "genotype_quality")}
    blind["balance"] = _heterozygous().fill_null(value=False) & pl.col("allele_fraction").is_null()
    blind["filter"] = pl.col("filter").is_null()
    counts = (
        pl.scan_parquet(variants)
        .select(
            pl.len().alias("rows"),
            pl.any_horizontal(reasons.values()).sum().alias("marked"),
            *(told.sum().alias(f"marked {name}") for name, told in reasons.items()),
            *(told.sum().alias(f"blind {name}") for name, told in blind.items()),
        )
        .collect(engine="streaming")
        .row(0, named=True)
    )
    limited = _limited(rules)
    return Marked(
        rows=counts["rows"],
        marked=counts["marked"],
        reasons={name: counts[f"marked {name}"] for name in REASONS if name in limited},
        not_judged={name: n for name in REASONS if name in limited and (n := counts[f"blind {name}"])},
    )


def _limited(rules: Rules) -> set[str]:
    """Name what a limit is set for; the file's own FILTER always is, unless no name in it counts."""
    limits = {
        "filter": rules.failing != (),
        "qual": rules.min_quality > 0,
        "depth": rules.min_depth > 0,
        "genotype_quality": rules.min_genotype_quality > 0,
        "balance": rules.min_balance > 0,
    }
    return {name for name, limit in limits.items() if limit}
