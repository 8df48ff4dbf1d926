"""Called records as rows of the variants table: one row per ALT allele that is a sequence."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from genoteca.genome.alleles import trim_frame
from genoteca.genome.alternates import UNKNOWN
from genoteca.genome.key import with_keys
from genoteca.genome.left_align import left_aligned
from genoteca.genome.one_copy import outside_par
from genoteca.genome.schema import polars_schema
from genoteca.genome.sequence import ReferenceSequence
from genoteca.model.build import Build
from genoteca.model.column import VARIANTS
from genoteca.model.sample import Sex

__all__ = ["VARIANTS_SCHEMA", "VariantRows", "variant_rows"]

VARIANTS_SCHEMA = polars_schema(VARIANTS)

_SHARED = (
    "line",
    "chrom",
    "pos",
    "ref",
    "id",
    "filter",
    "ps",
    "ploidy",
    "phased",
    "dp_number",
    "gq_number",
    "qual_number",
)
_MADE = (*_SHARED, "alt", "allele", "copies", "missing", "genotype", "allele_depth", "allele_fraction")


class VariantRows(NamedTuple):
    """Rows of the variants table, nearly in the order of the records.

    `carried`: copies of each row's ALT are one or more, also on MT; `unknown`: records whose every called allele is
    unknown and which have no row, by `line`.
    """

    table: pl.DataFrame
    carried: pl.Series
    unknown: pl.Series


def variant_rows(
    records: pl.LazyFrame, build: Build, sex: Sex, sequence: ReferenceSequence | None = None
) -> VariantRows:
    """Make the rows of these called records, each of which lists a sequence and calls more than the reference.

    Left-aligned where the reference sequence is given.
    """
    marked = records.with_columns(simple=(pl.col("alleles") == 1) & (pl.col("ploidy") <= 2) & pl.col("plain_alt"))
    one = _one_alternate(marked.filter("simple"))
    listed = _with_genotypes(marked.filter(~pl.col("simple")))
    whole = pl.col("missing") >= pl.col("ploidy")
    several = _any_alternates(listed.filter(~whole))
    rows, unknown = pl.collect_all(
        [pl.concat([one, several]), listed.filter(whole).select("line")], engine="in-memory"
    )
    rows = trim_frame(rows.rechunk(), upper=True)
    if sequence is not None:
        rows = left_aligned(rows, sequence)
    table = (
        with_keys(rows)
        .lazy()
        .with_columns(_meaning(build, sex))
        .select(_typed(VARIANTS_SCHEMA))
        .collect(engine="in-memory")
    )
    return VariantRows(table, rows.get_column("copies") > 0, unknown.get_column("line"))


def _typed(schema: pl.Schema) -> list[pl.Expr]:
    return [pl.col(name).cast(kind) for name, kind in schema.items()]


def _one_alternate(records: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of records with one ALT and one or two alleles, nearly all records: no list is made."""
    parts = [pl.col("ad_parts").struct.field(f"field_{n}") for n in range(3)]
    two = parts[2].is_null()
    total = pl.col("ad_ref").cast(pl.UInt64) + pl.col("allele_depth")
    fraction = pl.coalesce(_fraction(pl.col("af")), pl.when(total > 0).then(pl.col("allele_depth") / total))
    return (
        records.with_columns(ad_parts=pl.col("ad").str.splitn(",", 3))
        .with_columns(
            ad_ref=pl.when(two).then(parts[0].cast(pl.UInt32, strict=False)),
            allele_depth=pl.when(two).then(parts[1].cast(pl.UInt32, strict=False)),
            allele=pl.lit(1, pl.UInt32),
            copies=pl.col("ones"),
            genotype=_pair_of_alleles(),
        )
        .with_columns(allele_fraction=fraction)
        .select(_MADE)
    )


def _pair_of_alleles() -> pl.Expr:
    mark = pl.when("phased").then(pl.lit("|")).otherwise(pl.lit("/"))
    pair = pl.concat_str(_allele("first"), mark, _allele("second"))
    return pl.when(pl.col("ploidy") == 1).then(_allele("first")).otherwise(pair)


def _allele(name: str) -> pl.Expr:
    number = pl.col(name)
    return pl.when(number == 0).then("ref").when(number == 1).then("alt").otherwise(pl.lit("?"))


def _with_genotypes(records: pl.LazyFrame) -> pl.LazyFrame:
    """Add `alts`, `genotype` and `missing` (a called `<NON_REF>` counts), for any ALT list and any ploidy."""
    listed = records.with_columns(alts=pl.col("alt").str.to_uppercase().str.split(","))
    number = pl.when(pl.col("called") >= 0).then("called")
    text = pl.col("sequence").list.get(number, null_on_oob=True)
    texts = (
        listed.select("line", "called", sequence=pl.concat_list("ref", "alts"))
        .explode("called")
        .with_columns(text=pl.when(~text.is_in(UNKNOWN)).then(text))
        .group_by("line")
        .agg(
            genotype=pl.col("text").fill_null("?").str.join("/"),
            missing=pl.col("text").null_count().cast(pl.UInt32),
        )
    )
    phased = pl.when("phased").then(pl.col("genotype").str.replace_all("/", "|", literal=True)).otherwise("genotype")
    joined = listed.drop("missing").join(texts, on="line", how="left", maintain_order="left")
    return joined.with_columns(genotype=phased)


def _any_alternates(listed: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of records with any ALT list and any ploidy."""
    copies = (pl.col("called") - pl.col("allele").cast(pl.Int32)).list.count_matches(0)
    return (
        listed.with_columns(_lists())
        .with_columns(alt="alts", allele=pl.int_ranges(1, pl.col("alts").list.len() + 1, dtype=pl.UInt32))
        .explode("alt", "allele")
        .filter(pl.col("alt").str.contains("^[ACGT]+$"))
        .with_columns(_listed_depth(), _listed_fraction(), copies=copies.cast(pl.UInt32))
        .select(_MADE)
    )


def _lists() -> list[pl.Expr]:
    depths = pl.col("ad").str.split(",").list.eval(pl.element().cast(pl.UInt32, strict=False))
    fractions = pl.col("af").str.split(",")
    count = pl.col("alts").list.len()
    return [
        pl.when(depths.list.len() == count + 1).then(depths).alias("depths"),
        pl.when(fractions.list.len() == count).then(fractions).alias("fractions"),
    ]


def _listed_depth() -> pl.Expr:
    return pl.col("depths").list.get(pl.col("allele"), null_on_oob=True).alias("allele_depth")


def _listed_fraction() -> pl.Expr:
    depths = pl.col("depths").list.eval(pl.element().cast(pl.UInt64))
    known = ~depths.list.eval(pl.element().is_null()).list.any()
    total = pl.when(known).then(depths.list.sum())
    own = pl.col("depths").list.get(pl.col("allele"), null_on_oob=True)
    told = _fraction(pl.col("fractions").list.get(pl.col("allele") - 1, null_on_oob=True))
    return pl.coalesce(told, pl.when(total > 0).then(own / total)).alias("allele_fraction")


def _fraction(text: pl.Expr) -> pl.Expr:
    number = text.cast(pl.Float64, strict=False)
    return pl.when(number.is_between(0, 1)).then(number)


def _meaning(build: Build, sex: Sex) -> list[pl.Expr]:
    """Give the columns that only the chromosome, the build and the sex can tell, and the plain numbers."""
    mitochondrial = pl.col("chrom") == "MT"
    return [
        pl.when(~mitochondrial).then("copies").alias("dosage"),
        pl.when(~mitochondrial & (pl.col("missing") == 0) & (pl.col("copies") > 0))
        .then(_zygosity(build, sex))
        .alias("zygosity"),
        *(pl.when(pl.col(name) != ".").then(name).alias(name) for name in ("id", "filter")),
        pl.when(pl.col("ps") != ".").then("ps").alias("phase_set"),
        pl.col("dp_number").alias("depth"),
        pl.col("gq_number").alias("genotype_quality"),
        pl.col("qual_number").alias("qual"),
    ]


def _zygosity(build: Build, sex: Sex) -> pl.Expr:
    one_copy = pl.col("ploidy") == 1
    if sex is Sex.MALE:
        one_copy |= (pl.col("copies") == pl.col("ploidy")) & outside_par(build)
    return (
        pl.when(one_copy)
        .then(pl.lit("hemizygous"))
        .when(pl.col("copies") == pl.col("ploidy"))
        .then(pl.lit("homozygous"))
        .otherwise(pl.lit("heterozygous"))
    )
