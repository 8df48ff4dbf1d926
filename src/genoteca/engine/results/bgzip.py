"""Writing bgzip: gzip in blocks that say how long they are, so that a reader can begin in the middle.

SAM specification 4.1, https://samtools.github.io/hts-specs/SAMv1.pdf.
"""

from __future__ import annotations

import struct
import zlib
from typing import IO

from isal import isal_zlib

__all__ = ["BgzipWriter"]

BLOCK = 65_280
"""Bytes of text in a block: packed, any 65,280 bytes fit into the 65,536 that a block may have."""
END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_START = b"\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff\x06\x00BC\x02\x00"
_LEVEL = 2


class BgzipWriter:
    """Packs what is written into `file`; the end marker is left to `finish`."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._waiting = b""

    def write(self, data: bytes) -> None:
        """Take the next bytes of text."""
        data = self._waiting + data
        whole = len(data) - len(data) % BLOCK
        view = memoryview(data)
        self._file.writelines(_packed(view[start : start + BLOCK]) for start in range(0, whole, BLOCK))
        self._waiting = data[whole:]

    def flush(self) -> None:
        """Write what waits as a block of its own."""
        if self._waiting:
            self._file.write(_packed(memoryview(self._waiting)))
            self._waiting = b""

    def finish(self) -> None:
        """Write what waits, and the block that ends a whole file."""
        self.flush()
        self._file.write(END)


def _packed(data: memoryview) -> bytes:
    body = isal_zlib.compress(data, _LEVEL, wbits=-15)
    if len(body) + 26 > 1 << 16:  # what cannot be packed is stored
        body = zlib.compress(data, 0, wbits=-15)
    size = struct.pack("<H", len(body) + 25)
    return b"".join([_START, size, body, struct.pack("<II", isal_zlib.crc32(data), len(data))])
