"""A reference sequence: the bases of a build, a chromosome at a time out of one Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from genoteca.errors import DatasetError
from genoteca.genome.schema import polars_schema
from genoteca.model.build import Build
from genoteca.model.column import Column, ColumnType

__all__ = ["BASES_A_ROW", "SEQUENCE", "SEQUENCE_SCHEMA", "UNKNOWN_BASE", "Bases", "ReferenceSequence"]

Bases = npt.NDArray[np.uint8]
"""Bases as their ASCII codes: A, C, G, T, and N for what is not known."""

BASES_A_ROW = 1 << 16

UNKNOWN_BASE = ord("N")

SEQUENCE: tuple[Column, ...] = (
    Column(name="chrom", label="Chromosome", type=ColumnType.CATEGORY, description="1-22, X, Y or MT, without chr."),
    Column(name="start", label="Start", type=ColumnType.POSITION, description="1-based, first base.", minimum=1),
    Column(
        name="end", label="End", type=ColumnType.POSITION, description="1-based, last base (inclusive).", minimum=1
    ),
    Column(
        name="bases",
        label="Bases",
        type=ColumnType.BYTES,
        description="65,536 bases of the plus strand, fewer at the end, four a byte, the first in the highest two "
        "bits: A is 0, C 1, G 2, T 3.",
    ),
    Column(
        name="unknown",
        label="Unknown",
        type=ColumnType.LIST,
        description="Where the base is N: first-last, 1-based in the chromosome.",
        null="nowhere",
    ),
)
"""A reference sequence; every chromosome in it is whole. Sorted by chromosome and start.

Packed, a genome takes 775 MB and a chromosome is there in a tenth of a second. As text under zstd it takes a fifth
more, and decompressing it costs half of what reading a genome costs.
"""

SEQUENCE_SCHEMA = polars_schema(SEQUENCE)

_LETTERS = np.frombuffer(b"ACGT", np.uint8)


class _Chromosome(NamedTuple):
    name: str
    packed: npt.NDArray[np.uint8]
    unknown_start: npt.NDArray[np.int64]
    """First base of every stretch of N, 0-based; sorted."""
    unknown_end: npt.NDArray[np.int64]


class ReferenceSequence:
    """The bases of one build; chromosomes may be absent, and read as N then."""

    def __init__(self, path: Path, build: Build) -> None:
        """Open a published sequence (`SEQUENCE`).

        Raises:
            DatasetError: the file is no published sequence.

        """
        try:
            self._file = pq.ParquetFile(path, pre_buffer=False)
        except (OSError, pa.ArrowInvalid) as error:
            raise DatasetError(f"{path} is no reference sequence: {error}", hint="Fetch it again.") from error
        self.build = build
        self._groups = _groups_of(path, self._file)
        self._held: list[_Chromosome] = []

    @property
    def chromosomes(self) -> tuple[str, ...]:
        """Chromosomes that it has, in their order."""
        return tuple(self._groups)

    def bases(self, chrom: str, start: int, end: int) -> str:
        """Give the bases from `start` to `end` (1-based, both included); N beyond the chromosome or without it."""
        return self.take(chrom, np.arange(start, end + 1)).tobytes().decode("ascii")

    def take(self, chrom: str, positions: npt.NDArray[Any]) -> Bases:
        """Give the base at each position (1-based, any order, any shape); N beyond the chromosome or without it.

        Two chromosomes are held at a time: 62 MB for the longest.
        """
        if chrom not in self._groups or not positions.size:
            return np.full(positions.shape, UNKNOWN_BASE, np.uint8)
        held = self._chromosome(chrom)
        offset = positions.astype(np.int64) - 1
        outside = (offset < 0) | (offset >= self.build.lengths[chrom])
        if outside.any():
            offset = np.where(outside, 0, offset)
        taken: Bases = _LETTERS[held.packed[offset >> 2] >> (6 - 2 * (offset & 3)).astype(np.uint8) & 3]
        if len(held.unknown_start):
            stretch = np.searchsorted(held.unknown_start, offset, "right") - 1
            taken[(stretch >= 0) & (offset < held.unknown_end[stretch])] = UNKNOWN_BASE
        taken[outside] = UNKNOWN_BASE
        return taken

    def _chromosome(self, chrom: str) -> _Chromosome:
        for held in self._held:
            if held.name == chrom:
                return held
        made = self._read(chrom)
        self._held = [made, *self._held[:1]]
        return made

    def _read(self, chrom: str) -> _Chromosome:
        # A row group at a time: memory that is used again costs a tenth of what new memory does.
        packed, place = np.empty(-(-self.build.lengths[chrom] // 4), np.uint8), 0
        stretches: list[str] = []
        for group in self._groups[chrom]:
            table = self._file.read_row_group(group, columns=["bases", "unknown"], use_threads=False)
            for part in _bytes_of(table.column("bases")):
                packed[place : place + len(part)] = part
                place += len(part)
            stretches += [one for row in table.column("unknown").to_pylist() if row for one in row.split(";")]
        ends = np.array([one.split("-") for one in stretches], np.int64).reshape(-1, 2)
        return _Chromosome(chrom, packed, ends[:, 0] - 1, ends[:, 1])


def _groups_of(path: Path, file: pq.ParquetFile) -> dict[str, list[int]]:
    """Give the row groups of every chromosome; each holds one chromosome's rows."""
    schema = pl.read_parquet_schema(path)
    if dict(schema) != dict(SEQUENCE_SCHEMA):
        raise DatasetError(
            f"{path} is no reference sequence: its columns are {', '.join(schema)}.", hint="Fetch it again."
        )
    rows = [file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups)]
    firsts = np.cumsum([0, *rows])[:-1]
    chroms = pl.read_parquet(path, columns=["chrom"]).get_column("chrom")[firsts.tolist()].cast(pl.String).to_list()
    return {name: [group for group, chrom in enumerate(chroms) if chrom == name] for name in dict.fromkeys(chroms)}


def _bytes_of(column: pa.ChunkedArray) -> Iterator[npt.NDArray[np.uint8]]:
    for array in column.chunks:
        binary = array.cast(pa.large_binary())
        _, offsets, values = binary.buffers()
        ends = np.frombuffer(offsets, np.int64)[binary.offset : binary.offset + len(binary) + 1]
        yield np.frombuffer(values, np.uint8)[ends[0] : ends[-1]]
