"""Whether a packed file has its end: one that is still being copied has not."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from isal import isal_zlib

__all__ = ["has_its_end"]

BLOCK = 1 << 20
GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that ends a BGZF file (SAM specification, 4.1.2,
https://samtools.github.io/hts-specs/SAMv1.pdf)."""
_ISAL_DAMAGE: type[Exception] = isal_zlib.IsalError  # type: ignore[assignment] # its stub says instance
_DAMAGE = (EOFError, OSError, zlib.error, _ISAL_DAMAGE)


def has_its_end(path: Path) -> bool:
    """Tell whether a file is whole, as far as its packing says: a gzip is unpacked to its end, a plain file is whole.

    Raises:
        OSError: it cannot be read.

    """
    with path.open("rb") as file:
        start = file.read(18)
    if start.startswith(ZIP):
        return zipfile.is_zipfile(path)
    if not start.startswith(GZIP):
        return True
    return _ends_as_bgzf(path) if start[12:14] == b"BC" else _unpacks(path)


def _ends_as_bgzf(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - len(BGZF_END), 0))
        return file.read() == BGZF_END


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
