"""A reference sequence: the bases of a build, read a stretch at a time out of one Parquet file."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from genoteca.errors import DatasetError
from genoteca.genome.schema import polars_schema
from genoteca.model.build import Build
from genoteca.model.column import Column, ColumnType

__all__ = ["BASES_A_ROW", "CHUNK", "SEQUENCE", "SEQUENCE_SCHEMA", "UNKNOWN_BASE", "Bases", "ReferenceSequence"]

Bases = npt.NDArray[np.uint8]
"""Bases as their ASCII codes: A, C, G, T, and N for what is not known."""

BASES_A_ROW = 1 << 16
ROWS_A_GROUP = 16
CHUNK = BASES_A_ROW * ROWS_A_GROUP
"""Bases of a row group; a group holds one chromosome's, so that a place is found without looking."""

KEPT = 8
"""Chunks kept: records come nearly in order, and those of one place need one or two."""

UNKNOWN_BASE = ord("N")

SEQUENCE: tuple[Column, ...] = (
    Column(name="chrom", label="Chromosome", type=ColumnType.CATEGORY, description="1-22, X, Y or MT, without chr."),
    Column(name="start", label="Start", type=ColumnType.POSITION, description="1-based, first base.", minimum=1),
    Column(
        name="bases",
        label="Bases",
        type=ColumnType.TEXT,
        description="65,536 bases of the plus strand, fewer at the end: A, C, G, T, or N where none is known.",
    ),
)
"""A reference sequence; every chromosome in it is whole. Sorted by chromosome and start."""

SEQUENCE_SCHEMA = polars_schema(SEQUENCE)


class ReferenceSequence:
    """The bases of one build; chromosomes may be absent, and read as N then."""

    def __init__(self, path: Path, build: Build) -> None:
        """Open a published sequence (`SEQUENCE`).

        Raises:
            DatasetError: the file is no published sequence.

        """
        try:
            self._file = pq.ParquetFile(path)
        except (OSError, pa.ArrowInvalid) as error:
            raise DatasetError(f"{path} is no reference sequence: {error}", hint="Fetch it again.") from error
        self.build = build
        self._first_group = _first_groups(path, self._file)
        self._kept: OrderedDict[int, Bases] = OrderedDict()

    @property
    def chromosomes(self) -> tuple[str, ...]:
        """Chromosomes that it has, in their order."""
        return tuple(self._first_group)

    def bases(self, chrom: str, start: int, end: int) -> str:
        """Give the bases from `start` to `end` (1-based, both included); N beyond the chromosome or without it."""
        return self.take(chrom, np.arange(start, end + 1)).tobytes().decode("ascii")

    def take(self, chrom: str, positions: npt.NDArray[Any]) -> Bases:
        """Give the base at each position (1-based, any order, any shape); N beyond the chromosome or without it.

        Fast where the positions of a call lie near each other, or are sorted.
        """
        taken = np.full(positions.shape, UNKNOWN_BASE, np.uint8)
        if chrom not in self._first_group or not positions.size:
            return taken
        offsets = positions.astype(np.int64) - 1
        numbers = np.where((offsets >= 0) & (offsets < self.build.lengths[chrom]), offsets // CHUNK, -1)
        for number in np.unique(numbers).tolist():
            if number >= 0:
                here = numbers == number
                taken[here] = self._chunk(self._first_group[chrom] + number)[offsets[here] - number * CHUNK]
        return taken

    def _chunk(self, group: int) -> Bases:
        if group in self._kept:
            self._kept.move_to_end(group)
            return self._kept[group]
        chunk = _bytes_of(self._file.read_row_group(group, columns=["bases"]).column("bases"))
        self._kept[group] = chunk
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return chunk


def _first_groups(path: Path, file: pq.ParquetFile) -> dict[str, int]:
    """Give the first row group of every chromosome."""
    schema = pl.read_parquet_schema(path)
    if dict(schema) != dict(SEQUENCE_SCHEMA):
        raise DatasetError(
            f"{path} is no reference sequence: its columns are {', '.join(schema)}.", hint="Fetch it again."
        )
    rows = [file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups)]
    firsts = np.cumsum([0, *rows])[:-1]
    chroms = pl.read_parquet(path, columns=["chrom"]).get_column("chrom")[firsts.tolist()].cast(pl.String).to_list()
    return {chrom: chroms.index(chrom) for chrom in dict.fromkeys(chroms)}


def _bytes_of(column: pa.ChunkedArray) -> Bases:
    parts = []
    for array in column.chunks:
        text = array.cast(pa.large_string())
        _, offsets, values = text.buffers()
        ends = np.frombuffer(offsets, np.int64)[text.offset : text.offset + len(text) + 1]
        parts.append(np.frombuffer(values, np.uint8)[ends[0] : ends[-1]])
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
