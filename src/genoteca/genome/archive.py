"""Genomes inside a zip or tar archive: which there are, and the bytes of one. Nothing is unpacked to the disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from isal import igzip, isal_zlib

from genoteca.errors import GenomeFileError
from genoteca.genome.expansion import Expansion
from genoteca.genome.sniff import is_genome
from genoteca.genome.source import Readable, Source, file_opened
from genoteca.genome.tar import TarMember, is_tar, tar_members

__all__ = ["genome_members", "source_of"]

MOST_FILES = 1000
"""Files of one archive that are looked into; more than that is no delivery of a genome."""
MOST_NAMES = 16 << 20
"""Bytes of a zip's list of names: 100,000 files have some 10 MB."""
LOOK = 1 << 16
"""Bytes of a file that tell whether it is a genome."""
_READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OTHERS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "xz"}
"""Ways of packing in a zip that are not read, by their number in APPNOTE.TXT 4.4.5."""
_ISAL_DAMAGE: type[Exception] = isal_zlib.IsalError  # type: ignore[assignment] # its stub says instance
_DAMAGE = (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError)


@dataclass(slots=True)
class _Member:
    """One file of an archive; its bytes can be read until the next one is asked for."""

    name: str
    size: int
    opened: Callable[[], Readable]
    packed: Callable[[], int]


def source_of(path: Path, member: str | None) -> tuple[Source, str | None]:
    """Open the stored bytes of a genome: of the file itself, or of one member when it is an archive.

    Gives the member's name with them. `member` may be left out while the archive holds one genome.

    Raises:
        GenomeFileError: the file cannot be opened, is a damaged archive, or leaves open which genome is meant.

    """
    raw = file_opened(path)
    try:
        kind = _archive_kind(raw)
        if kind:
            return _member_source(raw, kind, path, member or _the_only_one(path, genome_members(path)))
        if member is None:
            return _file_source(raw), None
    except BaseException:
        raw.close()
        raise
    raw.close()
    raise GenomeFileError(f"{path.name} is no archive, and holds no {member!r}.", hint="Name no file inside it.")


def _file_source(raw: io.FileIO) -> Source:
    size = raw.seek(0, io.SEEK_END)
    raw.seek(0)
    return Source(raw, size, close=raw.close)


def _member_source(raw: io.FileIO, kind: str, path: Path, member: str) -> tuple[Source, str]:
    for one in _members(raw, kind, path.name):
        if one.name == member:
            inner = _Checked(one.opened(), path.name)
            return Source(inner, one.size, close=raw.close, packed=one.packed), member
    raise GenomeFileError(
        f"{path.name} holds no {member!r}; it holds {', '.join(genome_members(path))}.", hint="Choose one of these."
    )


def genome_members(path: Path) -> list[str]:
    """Name the genomes in an archive, in its order; empty: it is no archive.

    Other files in it (a readme, an index, a report) and archives inside it are passed over.

    Raises:
        GenomeFileError: the archive is damaged, locked with a password, or holds no genome.

    """
    with file_opened(path) as raw:
        kind = _archive_kind(raw)
        if not kind:
            return []
        genomes: list[str] = []
        others: list[str] = []
        for place, one in enumerate(_members(raw, kind, path.name)):
            if place == MOST_FILES:
                raise _unusable(path.name, f"holds more than {MOST_FILES:,} files")
            (genomes if is_genome(_start(one, path.name)) else others).append(one.name)
    if not genomes:
        raise _without_genome(path.name, others)
    twice = sorted({name for name in genomes if genomes.count(name) > 1})
    if twice:
        raise _unusable(path.name, f"holds {twice[0]!r} more than once: which is meant cannot be told")
    return genomes


def _archive_kind(raw: io.FileIO) -> str:
    """Tell `zip`, `tar` and `tar.gz`; empty: no archive. The file is left at its start."""
    start = raw.read(512)
    raw.seek(0)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if is_tar(start):
        return "tar"
    if not start.startswith(b"\x1f\x8b"):
        return ""
    unpacked = _unpacked(raw.read(LOOK))
    raw.seek(0)
    return "tar.gz" if is_tar(unpacked) else ""


def _unpacked(start: bytes) -> bytes:
    """Unpack the first 512 bytes, or as many as can be told, of gzip data."""
    unpacker = isal_zlib.decompressobj(wbits=31)
    try:
        return unpacker.decompress(start, 512)
    except (_ISAL_DAMAGE, OSError, EOFError, ValueError):
        return b""


def _members(raw: io.FileIO, kind: str, name: str) -> Iterator[_Member]:
    return _of_zip(raw, name) if kind == "zip" else _of_tar(raw, name, packed=kind == "tar.gz")


def _of_zip(raw: io.FileIO, name: str) -> Iterator[_Member]:
    try:
        _refuse_endless_list(raw, name)
        archive = zipfile.ZipFile(raw)
    except _DAMAGE as error:
        raise _damaged(name, error) from error
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        if entry.flag_bits & 1:
            raise GenomeFileError(
                f"{name} is locked with a password ({entry.filename}).",
                title="This archive is locked",
                hint="Unpack it with its password and open the genome file inside.",
            )
        if entry.compress_type not in _READ:
            method = _OTHERS.get(entry.compress_type, f"method {entry.compress_type}")
            raise _unusable(name, f"packs {entry.filename} by {method}, which is not read here")

        def opened(entry: zipfile.ZipInfo = entry) -> Readable:
            try:
                return archive.open(entry)  # type: ignore[return-value] # its stub lacks the buffer's type
            except _DAMAGE as error:
                raise _damaged(name, error) from error

        yield _Member(entry.filename, entry.file_size, opened, _since(raw, entry.header_offset))


def _refuse_endless_list(raw: io.FileIO, name: str) -> None:
    """Look at how long the list of names is, before all of it is taken into memory.

    The record at the end of a zip: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.16.
    """
    size = raw.seek(0, io.SEEK_END)
    raw.seek(max(0, size - (1 << 16) - 22))
    end = raw.read()
    place = end.rfind(b"PK\x05\x06")
    told = int.from_bytes(end[place + 12 : place + 16], "little") if place >= 0 else 0
    if told != 0xFFFFFFFF and told > MOST_NAMES:
        raise _unusable(name, f"has a list of names of {told:,} bytes")


def _of_tar(raw: io.FileIO, name: str, *, packed: bool) -> Iterator[_Member]:
    inner: Readable = raw
    if packed:
        inner = _Guarded(igzip.IGzipFile(fileobj=raw, mode="rb"), Expansion(name, raw.tell))  # type: ignore[no-untyped-call]
    for one in tar_members(_Checked(inner, name)):

        def opened(one: TarMember = one) -> Readable:
            return one

        yield _Member(one.name, one.size, opened, _since(raw, raw.tell()))


def _since(raw: io.FileIO, start: int) -> Callable[[], int]:
    """Make a function that tells how many bytes of the file were read from `start` on."""
    return lambda: max(1, raw.tell() - start)


@dataclass(frozen=True, slots=True)
class _Guarded:
    """Bytes that are counted as they are unpacked."""

    inner: Readable
    expansion: Expansion

    def readinto(self, view: memoryview, /) -> int:
        count = self.inner.readinto(view) or 0
        self.expansion.grew(count)
        return count


@dataclass(frozen=True, slots=True)
class _Checked:
    """Bytes of an archive whose damage is told in words."""

    inner: Readable
    name: str

    def readinto(self, view: memoryview, /) -> int:
        try:
            return self.inner.readinto(view) or 0
        except (*_DAMAGE, _ISAL_DAMAGE) as error:
            raise _damaged(self.name, error) from error


def _start(one: _Member, name: str) -> bytes:
    """Give the first text of a member, unpacked when it is gzip; what cannot be unpacked is given as it is stored."""
    source = Source(_Checked(one.opened(), name), one.size, close=lambda: None)
    start = source.peek(min(LOOK, one.size))
    return (_unpacked(start) or start) if start.startswith(b"\x1f\x8b") else start


def _the_only_one(path: Path, genomes: list[str]) -> str:
    if len(genomes) == 1:
        return genomes[0]
    shown = ", ".join(genomes[:10]) + (" …" if len(genomes) > 10 else "")
    raise GenomeFileError(
        f"{path.name} holds {len(genomes):,} genome files: {shown}.",
        title="Which file of this archive?",
        hint="Choose one (on the command line: --member NAME); each can be added by itself.",
    )


def _without_genome(name: str, others: list[str]) -> GenomeFileError:
    shown = ", ".join(others[:5]) + (f" and {len(others) - 5:,} more" if len(others) > 5 else "")
    inside = f"it holds {shown}" if others else "it holds no file at all"
    return GenomeFileError(
        f"{name} is an archive without a genome file: {inside}.",
        title="There is no genome in this archive",
        hint="An archive inside it is not looked into: unpack it first, then open the VCF or array file.",
    )


def _unusable(name: str, why: str) -> GenomeFileError:
    return GenomeFileError(f"{name} {why}.", hint="Unpack the archive and open the genome file inside.")


def _damaged(name: str, error: Exception) -> GenomeFileError:
    return GenomeFileError(
        f"The archive {name} is damaged or cut off ({error}).",
        hint="Copy or download it again, or unpack it and open the genome file inside.",
    )
