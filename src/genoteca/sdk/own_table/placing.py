"""From text to alleles and places: chromosomes folded, alleles split, cells typed; what cannot be used is counted."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from genoteca.errors import ReferenceDataError
from genoteca.genome.contigs import place_of
from genoteca.genome.schema import CHROM, polars_schema
from genoteca.model.build import Build
from genoteca.model.column import Column, ColumnType
from genoteca.sdk.own_table.account import TableAccount
from genoteca.sdk.own_table.kinds import parted
from genoteca.sdk.own_table.seen import SeenColumn

__all__ = ["alleles_of_rows", "beyond", "intervals_of_rows", "typed"]

NO_POSITION = "no position"
BEYOND = "the place lies beyond the end of its chromosome"
NO_ALTERNATE = "no ALT allele"
NO_SEQUENCE = "ALT is not made of A, C, G, T"
NO_REFERENCE = "REF is not made of A, C, G, T"
NO_CHANGE = "ALT is the REF"
NO_BASE = "the interval ends before it starts"
NO_CHROMOSOME = "no chromosome"
NUMERIC = (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.FREQUENCY)

_BASES = "^[ACGT]+$"
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_SAID = {
    ColumnType.FLAG: "yes or no",
    ColumnType.INTEGER: "whole number",
    ColumnType.NUMBER: "number",
    ColumnType.FREQUENCY: "number",
}


def alleles_of_rows(rows: pl.DataFrame, base: int, build: Build, account: TableAccount) -> pl.DataFrame:
    """One row per ALT allele that is a sequence: `chrom`, `pos` (1-based), `ref`, `alt` in upper case, and the rest.

    `rows` is text (`_line`, `_chrom`, `_pos`, `_ref`, `_alt`, kept columns), null where the file says nothing. What
    `typed` needs to part the row's other cells stays beside: `_alts` and `_allele`.
    """
    alts = pl.col("_alt").str.to_uppercase().str.replace_all(r"[|;]", ",").str.split(",")
    named = _placed(rows, build).with_columns(
        pos=_number("_pos") + (1 - base), ref=pl.col("_ref").str.to_uppercase(), _alts=alts.fill_null([""])
    )
    split = _split(named.drop("_chrom", "_pos", "_ref", "_alt"))
    account.listed += len(split)
    alt, ref = pl.col("alt"), pl.col("ref")
    reasoned = split.with_columns(
        _reason=_no_place("pos")
        .when(alt.fill_null("").is_in(["", "."]))
        .then(pl.lit(NO_ALTERNATE))
        .when(~alt.str.contains(_BASES))
        .then(pl.lit(NO_SEQUENCE))
        .when(~ref.str.contains(_BASES).fill_null(value=False))
        .then(pl.lit(NO_REFERENCE))
        .when(alt == ref)
        .then(pl.lit(NO_CHANGE))
    )
    return account.aside(reasoned).drop("_length", "_foreign").with_columns(pl.col("pos").cast(pl.UInt32))


def _split(named: pl.DataFrame) -> pl.DataFrame:
    """Give every ALT a row of its own."""
    if named["_alts"].list.len().max() == 1:
        split = named.with_columns(alt=pl.col("_alts").list.first(), _allele=pl.lit(0))
    else:
        split = named.with_columns(alt="_alts", _allele=pl.int_ranges(0, pl.col("_alts").list.len()))
        split = split.explode("alt", "_allele")
    return split.with_columns(pl.col("alt").str.strip_chars())


def intervals_of_rows(rows: pl.DataFrame, base: int, build: Build, account: TableAccount) -> pl.DataFrame:
    """One row per interval: `chrom`, `start`, `end` (1-based, both included), and the rest.

    `rows` is text (`_line`, `_chrom`, `_start` and `_end`, or `_pos` of a single base, kept columns).
    """
    single = "_pos" in rows.columns
    first, last = ("_pos", "_pos") if single else ("_start", "_end")
    named = _placed(rows, build).with_columns(
        start=_number(first) + (1 - base), end=_number(last) + (1 - base if single else 0)
    )
    account.listed += len(named)
    reasoned = named.with_columns(
        _reason=_no_place("start")
        .when(pl.col("end").is_null())
        .then(pl.lit(NO_POSITION))
        .when(pl.col("end") < pl.col("start"))
        .then(pl.lit(NO_BASE))
    )
    kept = account.aside(reasoned)
    cut = pl.min_horizontal("end", "_length")
    account.ends_cut += int(kept.select((pl.col("end") > pl.col("_length")).sum()).item())
    placed = kept.with_columns(pl.col("start").cast(pl.UInt32), cut.cast(pl.UInt32).alias("end"))
    return placed.drop("_length", "_foreign", "_chrom", first, last)


def _no_place(name: str) -> pl.expr.whenthen.ChainedThen:
    """Give the reason why a row lies nowhere, to be gone on with."""
    return (
        pl.when(pl.col("_foreign").is_not_null())
        .then(pl.col("_foreign"))
        .when(pl.col(name).fill_null(0) < 1)
        .then(pl.lit(NO_POSITION))
        .when(pl.col(name) > pl.col("_length"))
        .then(pl.lit(BEYOND))
    )


def beyond(account: TableAccount, build: Build, file: str) -> None:
    """Check that not more than a few rows lie beyond their chromosome.

    Raises:
        ReferenceDataError: too many do: the file is of another build.

    """
    count = account.set_aside[BEYOND]
    if count * 100 > account.listed:
        raise ReferenceDataError(
            f"{count:,} of {account.listed:,} places of {file} lie beyond the end of their chromosome in {build}; "
            f"the first in line {account.first_lines[BEYOND][0]:,}.",
            title="This file is of another genome build",
            hint="Set the build that the file is of.",
        )


def typed(frame: pl.DataFrame, columns: Sequence[SeenColumn]) -> pl.DataFrame:
    """Give the kept columns (text, under their own names) in their types; working columns go.

    Raises:
        ReferenceDataError: a cell is not of its column's type; the message names the first.

    """
    several = "_alts" in frame.columns and bool((frame["_alts"].list.len() > 1).any())
    made = []
    for column in columns:
        part = several and column.type in NUMERIC
        cells = frame.select(parted(column.name)).to_series() if part else frame[column.name]
        made.append(_cells(column, cells, frame.get_column("_line", default=None)))
    return frame.with_columns(made).drop("_line", "_alts", "_allele", strict=False)


def _cells(column: SeenColumn, cells: pl.Series, lines: pl.Series | None) -> pl.Series:
    (kind,) = polars_schema([Column(name=column.name, label=column.label, type=column.type)]).dtypes()
    if cells.dtype == kind:
        return cells
    given = cells.cast(pl.String)
    if column.type is ColumnType.FLAG:
        made = given.str.to_lowercase().replace_strict(_WORDS, default=None, return_dtype=pl.Boolean)
    elif column.type in NUMERIC:
        made = given.cast(kind, strict=False)
    else:
        return given
    wrong = (made.is_null() & given.is_not_null()).arg_true()
    if len(wrong):
        first = wrong[0]
        line = "" if lines is None else f", in line {lines[first]:,},"
        raise ReferenceDataError(
            f"{len(wrong):,} cells of {column.source} are no {_SAID[column.type]}; the first{line} is "
            f"{str(given[first])[:60]!r}.",
            title="A column is not what it was taken for",
            hint=f"Set the type of {column.source} to text, or name the cell among those that say nothing (missing).",
        )
    return made


def _placed(rows: pl.DataFrame, build: Build) -> pl.DataFrame:
    names = rows["_chrom"].drop_nulls().unique().to_list()
    places = [place_of(name, None, build) for name in names]
    cell = pl.col("_chrom")
    return rows.with_columns(
        chrom=cell.replace_strict(names, [one.chrom for one in places], default=None, return_dtype=CHROM),
        _length=cell.replace_strict(names, [one.length for one in places], default=0, return_dtype=pl.Int64),
        _foreign=cell.replace_strict(
            names, [one.reason for one in places], default=NO_CHROMOSOME, return_dtype=pl.String
        ),
    )


def _number(name: str) -> pl.Expr:
    return pl.col(name).str.replace(r"\.0$", "").cast(pl.Int64, strict=False)
