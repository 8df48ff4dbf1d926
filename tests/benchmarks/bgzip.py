"""Writes bgzip: gzip in blocks that say how long they are.

SAM specification 4.1, https://samtools.github.io/hts-specs/SAMv1.pdf.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from types import TracebackType
from typing import Self

from isal import isal_zlib

__all__ = ["Bgzip"]

BLOCK = 65_280
END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


class Bgzip:
    """A file of bgzip blocks; what is written is packed as soon as it fills some."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._waiting = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.write(_packed(self._waiting) + END)
        self._file.close()

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        data = self._waiting + data
        whole = len(data) - len(data) % BLOCK
        for start in range(0, whole, BLOCK):
            self._file.write(_packed(data[start : start + BLOCK]))
        self._waiting = data[whole:]


def _packed(data: bytes) -> bytes:
    body = isal_zlib.compress(data, 2, wbits=-15)
    start = b"\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff\x06\x00BC\x02\x00"
    return start + struct.pack("<H", len(body) + 25) + body + struct.pack("<II", zlib.crc32(data), len(data))
