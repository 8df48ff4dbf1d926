"""The contigs of a sequence file, one after the other: FASTA (plain, gzip, bgzip) or 2bit, told by content."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from genoteca.sdk import ReferenceDataError
from genoteca_reference_sequence.twobit import is_twobit, twobit_contigs

__all__ = ["Contig", "contigs_of"]

BLOCK = 4 << 20
"""Bytes of FASTA read at once."""

_GZIP = b"\x1f\x8b"
_BLANKS = b" \t\r\n"


class Contig(NamedTuple):
    """A contig: its name, and its bases in parts. The parts are read before the next contig is asked for, or not."""

    name: str
    parts: Iterator[bytes]
    fraction: float
    """Share of the file that lies before it, 0 to 1."""


def contigs_of(path: Path) -> Iterator[Contig]:
    """Give every contig of a file.

    Raises:
        ReferenceDataError: the file is neither FASTA nor 2bit, or damaged.

    """
    with path.open("rb") as file:
        start = file.read(4)
    try:
        if is_twobit(start):
            for place, (name, parts) in twobit_contigs(path):
                yield Contig(name, parts, place)
        else:
            yield from _fasta(path, zipped=start.startswith(_GZIP))
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ReferenceDataError(
            f"{path.name} is damaged: {error}", hint="Copy or download it again, and compare its checksum."
        ) from error


def _fasta(path: Path, *, zipped: bool) -> Iterator[Contig]:
    size = max(path.stat().st_size, 1)
    with path.open("rb") as raw:
        text = _Fasta(gzip.GzipFile(fileobj=raw).read if zipped else raw.read, path.name)
        while (name := text.next_name()) is not None:
            parts = text.parts()
            yield Contig(name, parts, min(raw.tell() / size, 1.0))
            for _ in parts:  # what was not read is passed over
                pass


class _Fasta:
    """A FASTA text, read in blocks; a contig ends where the next `>` begins."""

    def __init__(self, read: Callable[[int], bytes], name: str) -> None:
        self._read = read
        self._name = name
        self._held = self._read(BLOCK)
        if not self._held.lstrip(_BLANKS).startswith(b">"):
            raise ReferenceDataError(
                f"{name} is neither a FASTA nor a .2bit file: it begins with {self._held[:20]!r}.",
                hint="A FASTA begins with > and a name; it may be compressed with gzip or bgzip.",
            )
        self._held = self._held.lstrip(_BLANKS)

    def next_name(self) -> str | None:
        """Read the next line of a name; None at the end."""
        if not self._held:
            return None
        while b"\n" not in self._held and (more := self._read(BLOCK)):
            self._held += more
        line, _, self._held = self._held.partition(b"\n")
        words = line[1:].decode("utf-8", "replace").split()
        if not words:
            raise ReferenceDataError(f"{self._name} has a contig without a name.")
        return words[0]

    def parts(self) -> Iterator[bytes]:
        """Read on to the next contig."""
        while True:
            bases, found, rest = self._held.partition(b">")
            if clean := bases.translate(None, _BLANKS):
                yield clean
            self._held = found + rest
            if found:
                return
            self._held = self._read(BLOCK)
            if not self._held:
                return
