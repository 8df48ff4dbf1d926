"""Where the rsIDs of a specification lie: the module's own resolution.csv says it, or nobody does."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from genoteca.model.build import Build
from genoteca.store.just_dna.sieve import Aside, Sieve
from genoteca.store.just_dna.texts import text_table

__all__ = ["resolve"]

RESOLVED = "resolved"
"""What the column `status` says of a place that was found."""


def resolve(rows: pl.DataFrame, table: Path, build: Build, sieve: Sieve) -> pl.DataFrame:
    """Give every row that has only an rsID its places by resolution.csv: one row per place, all with its `number`.

    A row without a place is set aside: an rsID alone says neither where it lies nor which of its alleles is meant,
    and no table on this computer is known to hold every place of one.

    Raises:
        InputError: the table cannot be read.

    """
    rows = sieve.drop(rows, pl.col("rsid").is_null() & _placeless(), Aside.NO_IDENTIFIER)
    bare = rows.filter(_placeless())
    placed = rows.filter(~_placeless())
    if bare.is_empty():
        return placed
    places = _places(table, build) if table.is_file() else None
    if places is None:
        sieve.drop(bare, pl.lit(value=True), Aside.NO_POSITION)
        return placed
    found = bare.drop("chrom", "start", "ref", "alts").join(places, on="rsid", how="left", maintain_order="left")
    found = sieve.drop(found, _placeless(), Aside.NO_POSITION).select(rows.columns)
    return pl.concat([placed, found]).sort("number", maintain_order=True)


def _placeless() -> pl.Expr:
    return pl.col("chrom").is_null() | pl.col("start").is_null()


def _places(path: Path, build: Build) -> pl.DataFrame | None:
    """Read the places of one build; None: the table has not the columns for it."""
    table = text_table(path)
    if not {"rsid", "chrom", "start", "ref", "alts"} <= set(table.columns):
        return None
    if "genome_build" in table.columns:
        table = table.filter(pl.col("genome_build").fill_null(build.value) == build.value)
    if "status" in table.columns:
        table = table.filter(pl.col("status").fill_null(RESOLVED) == RESOLVED)
    return (
        table.select(
            pl.col("rsid").str.to_lowercase(),
            "chrom",
            pl.col("start").cast(pl.Int64, strict=False),
            pl.col("ref").str.to_uppercase(),
            alts=pl.col("alts").str.to_uppercase().str.replace_all(r"[,|/;\s]+", ",").str.split(","),
        )
        .drop_nulls(["rsid", "chrom", "start", "ref"])
        .unique(maintain_order=True)
    )
