"""Rows of an array file as rows of the variants and coverage tables."""

from __future__ import annotations

import polars as pl

from genoteca.genome.arrays.calls import Observed
from genoteca.genome.coverage import COVERAGE_SCHEMA
from genoteca.genome.key import CHROM_SHIFT, POSITION_SHIFT
from genoteca.genome.one_copy import outside_par
from genoteca.genome.schema import EVIDENCE
from genoteca.genome.variants import VARIANTS_SCHEMA
from genoteca.model.build import Build, par
from genoteca.model.evidence import Evidence
from genoteca.model.sample import Sex

__all__ = ["coverage_of", "variants_of"]


def variants_of(kept: pl.DataFrame, build: Build, sex: Sex) -> pl.DataFrame:
    """Make one row per call, in the order of their keys.

    REF, ALT and copies are null: an array does not say them. The key is that of the position, its allele bits 0.
    """
    called = _both_copies(kept.filter(pl.col("observed") != Observed.NOTHING))
    rank = pl.col("chrom").to_physical().cast(pl.UInt64) + 1
    made = called.with_columns(
        key=rank * (1 << CHROM_SHIFT) + pl.col("pos").cast(pl.UInt64) * (1 << POSITION_SHIFT),
        id=pl.when(~pl.col("id").is_in([".", "-", "--", "---"])).then("id"),
        zygosity=_zygosity(build, sex),
        phased=pl.lit(value=False),
        allele=pl.lit(1, pl.UInt32),
    )
    return _typed(made, VARIANTS_SCHEMA).sort("key", "line")


def coverage_of(kept: pl.DataFrame, uncallable: pl.DataFrame) -> pl.DataFrame:
    """Make one no-call row per row without a call and per position that rows contradict, sorted by place."""
    silent = kept.filter(pl.col("observed") == Observed.NOTHING).select("chrom", "pos", "line")
    both = pl.concat([silent, uncallable.select("chrom", "pos", "line")])
    made = both.with_columns(start="pos", end="pos", evidence=pl.lit(Evidence.NO_CALL.value, EVIDENCE))
    return _typed(made, COVERAGE_SCHEMA).sort("chrom", "start", "line")


def _both_copies(called: pl.DataFrame) -> pl.DataFrame:
    """Read a single letter on an autosome as half a call: there are two copies, and the file tells one."""
    half = (pl.col("ploidy") == 1) & ~pl.col("chrom").is_in(["X", "Y", "MT"])
    return called.with_columns(
        genotype=pl.when(half).then(pl.format("{}/?", "genotype")).otherwise("genotype"),
        ploidy=pl.when(half).then(2).otherwise("ploidy").cast(pl.UInt32),
        missing=pl.when(half).then(1).otherwise("missing").cast(pl.UInt32),
    )


def _typed(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    return frame.select(
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, kind).alias(name)
        for name, kind in schema.items()
    )


def _zygosity(build: Build, sex: Sex) -> pl.Expr:
    one_copy = pl.col("ploidy") == 1
    alike = ~pl.col("distinct").str.contains("/", literal=True)
    if sex is Sex.MALE and par(build):
        one_copy |= alike & outside_par(build)
    told = (
        pl.when(one_copy)
        .then(pl.lit("hemizygous"))
        .when(alike)
        .then(pl.lit("homozygous"))
        .otherwise(pl.lit("heterozygous"))
    )
    return pl.when((pl.col("missing") == 0) & (pl.col("chrom") != "MT")).then(told)
