"""What must be said beside a pathogenic allele that an array called."""

from __future__ import annotations

import polars as pl

from genoteca.sdk import Answer, SampleKind, is_carried
from genoteca_clinvar.classification import Significance

__all__ = ["CONFIRM_FIRST", "with_caution"]

CONFIRM_FIRST = (
    "Confirm first: when a DNA chip calls a rare variant, the call is mostly wrong. In UK Biobank, sequencing "
    "confirmed 16 % of the chip's heterozygous calls of variants rarer than 0.001 %, and 4.2 % of its calls of "
    "pathogenic variants in BRCA1 and BRCA2 (Weedon et al. 2021, BMJ, https://doi.org/10.1136/bmj.n214). A clinical "
    "laboratory can tell; nothing should be decided before."
)

PATHOGENIC = (
    Significance.PATHOGENIC.value,
    Significance.LIKELY_PATHOGENIC.value,
    Significance.PATHOGENIC_LOW.value,
    Significance.LIKELY_PATHOGENIC_LOW.value,
)


def with_caution(answer: Answer, kind: SampleKind) -> Answer:
    """Fill `caution` in the rows of pathogenic and likely pathogenic alleles that an array calls, and in no other."""
    if kind is not SampleKind.ARRAY:
        return answer
    called = is_carried(pl.col("evidence"), pl.col("dosage"))
    rare = pl.col("significance_class").cast(pl.String).is_in(PATHOGENIC)
    caution = pl.when(called & rare).then(pl.lit(CONFIRM_FIRST)).alias("caution")
    return answer.changed(lambda table: table.with_columns(caution))
