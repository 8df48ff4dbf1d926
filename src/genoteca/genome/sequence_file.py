"""Writing a reference sequence, a chromosome at a time in any order, and proving what was written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from genoteca.errors import ReferenceDataError
from genoteca.genome.schema import CHROM
from genoteca.genome.sequence import BASES_A_ROW, SEQUENCE, SEQUENCE_SCHEMA
from genoteca.model.build import CHROMOSOMES, RANK, Build

__all__ = ["SequenceWriter", "verify_sequence"]

_ARROW = pl.DataFrame(schema=SEQUENCE_SCHEMA).to_arrow(compat_level=pl.CompatLevel.oldest()).schema

CHUNK = 1 << 20
"""Bases of a row group; a group holds one chromosome's."""

N = 4
_CODES = np.full(256, N, np.uint8)
"""By letter, of either case; every one that is not a base (an ambiguous one too) is N."""
_CODES[list(b"ACGTacgt")] = [0, 1, 2, 3] * 2


class SequenceWriter:
    """Writes a sequence to `path`, in flat memory; chromosomes wait beside it until all have come."""

    columns = SEQUENCE

    def __init__(self, path: Path, build: Build) -> None:
        self.path = path
        self.build = build
        self.written: set[str] = set()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the chromosomes together in their order, or leave nothing behind after an error."""
        try:
            if kind is None:
                self._join()
        finally:
            for chrom in CHROMOSOMES:
                self._waiting(chrom).unlink(missing_ok=True)

    def add(self, chrom: str, parts: Iterable[bytes]) -> None:
        """Take one chromosome as ASCII in parts of any size.

        Raises:
            ReferenceDataError: it is not as long as the build's, or was given before.

        """
        if chrom in self.written:
            raise ReferenceDataError(f"The chromosome {chrom} is there twice.", hint="Give a file of one genome.")
        read = 0
        with _writer(self._waiting(chrom)) as writer:
            for chunk in _in_chunks(parts):
                writer.write_table(_table(chrom, read, chunk))
                read += len(chunk)
        if read != self.build.lengths[chrom]:
            self._waiting(chrom).unlink()
            raise ReferenceDataError(
                f"The chromosome {chrom} has {read:,} bases; in {self.build} it has {self.build.lengths[chrom]:,}.",
                title="This sequence is of another genome build",
                hint="Give the whole chromosomes of the build; masked, patched or cut sequences are not taken.",
            )
        self.written.add(chrom)

    def _waiting(self, chrom: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{RANK[chrom]}")

    def _join(self) -> None:
        with _writer(self.path) as writer:
            for chrom in sorted(self.written, key=RANK.__getitem__):
                with pq.ParquetFile(self._waiting(chrom)) as part:
                    for group in range(part.metadata.num_row_groups):
                        writer.write_table(part.read_row_group(group).cast(_ARROW))


def _writer(path: Path) -> pq.ParquetWriter:
    # two bits a base leave nothing to compress
    return pq.ParquetWriter(path, _ARROW, compression="none", use_dictionary=["chrom"], write_statistics=["start"])


def verify_sequence(path: Path) -> None:
    """Prove that a written sequence is what `ReferenceSequence` relies on; every row is looked at.

    Raises:
        ReferenceDataError: a row is out of place, or the chromosomes are not whole.

    """
    lengths: dict[str, int] = {}
    with pq.ParquetFile(path) as file:
        for group in range(file.metadata.num_row_groups):
            rows = pl.DataFrame(pl.from_arrow(file.read_row_group(group)))
            chrom = str(rows["chrom"][0])
            _require(list(lengths)[-1:] == [chrom] or chrom not in lengths, f"{chrom} is in two places", path)
            lengths[chrom] = _verify_group(rows, group, lengths.get(chrom, 0), path)
    _require(list(lengths) == sorted(lengths, key=RANK.__getitem__), "its chromosomes are not in order", path)
    whole = any(all(build.lengths[chrom] == length for chrom, length in lengths.items()) for build in Build)
    told = ", ".join(f"{chrom}: {length:,}" for chrom, length in lengths.items())
    _require(bool(lengths) and whole, f"these are no whole chromosomes of one build ({told or 'none'})", path)


def _verify_group(rows: pl.DataFrame, group: int, read: int, path: Path) -> int:
    """Look at the row group that follows the first `read` bases of its chromosome; gives how many there are then."""
    starts = [read + 1 + BASES_A_ROW * row for row in range(len(rows))]
    count = rows["end"].cast(pl.Int64) - rows["start"].cast(pl.Int64) + 1
    size = rows["bases"].bin.size().cast(pl.Int64)
    _require((rows["chrom"].cast(pl.String) == str(rows["chrom"][0])).all(), f"group {group} is of two", path)
    _require(read % BASES_A_ROW == 0, f"the row group before {group} is short", path)
    _require(rows["start"].to_list() == starts, f"row group {group} does not follow the one before it", path)
    _require((count[:-1] == BASES_A_ROW).all(), f"row group {group} has a short row", path)
    _require((size == (count + 3) // 4).all(), f"row group {group} has other bases than places", path)
    return read + int(count.sum())


def _require(holds: bool, words: str, path: Path) -> None:  # noqa: FBT001 - a condition, like that of an assert
    if not holds:
        raise ReferenceDataError(f"{path.name}: {words}.", hint="The sequence was not published. Please report it.")


def _in_chunks(parts: Iterable[bytes]) -> Iterable[bytes]:
    held = bytearray()
    for part in parts:
        held += part
        while len(held) >= CHUNK:
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
    if held:
        yield bytes(held)


def _table(chrom: str, before: int, chunk: bytes) -> pa.Table:
    """Make one row group of the bases that follow the first `before`."""
    codes = _CODES[np.frombuffer(chunk, np.uint8)]
    offsets = list(range(0, len(codes), BASES_A_ROW))
    rows = [codes[offset : offset + BASES_A_ROW] for offset in offsets]
    frame = pl.DataFrame(
        {
            "chrom": [chrom] * len(rows),
            "start": [before + offset + 1 for offset in offsets],
            "end": [before + offset + len(row) for offset, row in zip(offsets, rows, strict=True)],
            "bases": [_packed(row) for row in rows],
            "unknown": [_unknown(row, before + offset) for offset, row in zip(offsets, rows, strict=True)],
        },
        schema={**SEQUENCE_SCHEMA, "chrom": pl.String},
    )
    return frame.with_columns(pl.col("chrom").cast(CHROM)).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(_ARROW)


def _packed(codes: npt.NDArray[np.uint8]) -> bytes:
    four = np.pad(codes & 3, (0, -len(codes) % 4)).reshape(-1, 4)
    return (four[:, 0] << 6 | four[:, 1] << 4 | four[:, 2] << 2 | four[:, 3]).tobytes()


def _unknown(codes: npt.NDArray[np.uint8], before: int) -> str | None:
    """Give the stretches of N as first-last; `before` bases come before these."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (codes == N).astype(np.int8), [0]])))
    told = [f"{before + start + 1}-{before + end}" for start, end in edges.reshape(-1, 2).tolist()]
    return ";".join(told) or None
