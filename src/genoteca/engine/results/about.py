"""Which answers are about the variant that they were found by, so that a module's words may stand beside it.

An answer `other_allele` was found by a variant too, but speaks of another allele: "pathogenic" beside a harmless
neighbour would be a false answer. Nor is an answer about the variant where only its place matched an allele of the
module, or where a lift swapped REF and ALT, so that the module's allele is the sample's reference.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from genoteca.model.evidence import Evidence, Match

__all__ = ["about_variant", "about_variant_sql"]

CARRIED = (Evidence.CALLED.value, Evidence.PARTIAL.value)
LIFT = "lift"
SWAPPED = "swapped"
"""In the words of the column `lift`."""


def about_variant(columns: Collection[str]) -> pl.Expr:
    """Tell, of a table of annotations with these columns, which answers are about their variant."""
    by_allele = (pl.col("match").cast(pl.String) != Match.POSITION.value) | pl.col("alt").is_null()
    about = pl.col("row").is_not_null() & pl.col("evidence").cast(pl.String).is_in(CARRIED)
    about &= pl.col("match").is_not_null() & by_allele
    if LIFT in columns:
        about &= ~pl.col(LIFT).fill_null("").str.contains(SWAPPED, literal=True)
    return about.fill_null(value=False)


def about_variant_sql(columns: Collection[str]) -> str:
    """Say the same in SQL, where categories are texts."""
    carried = ", ".join(f"'{one}'" for one in CARRIED)
    unswapped = f" AND NOT contains(coalesce({LIFT}, ''), '{SWAPPED}')" if LIFT in columns else ""
    return (
        f'coalesce("row" IS NOT NULL AND evidence IN ({carried}) AND match IS NOT NULL '
        f"AND (match <> '{Match.POSITION}' OR alt IS NULL){unswapped}, false)"
    )
