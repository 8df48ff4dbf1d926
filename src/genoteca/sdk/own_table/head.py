"""The beginning of a file: which kind it is, what its columns are called, and its first rows as text."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import polars as pl

from genoteca.errors import InputError
from genoteca.genome.stream import GenomeText

__all__ = ["BED", "FileKind", "Head", "read_head"]

LOOKED_AT = 4 << 20
"""Bytes of text that are looked at: some 5,000 rows of dbNSFP, 40,000 of a list."""

BED = (
    "chrom", "start", "end", "name", "score", "strand", "thickStart", "thickEnd", "itemRgb", "blockCount",
    "blockSizes", "blockStarts",
)  # fmt: skip
"""Fields of BED: https://samtools.github.io/hts-specs/BEDv1.pdf."""

_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
_BED_NAME = re.compile(r"\.bed(\.b?gz)?$", re.IGNORECASE)
"""A BED may begin with a line that names its columns: its name then says that it counts from 0."""
_TRACK = re.compile(r"(track|browser)\b")


class FileKind(StrEnum):
    """What kind of file it is, told by its contents."""

    VCF = "VCF"
    TABLE = "table"
    BED = "BED"
    PARQUET = "Parquet"


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """How a file begins."""

    kind: FileKind
    names: tuple[str, ...]
    """Columns as the file names them, each once."""
    rows: pl.DataFrame
    """The first rows as text, under these names; null: nothing stands there."""
    remarks: tuple[str, ...] = ()
    """Lines before the header."""
    separator: str = "\t"
    skip: int = 0
    """Lines before the first row."""


def read_head(path: Path, name: str) -> Head:
    """Look at the beginning of a file that is called `name`; a VCF is only recognised.

    Raises:
        InputError: no such file, or not a table.
        GenomeFileError: it is damaged, or another binary format.

    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.", hint="Choose a VCF, BCF, TSV, CSV, Parquet or BED file.")
    with path.open("rb") as file:
        if file.read(4) == b"PAR1":
            return _parquet(path)
    with GenomeText(path) as text:
        start = text.start(LOOKED_AT)
        if text.format == "BCF" or start.removeprefix(b"\xef\xbb\xbf").startswith(b"##fileformat=VCF"):
            return Head(kind=FileKind.VCF, names=(), rows=pl.DataFrame())
    if b"\0" in start:
        raise InputError(
            f"{path.name} is neither text nor Parquet: it holds binary data.",
            title="There is no table in this file",
            hint="Choose a VCF, BCF, TSV, CSV, Parquet or BED file, plain or packed with gzip.",
        )
    return _text(name, start.decode("utf-8", "replace").removeprefix("\ufeff"))


def _parquet(path: Path) -> Head:
    try:
        rows = pl.scan_parquet(path).head(5_000).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(f"{path.name} is a damaged Parquet file: {error}", hint="Copy it again.") from error
    return Head(kind=FileKind.PARQUET, names=tuple(rows.columns), rows=as_text(rows))


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Give every column as text: lists joined by `;`, what has no text as null."""
    made = []
    for name, kind in frame.schema.items():
        cell = pl.col(name)
        if isinstance(kind, pl.List | pl.Array):
            inner = cell.arr.to_list() if isinstance(kind, pl.Array) else cell
            made.append(inner.list.eval(pl.element().cast(pl.String, strict=False)).list.join(";"))
        elif isinstance(kind, pl.Struct | pl.Binary | pl.Object):
            made.append(pl.lit(None, pl.String).alias(name))
        else:
            made.append(cell.cast(pl.String, strict=False))
    return frame.select(made)


def _text(name: str, text: str) -> Head:
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if len(text) >= LOOKED_AT // 4:  # its last line may be cut
        lines.pop()
    first = next((n for n, line in enumerate(lines) if line.strip() and not _aside(line)), None)
    if first is None:
        raise InputError(
            f"{name} has no rows.", title="There is no table in this file", hint="Choose a file with rows."
        )
    marked = next((n for n in range(first - 1, -1, -1) if lines[n].startswith("#")), None)
    separator = _separator(lines[first])
    cells = _cells(lines[first], separator)
    remarks = tuple(line for line in lines[:first] if line.strip())
    kind = FileKind.BED if _BED_NAME.search(name) else FileKind.TABLE
    if marked is not None and len(names := _cells(lines[marked].lstrip("#"), separator)) == len(cells) > 1:
        return _table(lines, first, [one.strip() for one in names], separator, remarks[:-1], kind=kind)
    if _is_bed(cells, separator):
        return _table(lines, first, _bed_names(len(cells)), separator, remarks, kind=FileKind.BED)
    if not any(_NUMBER.fullmatch(cell.strip()) for cell in cells):
        return _table(lines, first + 1, [one.strip() for one in cells], separator, remarks, kind=kind)
    return _table(lines, first, [f"column {n + 1}" for n in range(len(cells))], separator, remarks)


def _aside(line: str) -> bool:
    return line.startswith("#") or _TRACK.match(line) is not None


def _separator(line: str) -> str:
    return max("\t,;", key=line.count) if any(mark in line for mark in "\t,;") else " "


def _cells(line: str, separator: str) -> list[str]:
    if separator in ",;" and '"' in line:
        return next(csv.reader(io.StringIO(line), delimiter=separator))
    return line.split(separator)


def _is_bed(cells: list[str], separator: str) -> bool:
    return separator in "\t " and len(cells) >= 3 and cells[1].isdecimal() and cells[2].isdecimal()


def _bed_names(count: int) -> list[str]:
    return [*BED[:count], *(f"column {n + 1}" for n in range(len(BED), count))]


def _table(
    lines: list[str],
    skip: int,
    given: list[str],
    separator: str,
    remarks: tuple[str, ...],
    kind: FileKind = FileKind.TABLE,
) -> Head:
    names = _once(given)
    shown = [line for line in lines[skip:] if line.strip() and not _aside(line)]
    quoted = separator in ",;" and any('"' in line for line in shown)
    cells = list(csv.reader(shown, delimiter=separator)) if quoted else [line.split(separator) for line in shown]
    whole = [row for row in cells if len(row) == len(names)]
    rows = pl.DataFrame(
        {name: [row[n].strip() or None for row in whole] for n, name in enumerate(names)},
        schema=dict.fromkeys(names, pl.String),
    )
    return Head(kind=kind, names=names, rows=rows, remarks=remarks, separator=separator, skip=skip)


def _once(given: list[str]) -> tuple[str, ...]:
    """Give every column a name of its own."""
    names: list[str] = []
    for n, name in enumerate(given):
        plain = name or f"column {n + 1}"
        names.append(plain if plain not in names else f"{plain} ({n + 1})")
    return tuple(names)
