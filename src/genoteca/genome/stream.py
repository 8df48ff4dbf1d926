"""The text of a genome file, decompressed as it is read, in blocks that end where a line ends."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from isal import igzip, isal_zlib

from genoteca.errors import GenomeFileError
from genoteca.genome.archive import source_of
from genoteca.genome.bcf import HEAD, BcfText, is_bcf
from genoteca.genome.expansion import Expansion
from genoteca.genome.sniff import refuse_other_binaries, refuse_other_text
from genoteca.genome.source import Readable

__all__ = ["GenomeText"]

BLOCK = 20 << 20
"""Bytes of text handled at once: some 90,000 records of one genome; half a second of work. More is not faster."""
LONGEST_LINE = 64 << 20
"""The longest real line we know, of a 3,202-sample call set, has 1.3 MB."""
MOST_WAITING = 10_000
"""Records of one position that wait for the next block."""
BGZIP_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that ends a whole bgzip file: SAM specification 4.1.2, https://samtools.github.io/hts-specs/SAMv1.pdf."""
_ISAL_DAMAGE: type[Exception] = isal_zlib.IsalError  # type: ignore[assignment] # its stub says instance
DAMAGE = (EOFError, OSError, zlib.error, _ISAL_DAMAGE)


class GenomeText:
    """A plain, gzip or bgzip text or BCF file, or one in a zip or tar, told apart by content; no name matters."""

    def __init__(self, path: Path, member: str | None = None) -> None:
        self.path = path
        self.warnings: list[str] = []
        self.unfinished = False
        self.format = "VCF"
        self.bytes = path.stat().st_size if path.is_file() else 0
        self._raw, self.member = source_of(path, member)
        self._bcf: BcfText | None = None
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        start = self._raw.peek(512)
        if not start:
            raise _empty(self.path)
        refuse_other_binaries(start, self.path.name)
        self.compression = _compression(start)
        self._unpacked = Expansion(self.path.name, self._raw.packed)
        self._text: Readable = self._raw
        if self.compression != "none":
            self._text = igzip.IGzipFile(fileobj=self._raw, mode="rb")  # type: ignore[no-untyped-call]
        self._rest = self._read(HEAD)
        if is_bcf(self._rest):
            self._text = self._bcf = BcfText(self._rest, self._text, self.path.name)
            self._rest, self.format = b"", "BCF"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._bcf is not None:
            self._bcf.close()
        self._raw.close()

    @property
    def fraction(self) -> float:
        """Share of the file that has been read, 0 to 1."""
        return self._raw.fraction

    def start(self, size: int) -> bytes:
        """Give the first `size` bytes of the text, before anything else is taken; they stay to be read."""
        self._rest += self._read(size)
        return self._rest

    def header(self) -> list[bytes]:
        """Take the lines up to and including `#CHROM`, without line ends; every later line is a record.

        Raises:
            GenomeFileError: empty, of another format, damaged, or without a `#CHROM` line.

        """
        lines: list[bytes] = []
        text = self._rest + self._read(1 << 16)
        self._rest = b""
        if not text.strip():
            raise _empty(self.path)
        refuse_other_binaries(text, self.path.name)
        text = text.removeprefix(b"\xef\xbb\xbf")
        refuse_other_text(text, self.path.name)
        while True:
            *whole, text = text.split(b"\n")
            for place, line in enumerate(whole):
                if not line.startswith(b"#"):
                    raise self._no_header(len(lines) + 1)
                lines.append(line.rstrip(b"\r"))
                if not line.startswith(b"##"):
                    self._rest = b"\n".join([*whole[place + 1 :], text])
                    return lines
            more = self._read(1 << 20)
            if not more:
                return self._header_without_end(lines, text)
            text += more
            self._refuse_long_line(len(text))

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """Give the text after the header, in blocks of about `size` bytes that end at a line end.

        Records of one CHROM and POS that follow each other stay in one block, unless they fill one. The last block
        ends as the file ends; `unfinished` then tells whether its line end is missing.

        Raises:
            GenomeFileError: the file is damaged, a line is longer than 64 MiB, or it is a decompression bomb.

        """
        buffer = bytearray(size)
        rest, self._rest = self._rest, b""
        while filled := self._fill(memoryview(buffer)):
            cut = buffer.rfind(b"\n", 0, filled) + 1
            cut = _position_start(buffer, cut) or cut
            if cut:
                yield b"".join([rest, memoryview(buffer)[:cut]])
                rest = bytes(memoryview(buffer)[cut:filled])
            else:
                rest += memoryview(buffer)[:filled]
                self._refuse_long_line(len(rest))
        if rest:
            if not rest.endswith(b"\n"):
                self.unfinished = True
            yield rest
        if self.compression == "bgzip" and self._raw.last != BGZIP_END:
            self.warnings.append("The bgzip end marker is missing: the file may have been cut off at its end.")

    def require_end(self) -> None:
        """Refuse a file that may have lost its end, after its last block: what a reference lacks is an answer.

        Raises:
            GenomeFileError: bgzip's marker of the end is missing.

        """
        if self.warnings:
            raise GenomeFileError(
                f"{self.path.name} is not whole: {self.warnings[0]}",
                hint="Copy or download it again. If it is whole, pack it anew: bgzip writes the marker at the end.",
            )

    def _fill(self, view: memoryview) -> int:
        filled = 0
        while filled < len(view) and (more := self._read_into(view[filled:])):
            filled += more
            self._unpacked.grew(more)
        return filled

    def _read(self, size: int) -> bytes:
        buffer = bytearray(size)
        return bytes(buffer[: self._fill(memoryview(buffer))])

    def _read_into(self, view: memoryview) -> int:
        try:
            return self._text.readinto(view) or 0
        except DAMAGE as error:
            raise GenomeFileError(
                f"{self.path.name} is damaged or cut off: its {self.compression} data cannot be decompressed near "
                f"byte {self._raw.given:,} of {self._raw.size:,} ({error}).",
                hint="Copy or download the file again and compare its size or checksum with the original.",
            ) from error

    def _refuse_long_line(self, length: int) -> None:
        if length > LONGEST_LINE:
            raise GenomeFileError(
                f"A line of {self.path.name} is longer than {LONGEST_LINE >> 20} MiB.",
                hint="A VCF has one record a line; check that the file is one.",
            )

    def _header_without_end(self, lines: list[bytes], text: bytes) -> list[bytes]:
        if text.startswith(b"#CHROM"):
            self.unfinished = True
            return [*lines, text.rstrip(b"\r")]
        if b"\r" in text and not lines:
            raise GenomeFileError(
                f"The lines of {self.path.name} end with a carriage return only, as on old Macs.",
                hint="Convert the line ends to Unix form (for example with: tr '\\r' '\\n').",
            )
        raise self._no_header(len(lines) + 1)

    def _no_header(self, line: int) -> GenomeFileError:
        return GenomeFileError(
            f"{self.path.name} has no #CHROM line before line {line}, where the first record was expected to follow.",
            hint="A VCF names its columns in a line that starts with #CHROM; without it nobody knows the samples.",
        )


def _compression(start: bytes) -> str:
    if not start.startswith(b"\x1f\x8b"):
        return "none"
    return "bgzip" if len(start) >= 18 and start[3] & 4 and start[12:14] == b"BC" else "gzip"


def _empty(path: Path) -> GenomeFileError:
    return GenomeFileError(
        f"{path.name} holds no text at all.", title="This file is empty", hint="Copy or download the file again."
    )


def _position_start(buffer: bytearray, end: int) -> int:
    """Where the records of the last position before `end` begin; `end` when they are too many to wait."""
    start = buffer.rfind(b"\n", 0, end - 1) + 1
    place = _place(buffer, start)
    for _ in range(MOST_WAITING):
        before = buffer.rfind(b"\n", 0, max(0, start - 1)) + 1
        if start == 0 or _place(buffer, before) != place:
            return start
        start = before
    return end


def _place(buffer: bytearray, start: int) -> bytes:
    first = buffer.find(b"\t", start)
    second = buffer.find(b"\t", first + 1) if first >= 0 else -1
    return bytes(buffer[start:second]) if second >= 0 else b""
