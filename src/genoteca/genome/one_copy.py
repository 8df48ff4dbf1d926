"""Where a male genome has one copy, and the calls that this contradicts."""

from __future__ import annotations

import polars as pl

from genoteca.model.build import Build, par
from genoteca.model.sample import Sex

__all__ = ["against_the_sex", "outside_par"]


def outside_par(build: Build) -> pl.Expr:
    """Tell the rows (`chrom`, `pos`) on X and Y outside the pseudoautosomal regions."""
    outside = pl.col("chrom").is_in(["X", "Y"])
    for region in par(build):
        outside &= ~((pl.col("chrom") == region.chrom) & pl.col("pos").is_between(region.start, region.end))
    return outside


def against_the_sex(build: Build, sex: Sex) -> pl.Expr:
    """Tell the rows (`chrom`, `pos`, `genotype`) of a male that call two different alleles where he has one copy.

    A half-known genotype calls no second allele. Nothing is told where the sex is not stated.
    """
    if sex is not Sex.MALE:
        return pl.lit(value=False)
    alleles = pl.col("genotype").str.replace_all("|", "/", literal=True).str.split("/")
    known = ~pl.col("genotype").str.contains("?", literal=True)
    several = pl.when(outside_par(build) & known).then(alleles.list.n_unique() > 1)
    return several.fill_null(value=False)
