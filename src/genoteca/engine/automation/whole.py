"""Whether a file has its end: one that is still being copied has not, as far as that can be seen."""

from __future__ import annotations

import zipfile
import zlib
from enum import StrEnum
from pathlib import Path

from isal import isal_zlib

__all__ = ["End", "end_of"]

BLOCK = 1 << 20
GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that ends a BGZF file (SAM specification, 4.1.2,
https://samtools.github.io/hts-specs/SAMv1.pdf)."""
_ISAL_DAMAGE: type[Exception] = isal_zlib.IsalError  # type: ignore[assignment] # its stub says instance
_DAMAGE = (EOFError, OSError, zlib.error, _ISAL_DAMAGE)


class End(StrEnum):
    """How a file ends."""

    WHOLE = "whole"
    OPEN = "open"
    """A plain text without a line break at its end: some programs write it so, and so does a copy that goes on."""
    CUT = "cut"


def end_of(path: Path) -> End:
    """Tell how a file ends, as far as its packing says: a gzip is unpacked to its end.

    Raises:
        OSError: it cannot be read.

    """
    with path.open("rb") as file:
        start = file.read(18)
    if start.startswith(ZIP):
        return End.WHOLE if zipfile.is_zipfile(path) else End.CUT
    if not start.startswith(GZIP):
        return End.WHOLE if _tail(path, 1) in (b"\n", b"\r", b"") else End.OPEN
    whole = _ends_as_bgzf(path) if start[12:14] == b"BC" else _unpacks(path)
    return End.WHOLE if whole else End.CUT


def _ends_as_bgzf(path: Path) -> bool:
    return _tail(path, len(BGZF_END)) == BGZF_END


def _tail(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - size, 0))
        return file.read()


def _unpacks(path: Path) -> bool:
    """Unpack a gzip file, member after member: each ends with a checksum, and the last one's ends the file."""
    unpacker = isal_zlib.decompressobj(wbits=31)
    with path.open("rb") as file:
        try:
            while block := file.read(BLOCK):
                while block:
                    if unpacker.eof:
                        unpacker = isal_zlib.decompressobj(wbits=31)
                    unpacker.decompress(block)
                    block = unpacker.unused_data.lstrip(b"\0") if unpacker.eof else b""
        except _DAMAGE:
            return False
    return bool(unpacker.eof)
