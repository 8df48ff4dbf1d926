"""The rows of a user's table, a batch at a time: text, as the file has it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import polars as pl

from genoteca.errors import InputError
from genoteca.genome.stream import GenomeText
from genoteca.sdk.own_table.account import TableAccount
from genoteca.sdk.own_table.head import FileKind, Head, as_text

__all__ = ["table_rows"]

OTHER_WIDTH = "the row has not as many cells as the header"
BATCH = 100_000
"""Rows of a Parquet file handled at once."""
_ASIDE = r"^(?:#|track\b|browser\b)"

Say = Callable[[float, str], None]


def table_rows(
    path: Path, head: Head, wanted: Mapping[str, str], account: TableAccount, say: Say
) -> Iterator[pl.DataFrame]:
    """Give the wanted columns of every row as text, in the file's order, in flat memory, with `_line` (1-based).

    `wanted`: the file's columns by the names that they are given here.

    Null: the cell is empty. Rows with more or fewer cells than the file has columns are counted in `account`.

    Raises:
        GenomeFileError: the file is damaged.
        InputError: a quoted cell does not end.

    """
    if head.kind is FileKind.PARQUET:
        yield from _parquet_rows(path, wanted, account, say)
        return
    with GenomeText(path) as text:
        for frame in _text_rows(text, head, wanted, account):
            say(text.fraction, f"{account.rows_read:,} rows")
            yield frame


def _parquet_rows(path: Path, wanted: Mapping[str, str], account: TableAccount, say: Say) -> Iterator[pl.DataFrame]:
    scan = pl.scan_parquet(path).select(pl.col(source).alias(name) for name, source in wanted.items())
    total = pl.scan_parquet(path).select(pl.len()).collect().item()
    # a slice at a time: what streams ahead of a slower reader is held in memory
    for start in range(0, total, BATCH):
        rows = as_text(scan.slice(start, BATCH).collect())
        account.rows_read += len(rows)
        say(start / total, f"{account.rows_read:,} rows")
        yield rows.with_row_index("_line", offset=start + 1)


def _text_rows(
    text: GenomeText, head: Head, wanted: Mapping[str, str], account: TableAccount
) -> Iterator[pl.DataFrame]:
    at = {name: head.names.index(source) for name, source in wanted.items()}
    lines, held, quoted = 0, b"", False
    for block in text.blocks():
        whole, held = held + block, b""
        quoted = quoted or (head.separator in ",;" and b'"' in whole)
        if quoted and whole.count(b'"') % 2:  # a quoted cell goes on beyond this block
            held = whole
            continue
        given = whole.decode("utf-8", "replace").removeprefix("\ufeff")
        told = _quoted(given, head.separator, lines) if quoted else _plain(given, head.separator, lines)
        lines += given.count("\n")
        rows = told.filter(pl.col("_line") > head.skip)
        account.rows_read += len(rows)
        yield _of_width(rows, len(head.names), at, account)
    if held:
        raise InputError(
            f"{text.path.name}: a quotation mark opens a cell that never ends.", hint="Save the table anew."
        )


def _plain(text: str, separator: str, before: int) -> pl.DataFrame:
    """Give `_line` and `cells` of lines without quotation marks."""
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    frame = pl.DataFrame({"text": lines}, schema={"text": pl.String}).with_row_index("_line", offset=before + 1)
    given = frame.with_columns(pl.col("text").str.strip_suffix("\r"))
    kept = given.filter((pl.col("text").str.strip_chars() != "") & ~pl.col("text").str.contains(_ASIDE))
    return kept.select("_line", cells=pl.col("text").str.split(separator))


def _quoted(text: str, separator: str, before: int) -> pl.DataFrame:
    """Give `_line` and `cells` of lines whose cells may stand in quotation marks, over several lines."""
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    rows = [(before + reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    kept = [(line, row) for line, row in rows if not row[0].startswith("#")]
    return pl.DataFrame(kept, schema={"_line": pl.UInt32, "cells": pl.List(pl.String)}, orient="row")


def _of_width(rows: pl.DataFrame, width: int, at: dict[str, int], account: TableAccount) -> pl.DataFrame:
    fits = pl.col("cells").list.len() == width
    other = rows.filter(~fits)
    account.listed += len(other)
    account.count(OTHER_WIDTH, other)
    cell = pl.col("cells").list
    return rows.filter(fits).select("_line", *(cell.get(n).str.strip_chars().alias(name) for name, n in at.items()))
