"""Sites of which one record speaks, by the very allele: nine in ten, and all that assembly would find is in that row.

The answers are those of `assembly.assemble` and `deciding.decided`, without laying rows side by side.
"""

from __future__ import annotations

import polars as pl

from genoteca.genome.schema import EVIDENCE, MATCH
from genoteca.model.evidence import Evidence, Match

__all__ = ["told_alone"]


def told_alone(sites: pl.Series, details: pl.DataFrame) -> pl.DataFrame:
    """Decide sites from the only row that covers each: `details` (`Calls.details`) beside them, row for row.

    The columns of `meeting.TOLD`.
    """
    return (
        details.with_columns(sites.alias("site"), left=pl.col("ploidy") - pl.col("copies"))
        .with_columns(overfull=pl.col("left") < 0, rest=pl.col("left").clip(lower_bound=0))
        .with_columns(unknown=pl.min_horizontal("missing", pl.col("rest") - pl.min_horizontal("deleted", "rest")))
        .with_columns(evidence=_evidence().cast(EVIDENCE), match=pl.lit(Match.ALLELE.value, MATCH))
        .with_columns(
            genotype=pl.col("genotype").fill_null(""),
            dosage=_dosage().cast(pl.UInt32),
            filtered=pl.col("filtered").fill_null(value=False),
            hit="carried",
            exact=pl.lit(value=True),
        )
    )


def _evidence() -> pl.Expr:
    half = (pl.col("unknown") > 0) & ~pl.col("overfull")
    unclear = pl.when("carried").then(half).otherwise((pl.col("unknown") > 0) | pl.col("overfull"))
    clear = pl.when("carried").then(pl.lit(Evidence.CALLED.value)).otherwise(pl.lit(Evidence.OTHER_ALLELE.value))
    return pl.when(unclear).then(pl.lit(Evidence.PARTIAL.value)).otherwise(clear)


def _dosage() -> pl.Expr:
    told = pl.when("carried").then(pl.col("dosage").fill_null(0))
    known = told.when(pl.col("evidence") != Evidence.PARTIAL.value).then(0)
    return pl.when(pl.col("chrom") != "MT").then(known)
