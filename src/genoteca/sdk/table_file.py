"""A data module's tables as they were authored: read with line numbers, so that every complaint says where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

import polars as pl
from polars.exceptions import PolarsError

from genoteca.errors import ManifestError, ReferenceDataError
from genoteca.genome.schema import CHROM, polars_schema
from genoteca.model.build import Build, chromosome
from genoteca.model.column import Column

__all__ = ["LINE", "flag", "on_build", "read_table", "refuse", "refuse_first", "require_columns", "typed"]

LINE = "line"
"""Line of the file a row was read from, 1-based; for Parquet the row, from 1."""

_TRUE = ("true", "yes", "1")
_FALSE = ("false", "no", "0")


def read_table(path: Path) -> pl.DataFrame:
    """Read CSV, TSV (all cells text, empty ones null) or Parquet, with the column `line`.

    Raises:
        ManifestError: the file is not there, or has a column named `line`.
        ReferenceDataError: it cannot be read as what its name says.

    """
    if not path.is_file():
        raise ManifestError(
            f"{path.name} is named in [table], and is not in {path.parent}.",
            hint="Put it beside module.toml, or correct its name there.",
            at=(path.name, 0),
        )
    try:
        table = _read(path)
    except (PolarsError, OSError) as error:
        raise ReferenceDataError(
            f"{path.name} cannot be read as a {path.suffix[1:]} table: {error}",
            hint="Save it anew as CSV (commas, UTF-8), one row a line.",
            at=(path.name, 0),
        ) from error
    if LINE in table.columns:
        raise ManifestError(
            f"{path.name} has a column named {LINE}; that name is taken.", hint="Rename it.", at=(path.name, 1)
        )
    first = 1 if path.suffix == ".parquet" else 2
    return table.with_row_index(LINE, offset=first)


def _read(path: Path) -> pl.DataFrame:
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    text = path.read_text("utf-8-sig")
    separator = "\t" if path.suffix == ".tsv" else ","
    table = pl.read_csv(text.encode(), separator=separator, infer_schema=False)
    if len(text.splitlines()) != len(table) + 1:
        raise ReferenceDataError(
            f"{path.name}: {len(text.splitlines())} lines, {len(table)} rows.",
            hint="One row a line: no cell with a line break, no empty line.",
            at=(path.name, 0),
        )
    return table.with_columns(pl.all().str.strip_chars().replace("", None))


def require_columns(path: Path, table: pl.DataFrame, *, needed: Iterable[str], allowed: Iterable[str] = ()) -> None:
    """Refuse a table that lacks a needed column, or has one that is neither needed nor allowed.

    Raises:
        ManifestError: naming the column and the nearest valid name.

    """
    needed = list(needed)
    if missing := [name for name in needed if name not in table.columns]:
        raise ManifestError(
            f"{path.name} has no column {', '.join(missing)}; it has {', '.join(table.columns[1:])}.",
            hint="Add the column, or correct its name in the first line.",
            at=(path.name, 1),
        )
    valid = [*needed, *allowed]
    for name in table.columns:
        if name != LINE and name not in valid:
            near = get_close_matches(name, valid, n=1)
            raise ManifestError(
                f"{path.name}, line 1: column {name!r} is not known.",
                hint=f"Did you mean {near[0]}?"
                if near
                else f"Declare it under [[columns]]. Known: {', '.join(valid)}.",
                at=(path.name, 1),
            )


def refuse(path: Path, line: int, column: str, given: object, expected: str) -> NoReturn:
    """Raise a ReferenceDataError that says file, line, column, what was given and what was expected."""
    shown = "nothing" if given is None else repr(given)
    raise ReferenceDataError(
        f"{path.name}, line {line}, column {column}: {shown} was given, {expected} was expected.",
        hint="Correct the table and build the reference again.",
        at=(path.name, line),
    )


def refuse_first(path: Path, table: pl.DataFrame, broken: pl.Expr, column: str, expected: str) -> None:
    """Refuse the first row for which `broken` is not false (null counts as broken)."""
    found = table.filter(broken.fill_null(value=True)).head(1)
    if len(found):
        refuse(path, found[LINE][0], column, found[column][0], expected)


def flag(path: Path, table: pl.DataFrame, column: str) -> pl.DataFrame:
    """Read a column of true/false, yes/no, 1/0 as Boolean; null stays null."""
    if table.schema[column] == pl.Boolean:
        return table
    text = pl.col(column).cast(pl.String).str.to_lowercase()
    refuse_first(path, table, text.is_not_null() & ~text.is_in([*_TRUE, *_FALSE]), column, "true or false")
    return table.with_columns(text.is_in(list(_TRUE)).alias(column))


def typed(path: Path, table: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Bring the declared columns into their declared types; one that the table lacks is filled with nulls.

    Raises:
        ReferenceDataError: the first cell that does not fit its type.

    """
    for column, kind in zip(columns, polars_schema(columns).values(), strict=True):
        if column.name not in table.columns:
            table = table.with_columns(pl.lit(None, kind).alias(column.name))
        elif kind == pl.Boolean:
            table = flag(path, table, column.name)
        else:
            table = _cast(path, table, column, kind)
    return table


def _cast(path: Path, table: pl.DataFrame, column: Column, kind: pl.DataType) -> pl.DataFrame:
    cell = pl.col(column.name)
    made = cell.cast(kind, strict=False)
    expected = f"one of {', '.join(column.values)}" if column.values else f"a value of type {column.type}"
    refuse_first(path, table, cell.is_not_null() & made.is_null(), column.name, expected)
    return table.with_columns(made)


def on_build(
    path: Path, table: pl.DataFrame, build: Build, builds: Sequence[Build], place: Sequence[str]
) -> pl.DataFrame:
    """Take the coordinates of one build, and name them plainly (`pos_GRCh38` → `pos`).

    A table says its builds in one of three ways: columns per build, a column `build`, or one build in the manifest.
    The chromosome is folded (`chr1` → `1`) and positions become UInt32.

    Raises:
        ManifestError: no column says where the rows lie in this build.
        ReferenceDataError: a cell that is no chromosome, or no position on it.

    """
    named = {name: f"{name}_{build}" for name in place}
    if all(column in table.columns for column in named.values()):
        others = [f"{name}_{other}" for name in place for other in builds]
        table = table.with_columns(pl.col(column).alias(name) for name, column in named.items())
        return _placed(path, table.drop(others, strict=False), build, place)
    if missing := [name for name in place if name not in table.columns]:
        raise ManifestError(
            f"{path.name} has neither {', '.join(missing)} nor {', '.join(named.values())}.",
            hint="Say in columns of these names where every row lies.",
            at=(path.name, 1),
        )
    if "build" in table.columns:
        refuse_first(path, table, ~pl.col("build").is_in([*builds]), "build", f"one of {', '.join(builds)}")
        return _placed(path, table.filter(pl.col("build") == build).drop("build"), build, place)
    if len(builds) > 1:
        raise ManifestError(
            f"{path.name} does not say of which build its positions are; the manifest names {' and '.join(builds)}.",
            hint=f"Name the columns {', '.join(named.values())}, or add a column build.",
            at=(path.name, 1),
        )
    return _placed(path, table, build, place)


def _placed(path: Path, table: pl.DataFrame, build: Build, place: Sequence[str]) -> pl.DataFrame:
    folded = {name: chromosome(str(name)) for name in table["chrom"].unique().drop_nulls()}
    known = [name for name, chrom in folded.items() if chrom]
    refuse_first(path, table, ~pl.col("chrom").cast(pl.String).is_in(known), "chrom", "a chromosome 1-22, X, Y or MT")
    table = table.with_columns(pl.col("chrom").cast(pl.String).replace(folded).cast(CHROM))
    length = pl.col("chrom").cast(pl.String).replace_strict(build.lengths, return_dtype=pl.Int64)
    for name in (name for name in place if name in {"pos", "start", "end"}):
        position = pl.col(name).cast(pl.Int64, strict=False)
        outside = ~position.is_between(1, length)
        refuse_first(path, table, outside, name, f"a position on the chromosome in {build} (1-based)")
        table = table.with_columns(position.cast(pl.UInt32))
    return table
