"""What relatedness is told from, counted on one chromosome of two genomes that were laid side by side."""

from __future__ import annotations

import polars as pl

from genoteca.model.comparison import KinshipCounts
from genoteca.model.evidence import Evidence

__all__ = ["kinship_counts"]

HETEROZYGOUS, HOMOZYGOUS = "heterozygous", "homozygous"
_KNOWN = [Evidence.REFERENCE.value, Evidence.INFERRED.value]


def kinship_counts(both: pl.DataFrame, first: pl.DataFrame, second: pl.DataFrame) -> KinshipCounts:
    """Count single-base alleles of an autosome where both genotypes are known.

    `both`: shared alleles with `zygosity` and `zygosity_second`; `first`, `second`: what one side alone carries, with
    `own_zygosity` and the other's `other_evidence`. Places with two ALTs in one genotype are left out.
    """
    shared = both.filter(_single() & (pl.col("missing") == 0) & (pl.col("missing_second") == 0))
    mine, yours = (
        rows.filter(_single() & (pl.col("own_missing") == 0) & pl.col("other_evidence").cast(pl.String).is_in(_KNOWN))
        for rows in (first, second)
    )
    het, het_second = (pl.col(name) == HETEROZYGOUS for name in ("zygosity", "zygosity_second"))
    return KinshipCounts(
        both_heterozygous=_count(shared, het & het_second),
        opposite=sum(_count(rows, pl.col("own_zygosity") == HOMOZYGOUS) for rows in (mine, yours)),
        first_heterozygous=_count(shared, het) + _count(mine, pl.col("own_zygosity") == HETEROZYGOUS),
        second_heterozygous=_count(shared, het_second) + _count(yours, pl.col("own_zygosity") == HETEROZYGOUS),
        inferred=sum(
            _count(rows, pl.col("other_evidence").cast(pl.String) == Evidence.INFERRED.value)
            for rows in (mine, yours)
        ),
    )


def _single() -> pl.Expr:
    return (pl.col("ref").str.len_bytes() == 1) & (pl.col("alt").str.len_bytes() == 1) & (pl.len().over("pos") == 1)


def _count(rows: pl.DataFrame, which: pl.Expr) -> int:
    return int(rows.select(which.fill_null(value=False).sum()).item())
