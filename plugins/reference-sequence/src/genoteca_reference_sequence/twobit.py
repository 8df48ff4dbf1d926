"""UCSC's 2bit files, after https://genome.ucsc.edu/FAQ/FAQformat.html#format7: four bases a byte, N beside them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from genoteca.sdk import ReferenceDataError

__all__ = ["is_twobit", "twobit_contigs"]

SIGNATURE = 0x1A412743
PART = 1 << 20
"""Bases given at once; a multiple of four."""

_BASES = np.frombuffer(b"TCAG", np.uint8)
_OF_BYTE = _BASES[np.arange(256)[:, None] >> np.array([6, 4, 2, 0]) & 3]
"""The four bases of every byte; the first is in the highest bits."""


def is_twobit(start: bytes) -> bool:
    """Tell a 2bit file by its first four bytes, in either byte order."""
    return len(start) >= 4 and SIGNATURE in struct.unpack("<I", start[:4]) + struct.unpack(">I", start[:4])


def twobit_contigs(path: Path) -> Iterator[tuple[float, tuple[str, Iterator[bytes]]]]:
    """Give every contig (name, bases in parts) with the share of the file before it.

    Raises:
        ReferenceDataError: the file is cut, or of a version that is not known.

    """
    data: npt.NDArray[np.uint8] = np.memmap(path, np.uint8, "r")
    order = "<" if data[:4].tobytes() == struct.pack("<I", SIGNATURE) else ">"
    reader = _Reader(path.name, data, order)
    version, count = (int(number) for number in reader.words(4, 2))
    if version > 1:
        raise ReferenceDataError(f"{path.name} is a 2bit file of version {version}; 0 and 1 are known.")
    place = 16
    for _ in range(count):
        length = int(reader.taken(place, 1)[0])
        name = reader.taken(place + 1, length).tobytes().decode("utf-8", "replace")
        place += 1 + length
        low, high = (*reader.words(place, 2),) if version else (int(reader.words(place, 1)[0]), 0)
        place += 8 if version else 4
        # a 64-bit offset is two words in the file's own order
        offset = int(low) + (int(high) << 32) if order == "<" or not version else (int(low) << 32) + int(high)
        yield offset / len(data), (name, reader.contig(offset))


class _Reader:
    """A 2bit file in memory's view; nothing is read before it is asked for."""

    def __init__(self, name: str, data: npt.NDArray[np.uint8], order: str) -> None:
        self._name, self._data = name, data
        self._word = np.dtype(f"{order}u4")

    def taken(self, start: int, count: int) -> npt.NDArray[np.uint8]:
        """Give some bytes.

        Raises:
            ReferenceDataError: the file ends before them.

        """
        if start + count > len(self._data):
            raise ReferenceDataError(
                f"{self._name} ends too early: {start + count:,} bytes are needed, it has {len(self._data):,}.",
                hint="Copy or download it again, and compare its checksum.",
            )
        return self._data[start : start + count]

    def words(self, start: int, count: int) -> npt.NDArray[Any]:
        """Give some numbers of 32 bits."""
        return np.frombuffer(self.taken(start, 4 * count).tobytes(), self._word)

    def contig(self, offset: int) -> Iterator[bytes]:
        """Give the bases of the contig whose record begins at `offset`."""
        length, unknown = (int(number) for number in self.words(offset, 2))
        starts = self.words(offset + 8, unknown).astype(np.int64)
        ends = starts + self.words(offset + 8 + 4 * unknown, unknown)
        place = offset + 8 + 8 * unknown
        masked = int(self.words(place, 1)[0])
        packed = place + 4 + 8 * masked + 4
        for first in range(0, length, PART):
            count = min(PART, length - first)
            part = _OF_BYTE[self.taken(packed + first // 4, -(-count // 4))].reshape(-1)[:count].copy()
            for gap in np.flatnonzero((starts < first + count) & (ends > first)).tolist():
                part[max(int(starts[gap]) - first, 0) : int(ends[gap]) - first] = ord("N")
            yield part.tobytes()
