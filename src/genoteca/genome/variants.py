"""Called records as rows of the variants table: one row per ALT allele that is a sequence."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from genoteca.genome.alleles import trim_frame
from genoteca.genome.alternates import UNKNOWN
from genoteca.genome.genotype import parse_genotype
from genoteca.genome.key import with_keys
from genoteca.genome.left_align import left_aligned
from genoteca.genome.letters import categories, heads
from genoteca.genome.mnv import UNCHANGED_SCHEMA, decomposed
from genoteca.genome.one_copy import outside_par
from genoteca.genome.sample_column import SampleColumn
from genoteca.genome.schema import polars_schema
from genoteca.genome.sequence import ReferenceSequence
from genoteca.model.build import Build
from genoteca.model.column import VARIANTS
from genoteca.model.sample import Sex

__all__ = ["VARIANTS_SCHEMA", "VariantRows", "variant_rows"]

VARIANTS_SCHEMA = polars_schema(VARIANTS)

_SHARED = (
    *("line", "id", "filter", "ps", "ploidy", "phased", "dp_number", "gq_number", "qual_number"),
    *("missing", "ones", "ad_ref", "ad_alt", "af"),
)
"""What the values of a row are made from, beside its place."""
_OWN = ("allele", "copies", "missing", "allele_depth", "allele_fraction")
"""What is worked out for each row of a record with several ALTs, beside `alt` and `genotype`."""

_SIMPLE = (pl.col("alleles") == 1) & (pl.col("ploidy") <= 2) & pl.col("plain_alt")
_ZYGOSITY = VARIANTS_SCHEMA["zygosity"]
_CALLED_TEXTS = pl.Schema({"alts": pl.List(pl.String()), "genotype": pl.String(), "missing": pl.UInt32()})
_PAIRS = [(ref, alt) for ref in "ACGT" for alt in "ACGT"]
_CODE = np.zeros(256, np.int64)
_CODE[list(b"ACGT")] = range(4)

Index = npt.NDArray[np.int64]


class VariantRows(NamedTuple):
    """Rows of the variants table, sorted by key; under one key in the order of the records.

    `carried`: copies of each row's ALT are one or more, also on MT; `unknown`: records whose every called allele is
    unknown and which have no row, by `line`; `unchanged`: bases within decomposed MNVs that the genotype leaves as
    they are (`mnv.UNCHANGED_SCHEMA`).
    """

    table: pl.DataFrame
    carried: pl.Series
    unknown: pl.Series
    unchanged: pl.DataFrame


class _Origin(NamedTuple):
    """Where each row comes from: the place of its record, and its own among `several`, negative for none."""

    record: Index
    several: Index

    def ordered(self, order: Index) -> _Origin:
        return _Origin(self.record[order], self.several[order])

    def patch(self, values: pl.Series, several: pl.Series) -> pl.Series:
        """Give `values` with those of the rows that have their own."""
        rows = np.flatnonzero(self.several >= 0)
        return values.scatter(rows, several.gather(self.several[rows])) if len(rows) else values


def variant_rows(
    frame: pl.DataFrame,
    called: pl.Series,
    build: Build,
    sex: Sex,
    sequence: ReferenceSequence | None = None,
    *,
    decompose: bool = False,
) -> VariantRows:
    """Make the rows of the `called` records, each of which lists a sequence and calls more than the reference.

    Left-aligned where the reference sequence is given; with `decompose` every MNV becomes its single bases.
    """
    simple = frame.select(_SIMPLE).to_series()
    one, others = (np.flatnonzero((called & these).to_numpy()) for these in (simple, ~simple))
    several, unknown = _any_alternates(frame[others].with_columns(record=pl.Series(others, dtype=pl.Int64)))
    record = np.concatenate([one, several.get_column("record").to_numpy()])
    order = np.argsort(record, kind="stable")
    origin = _Origin(record[order], order - len(one))
    placed = frame.select("chrom", "pos", "ref", "alt")[origin.record]
    placed = placed.with_columns(origin.patch(placed.get_column("alt"), several.get_column("alt")))
    genotype = _genotypes(frame, origin, placed, several.get_column("genotype"))
    trimmed = trim_frame(placed, upper=True)
    keyed = with_keys(trimmed if sequence is None else left_aligned(trimmed, sequence))
    # Rows are put in order now, before what they share with their record is copied for each of them.
    order = np.argsort(keyed.get_column("key").to_numpy(), kind="stable")
    values = _values(frame, origin.ordered(order), several)
    rows = values.hstack([*keyed[order].get_columns(), genotype.gather(order).alias("genotype")])
    unchanged = pl.DataFrame(schema=UNCHANGED_SCHEMA)
    if decompose:
        whole = placed.select(record_pos="pos", record_ref="ref")[order]
        rows, unchanged = decomposed(rows.hstack(whole.get_columns()))
        rows = rows.sort("key", "line", maintain_order=True)
    table = rows.lazy().with_columns(_meaning(build, sex)).select(_typed(VARIANTS_SCHEMA)).collect(engine="in-memory")
    return VariantRows(table, rows.get_column("copies") > 0, unknown, unchanged)


def _typed(schema: pl.Schema) -> list[pl.Expr]:
    return [pl.col(name).cast(kind) for name, kind in schema.items()]


def _values(frame: pl.DataFrame, origin: _Origin, several: pl.DataFrame) -> pl.DataFrame:
    """Give `_SHARED` and `_OWN` of every row; no list is made for records with one ALT, nearly all of them."""
    rows = _with_odd_depths(frame.select(_SHARED)[origin.record], frame, origin)
    total = rows.get_column("ad_ref").cast(pl.UInt64) + rows.get_column("ad_alt")
    fraction: pl.Expr = pl.lit(_ratio(rows.get_column("ad_alt"), total))
    if rows.get_column("af").null_count() < len(rows):
        fraction = pl.coalesce(_fraction(pl.col("af")), fraction)
    rows = rows.with_columns(
        allele=pl.repeat(1, pl.len(), dtype=pl.UInt32), copies="ones", allele_depth="ad_alt", allele_fraction=fraction
    )
    return rows.with_columns(origin.patch(rows.get_column(name), several.get_column(name)) for name in _OWN)


def _with_odd_depths(rows: pl.DataFrame, frame: pl.DataFrame, origin: _Origin) -> pl.DataFrame:
    """Read an AD that is not two whole numbers as far as it can be: `.,5` tells the depth of ALT."""
    odd = np.flatnonzero(rows.get_column("ad_alt").is_null().to_numpy() & (origin.several < 0))
    texts = _depth_texts(frame.select("format", "sample")[origin.record[odd]]) if len(odd) else None
    if texts is None:
        return rows
    parts = texts.str.splitn(",", 3).struct.unnest()
    two = parts.get_column("field_2").is_null()
    none = pl.Series([None], dtype=pl.UInt32)
    return rows.with_columns(
        rows.get_column(name).scatter(odd, part.cast(pl.UInt32, strict=False).zip_with(two, none))
        for name, part in zip(("ad_ref", "ad_alt"), parts, strict=False)
    )


def _depth_texts(records: pl.DataFrame) -> pl.Series | None:
    """Give AD of these records as text; None when none has it."""
    return SampleColumn(records.get_column("format"), records.get_column("sample")).texts("AD")


def _genotypes(frame: pl.DataFrame, origin: _Origin, placed: pl.DataFrame, several: pl.Series) -> pl.Series:
    """Spell the genotypes: once per GT where REF and ALT are one base, nine rows in ten; else for every row."""
    ref, alt = heads(placed.get_column("ref")), heads(placed.get_column("alt"))
    gts = frame.get_column("gt")
    spelt = pl.Series([_spelt(gt, *pair) for gt in categories(gts) for pair in _PAIRS], dtype=pl.String)
    pair = _CODE[ref.letters[:, 0]] * 4 + _CODE[alt.letters[:, 0]]
    which = gts.to_physical().to_numpy()[origin.record].astype(np.int64) * len(_PAIRS) + pair
    longer = np.flatnonzero(((ref.length > 1) | (alt.length > 1)) & (origin.several < 0))
    which[longer] = len(spelt) + np.arange(len(longer))
    which = np.where(origin.several < 0, which, len(spelt) + len(longer) + origin.several)
    pairs = frame.select("ref", "alt", "first", "second", "phased", "ploidy")[origin.record[longer]]
    return pl.concat([spelt, pairs.select(_pair_of_alleles()).to_series(), several], rechunk=True).gather(which)


@lru_cache(maxsize=4096)
def _spelt(gt: str, ref: str, alt: str) -> str | None:
    made = parse_genotype(gt)
    if made is None:
        return None
    return ("|" if made.phased else "/").join({0: ref, 1: alt}.get(number, "?") for number in made.called)


def _pair_of_alleles() -> pl.Expr:
    mark = pl.when("phased").then(pl.lit("|")).otherwise(pl.lit("/"))
    pair = pl.concat_str(_allele("first"), mark, _allele("second"))
    return pl.when(pl.col("ploidy") == 1).then(_allele("first")).otherwise(pair)


def _allele(name: str) -> pl.Expr:
    number = pl.col(name)
    return pl.when(number == 0).then("ref").when(number == 1).then("alt").otherwise(pl.lit("?"))


def _with_genotypes(records: pl.DataFrame) -> pl.DataFrame:
    """Add `alts`, `genotype` and `missing`, for any ALT list and any ploidy; once per distinct REF, ALT and GT."""
    told = records.select("ref", "alt", "gt").unique()
    made = pl.DataFrame([_called_texts(*row) for row in told.iter_rows()], schema=_CALLED_TEXTS, orient="row")
    return records.drop("missing").join(told.hstack(made), on=told.columns, how="left", maintain_order="left")


def _called_texts(ref: str, alt: str, gt: str) -> tuple[list[str], str, int]:
    """Give the ALTs in upper case, the alleles of the genotype and how many of them are unknown or missing."""
    alts = alt.upper().split(",")
    made = parse_genotype(gt)
    if made is None:
        raise AssertionError(f"a record with the genotype {gt!r} was to be set aside")
    alleles = [ref, *(None if text in UNKNOWN else text for text in alts)]
    texts = [alleles[number] if number >= 0 else None for number in made.called]
    return alts, ("|" if made.phased else "/").join(text or "?" for text in texts), texts.count(None)


def _any_alternates(records: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Rows (`record` and `_OWN`) of records with any ALT list and any ploidy, and the lines that have none."""
    depths = _depth_texts(records)
    none = pl.repeat(None, len(records), dtype=pl.String, eager=True)
    listed = _with_genotypes(records).hstack([(none if depths is None else depths).alias("ad")]).lazy()
    whole = pl.col("missing") >= pl.col("ploidy")
    rows, unknown = pl.collect_all(
        [_rows(listed.filter(~whole)), listed.filter(whole).select("line")], engine="in-memory"
    )
    ratio = _ratio(rows.get_column("allele_depth"), rows.get_column("total"))
    return rows.with_columns(allele_fraction=pl.coalesce("told", ratio)), unknown.get_column("line")


def _rows(listed: pl.LazyFrame) -> pl.LazyFrame:
    copies = (pl.col("called") - pl.col("allele").cast(pl.Int32)).list.count_matches(0)
    return (
        listed.with_columns(_lists())
        .with_columns(alt="alts", allele=pl.int_ranges(1, pl.col("alts").list.len() + 1, dtype=pl.UInt32))
        .explode("alt", "allele")
        .filter(pl.col("alt").str.contains("^[ACGT]+$"))
        .with_columns(_listed_depth(), *_listed_fraction(), copies=copies.cast(pl.UInt32))
        .select("record", "alt", "genotype", "told", "total", *_OWN[:-1])
    )


def _lists() -> list[pl.Expr]:
    depths = pl.col("ad").str.split(",").cast(pl.List(pl.UInt32), strict=False)
    fractions = pl.col("af").str.split(",")
    count = pl.col("alts").list.len()
    return [
        pl.when(depths.list.len() == count + 1).then(depths).alias("depths"),
        pl.when(fractions.list.len() == count).then(fractions).alias("fractions"),
    ]


def _listed_depth() -> pl.Expr:
    return pl.col("depths").list.get(pl.col("allele"), null_on_oob=True).alias("allele_depth")


def _listed_fraction() -> list[pl.Expr]:
    depths = pl.col("depths")
    known = depths.list.drop_nulls().list.len() == depths.list.len()
    total = pl.when(known).then(depths.cast(pl.List(pl.UInt64)).list.sum())
    told = _fraction(pl.col("fractions").list.get(pl.col("allele") - 1, null_on_oob=True))
    return [told.alias("told"), pl.when(total > 0).then(total).alias("total")]


def _ratio(part: pl.Series, total: pl.Series) -> pl.Series:
    """Divide row by row: Polars multiplies by the reciprocal of a total that stands alone, and 7/20 is not 0.35."""
    told = (part.is_not_null() & (total > 0).fill_null(value=False)).to_numpy()
    whole = total.fill_null(0).to_numpy()
    made = np.divide(part.fill_null(0).to_numpy(), whole, out=np.zeros(len(whole)), where=told)
    return pl.select(pl.when(pl.Series(told)).then(pl.Series(made))).to_series()


def _fraction(text: pl.Expr) -> pl.Expr:
    number = text.cast(pl.Float64, strict=False)
    return pl.when(number.is_between(0, 1)).then(number)


@lru_cache
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
        .then(_kind("hemizygous"))
        .when(pl.col("copies") == pl.col("ploidy"))
        .then(_kind("homozygous"))
        .otherwise(_kind("heterozygous"))
    )


def _kind(zygosity: str) -> pl.Expr:
    return pl.lit(zygosity, _ZYGOSITY)
