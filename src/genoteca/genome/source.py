"""The bytes of a genome file as they are stored, read forward only, wherever they lie."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from genoteca.errors import GenomeFileError

__all__ = ["LAST", "Readable", "Source", "file_opened"]

LAST = 28
"""Bytes of a file's end that are remembered: as many as bgzip's end marker has."""


class Readable(Protocol):
    """Whatever fills a buffer with the next bytes, and says how many those were; 0 or None at the end."""

    def readinto(self, view: memoryview, /) -> int | None: ...  # noqa: D102 - said above


class Source(io.RawIOBase):
    """The stored bytes of one genome: a file of its own, or a member of an archive.

    `size`: how many they are; `packed`: bytes on the disk that were read for them so far, when that is another
    number than those handed out, as in a zip.
    """

    def __init__(
        self, inner: Readable, size: int, *, close: Callable[[], None], packed: Callable[[], int] | None = None
    ) -> None:
        super().__init__()
        self._inner, self._close, self._packed = inner, close, packed
        self._ahead = b""
        self.size = size
        self.given = 0
        self.last = b""

    @property
    def fraction(self) -> float:
        """Share of the bytes that were handed out, 0 to 1."""
        return min(1.0, self.given / self.size) if self.size else 1.0

    def packed(self) -> int:
        """Bytes on the disk that were read for what was handed out."""
        return self._packed() if self._packed else self.given

    def peek(self, size: int) -> bytes:
        """Give the next bytes, up to so many, without taking them."""
        while len(self._ahead) < size and (more := self._taken(size - len(self._ahead))):
            self._ahead += more
        return self._ahead[:size]

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, view: memoryview, /) -> int:  # type: ignore[override]
        """Fill the buffer with the next bytes; gives how many, 0 at the end."""
        if self._ahead:
            count = min(len(view), len(self._ahead))
            view[:count] = self._ahead[:count]
            self._ahead = self._ahead[count:]
        else:
            count = self._inner.readinto(view) or 0
        self.given += count
        if count:
            self.last = (self.last + bytes(view[max(0, count - LAST) : count]))[-LAST:]
        return count

    def close(self) -> None:
        """Close what lies beneath."""
        if not self.closed:
            self._close()
        super().close()

    def _taken(self, size: int) -> bytes:
        buffer = bytearray(size)
        return bytes(buffer[: self._inner.readinto(memoryview(buffer)) or 0])


def file_opened(path: Path) -> io.FileIO:
    """Open a file for reading.

    Raises:
        GenomeFileError: it is not there, or may not be read.

    """
    try:
        return io.FileIO(path)
    except OSError as error:
        raise GenomeFileError(
            f"{path} cannot be opened: {error.strerror}.", hint="Check that the file exists and may be read."
        ) from error
