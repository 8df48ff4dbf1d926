"""Two chips' files laid side by side: genotypes compared letter by letter where both name them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from genoteca.annotate.comparing import Compared, Progress, Side, compared_schema, read_chromosome
from genoteca.annotate.parquet_table import ParquetTable
from genoteca.errors import InputError
from genoteca.genome.schema import EVIDENCE
from genoteca.model.build import CHROMOSOMES
from genoteca.model.comparison import Difference
from genoteca.model.evidence import Evidence

__all__ = ["compare_chips"]

_MARKS = r"[|/]"


def compare_chips(
    first: Side, second: Side, target: Path, *, progress: Progress = lambda _fraction, _message: None
) -> Compared:
    """Compare two chips' calls and write the places that differ to `target`, sorted by key.

    Raises:
        InputError: a file does not say on which strand its letters are: C/T and G/A may then be the same.

    """
    for side in (first, second):
        if not side.tables.plus_strand:
            raise InputError(
                "One of the two files does not say on which strand its letters are, so that the same genotype may be "
                "written with other letters.",
                title="These two files cannot be compared",
                hint="Ask the maker for the raw data on the plus strand.",
            )
    told, table = Compared(), ParquetTable(target)
    for number, chrom in enumerate(CHROMOSOMES):
        progress(number / len(CHROMOSOMES), f"Comparing chromosome {chrom}")
        rows = _compared(chrom, first, second)
        told.take(rows)
        table.add(rows.filter(pl.col("difference") != Difference.SAME.value).cast(compared_schema()))
    table.close()
    return told


def _compared(chrom: str, first: Side, second: Side) -> pl.DataFrame:
    mine, yours = (_calls(side, chrom) for side in (first, second))
    joined = mine.join(yours, on=["key", "chrom", "pos"], how="full", suffix="_second", coalesce=True).sort("key")
    known, other = pl.col("letters").is_not_null(), pl.col("letters_second").is_not_null()
    partly = (pl.col("missing") > 0) | (pl.col("missing_second") > 0)
    no_call = {
        name: joined["pos"].is_in(_not_called(side, chrom).implode())
        for name, side in (("first", first), ("second", second))
    }
    return (
        joined.with_columns(
            difference=pl.when(known & ~other)
            .then(pl.lit(Difference.SECOND_SILENT.value))
            .when(other & ~known)
            .then(pl.lit(Difference.FIRST_SILENT.value))
            .when(partly)
            .then(pl.lit(Difference.PARTLY.value))
            .when(pl.col("letters") == pl.col("letters_second"))
            .then(pl.lit(Difference.SAME.value))
            .otherwise(pl.lit(Difference.COPIES.value)),
            first_known=_known("letters", "missing", no_call["first"]),
            second_known=_known("letters_second", "missing_second", no_call["second"]),
            ref=pl.lit(None, pl.String),
            alt=pl.lit(None, pl.String),
        )
        .rename(
            {
                "genotype": "first_genotype",
                "genotype_second": "second_genotype",
                "line": "first_line",
                "line_second": "second_line",
            }
        )
        .select(compared_schema().names())
    )


def _calls(side: Side, chrom: str) -> pl.DataFrame:
    """Give one row per place: its letters in order, so that A/G is G/A."""
    letters = pl.col("genotype").str.replace_all(_MARKS, "/").str.split("/").list.sort().list.join("/")
    rows = read_chromosome(side.table, chrom).select(
        "key", pl.col("chrom").cast(pl.String), "pos", "genotype", "missing", "line", letters=letters
    )
    return rows.unique("key", keep="first", maintain_order=True)


def _not_called(side: Side, chrom: str) -> pl.Series:
    coverage = pl.scan_parquet(side.tables.coverage).filter(pl.col("chrom").cast(pl.String) == chrom)
    return coverage.select("start").collect()["start"]


def _known(letters: str, missing: str, no_call: pl.Series) -> pl.Expr:
    return (
        pl.when(pl.col(letters).is_not_null() & (pl.col(missing) > 0))
        .then(pl.lit(Evidence.PARTIAL.value))
        .when(pl.col(letters).is_not_null())
        .then(pl.lit(Evidence.CALLED.value))
        .when(no_call)
        .then(pl.lit(Evidence.NO_CALL.value))
        .otherwise(pl.lit(Evidence.NOT_COVERED.value))
        .cast(EVIDENCE)
    )
