"""The files in a tar archive, one after the other as its bytes come.

Forward only: a damaged archive can then neither send its reader round in circles nor have it take a name of a
gigabyte into memory. The format: https://www.gnu.org/software/tar/manual/html_node/Standard.html, and for what a
member's extended header says https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from genoteca.errors import GenomeFileError
from genoteca.genome.source import Readable

__all__ = ["TarMember", "is_tar", "tar_members"]

BLOCK = 512
LONGEST_NOTE = 1 << 20
"""Bytes of an extended header; a path takes some hundred."""
FILES = (b"0", b"\0", b"7")
LONG_NAME, EXTENDED, SPARSE = b"L", b"x", b"S"
NOTES = (LONG_NAME, b"K", EXTENDED, b"g", b"X")
"""Entries whose content speaks of the archive, not of a file."""


def is_tar(start: bytes) -> bool:
    """Whether a file that begins so is a tar archive."""
    return start[257:262] == b"ustar"


@dataclass(slots=True)
class TarMember:
    """One file of the archive; it can be read until the next one is asked for."""

    name: str
    size: int
    _stream: Readable
    _left: int = field(init=False)

    def __post_init__(self) -> None:
        self._left = self.size

    def readinto(self, view: memoryview, /) -> int:
        """Fill the buffer with the next bytes of the file; gives how many, 0 at the end.

        Raises:
            GenomeFileError: the archive ends within the file.

        """
        if not self._left or not len(view):
            return 0
        count = self._stream.readinto(view[: self._left]) or 0
        if not count:
            raise _damaged(f"it ends within {self.name}")
        self._left -= count
        return count

    def skip(self) -> None:
        """Pass over what is left, and over what fills the last block."""
        while self._left:
            self.readinto(memoryview(bytearray(min(self._left, 1 << 20))))
        _whole(self._stream, -self.size % BLOCK)


def tar_members(stream: Readable) -> Iterator[TarMember]:
    """Give every file in the archive; folders, links and devices are passed over.

    Raises:
        GenomeFileError: the archive is damaged, cut off, or stores a file with holes.

    """
    told: dict[str, str] = {}
    while (header := _whole(stream, BLOCK, end=True)) and any(header):
        _check(header)
        kind = header[156:157]
        if kind in NOTES:
            told.update(_note(stream, kind, _number(header[124:136])))
            continue
        size = _size(header, told)
        if kind == SPARSE or any(key.startswith("GNU.sparse") for key in told):
            raise _damaged("it stores a file with holes (sparse), which is not read")
        if kind in FILES:
            member = TarMember(told.get("path") or _name(header), size, stream)
            yield member
            member.skip()
        told = {}


def _size(header: bytes, told: dict[str, str]) -> int:
    if "size" not in told:
        return _number(header[124:136])
    if not told["size"].isdecimal():
        raise _damaged("an entry's size is not a number")
    return int(told["size"])


def _name(header: bytes) -> str:
    prefix, name = _text(header[345:500]), _text(header[:100])
    return f"{prefix}/{name}" if prefix and header[257:263] == b"ustar\0" else name


def _text(field_: bytes) -> str:
    return field_.split(b"\0", 1)[0].decode("utf-8", "replace")


def _number(field_: bytes) -> int:
    """Read a number: octal digits, or base 256 where the first bit is set."""
    if field_[0] & 0x80:
        value = int.from_bytes(field_[1:], "big")
        return value if field_[0] == 0x80 else _refused_number()
    digits = field_.strip(b" \0")
    if digits and not set(digits) <= set(b"01234567"):
        return _refused_number()
    return int(digits or b"0", 8)


def _refused_number() -> int:
    raise _damaged("an entry's size is not a number")


def _check(header: bytes) -> None:
    """Compare the header's checksum: the sum of its bytes, those of the checksum taken as spaces."""
    digits = header[148:156].strip(b" \0")
    told = int(digits, 8) if digits and set(digits) <= set(b"01234567") else -1
    if told != sum(header) - sum(header[148:156]) + 8 * 32:
        raise _damaged("the checksum of an entry is wrong")


def _note(stream: Readable, kind: bytes, size: int) -> dict[str, str]:
    if size > LONGEST_NOTE:
        raise _damaged(f"an entry's description claims {size:,} bytes")
    content = _whole(stream, size)
    _whole(stream, -size % BLOCK)
    if kind == LONG_NAME:
        return {"path": _text(content)}
    return dict(_records(content)) if kind == EXTENDED else {}


def _records(content: bytes) -> Iterator[tuple[str, str]]:
    """Read `LENGTH KEY=VALUE` lines; LENGTH counts the whole line."""
    while content:
        length, _, rest = content.partition(b" ")
        end = int(length) - len(length) - 1 if length.isdigit() and len(length) < 9 else 0
        if end < 1 or end > len(rest):
            raise _damaged("an entry's description is no list of records")
        key, _, value = rest[: end - 1].partition(b"=")
        yield key.decode("utf-8", "replace"), value.decode("utf-8", "replace")
        content = rest[end:]


def _whole(stream: Readable, size: int, *, end: bool = False) -> bytes:
    """Read exactly so many bytes; `end`: none at all is fine too."""
    buffer = bytearray(size)
    filled = 0
    while filled < size and (more := stream.readinto(memoryview(buffer)[filled:])):
        filled += more
    if filled < size and (filled or not end):
        raise _damaged("it ends within an entry")
    return bytes(buffer[:filled])


def _damaged(why: str) -> GenomeFileError:
    return GenomeFileError(
        f"The tar archive is damaged or cut off: {why}.",
        hint="Copy or download the archive again, or unpack it and open the genome file inside.",
    )
