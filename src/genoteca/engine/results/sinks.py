"""Frames written one after another into a file of a table format, and the rows of a finished file counted."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import duckdb
import polars as pl
import pyarrow.parquet as pq

from genoteca.engine.results.formats import Format
from genoteca.engine.results.formulas import guarded_texts
from genoteca.engine.results.workbook import WorkbookSink
from genoteca.model.column import Column

__all__ = ["Sink", "counted_rows", "sink_of"]

PIECE = 1 << 20
_ROW = re.compile(rb"<row ")


class Sink(Protocol):
    """Takes frames of one schema."""

    rows: int

    def write(self, frame: pl.DataFrame) -> None:
        """Add rows."""

    def close(self) -> None:
        """Finish the file."""

    def discard(self) -> None:
        """Let go of a file that will not be finished."""


def sink_of(kind: Format, path: Path, columns: Sequence[Column], about: Sequence[tuple[str, str]]) -> Sink:
    """Open a file of a table format; `about` is what a workbook says of itself."""
    if kind is Format.XLSX:
        return WorkbookSink(path, columns, about)
    if kind is Format.PARQUET:
        return _ParquetSink(path)
    return _TextSink(path, kind)


def counted_rows(kind: Format, path: Path) -> int:
    """Count the rows of a finished file by reading it again."""
    counters: dict[Format, Callable[[Path], int]] = {
        Format.PARQUET: lambda file: int(pq.read_metadata(file).num_rows),
        Format.JSON: _json_rows,
        Format.XLSX: _sheet_rows,
    }
    if kind in counters:
        return counters[kind](path)
    separator = "\t" if kind is Format.TSV else ","
    rows = pl.scan_csv(path, separator=separator, infer_schema=False).select(pl.len())
    return int(rows.collect(engine="streaming").item())


class _TextSink:
    """CSV and TSV with one line of names; JSON as one array of objects."""

    def __init__(self, path: Path, kind: Format) -> None:
        self._file = path.open("wb")
        self._kind = kind
        self.rows = 0
        self._begun = False

    def write(self, frame: pl.DataFrame) -> None:
        if self._kind is Format.JSON:
            self._write_objects(frame)
        else:
            separator = "\t" if self._kind is Format.TSV else ","
            guarded_texts(frame.with_columns(pl.col(pl.Enum).cast(pl.String))).write_csv(
                self._file, separator=separator, include_header=not self._begun
            )
        self._begun = True
        self.rows += len(frame)

    def _write_objects(self, frame: pl.DataFrame) -> None:
        text = io.BytesIO()
        frame.write_ndjson(text)
        objects = text.getvalue().rstrip(b"\n").replace(b"\n", b",\n")
        if objects:
            self._file.write((b",\n" if self.rows else b"[\n") + objects)

    def close(self) -> None:
        if self._kind is Format.JSON:
            self._file.write(b"\n]\n" if self.rows else b"[]\n")
        self._file.close()

    def discard(self) -> None:
        self._file.close()


class _ParquetSink:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None
        self.rows = 0

    def write(self, frame: pl.DataFrame) -> None:
        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema, compression="zstd")
        self._writer.write_table(table.cast(self._writer.schema))
        self.rows += len(frame)

    def close(self) -> None:
        self.discard()

    def discard(self) -> None:
        if self._writer is not None:
            self._writer.close()


def _json_rows(path: Path) -> int:
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        found = connection.execute(
            "SELECT count(*) FROM read_json(?, format = 'array', columns = {evidence: 'VARCHAR'})", [str(path)]
        ).fetchone()
    return int(found[0]) if found else 0


def _sheet_rows(path: Path) -> int:
    """Count the rows of the first sheet, the one of names left out."""
    rows, rest = 0, b""
    with zipfile.ZipFile(path) as book, book.open("xl/worksheets/sheet1.xml") as sheet:
        while piece := sheet.read(PIECE):
            text = rest + piece
            rows += len(_ROW.findall(text))
            rest = text[-(len(b"<row ") - 1) :]
    return rows - 1
