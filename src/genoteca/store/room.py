"""Room on the disk, looked at before an install writes anything."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from genoteca.errors import InstallError
from genoteca.store.digest import source_files

__all__ = ["require_room", "size_of", "unpacked_bytes"]

SPARE = 64 << 20
"""Bytes left free beside what is written, so that the disk never fills to the brim."""


def require_room(folder: Path, needed: int, *, doing: str) -> None:
    """Check that so many bytes find room on the disk of a folder (or of the nearest one above it that is there).

    Raises InstallError.
    """
    there = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(there).free
    if free < needed + SPARE:
        raise InstallError(
            f"{doing} needs {(needed + SPARE) / 1e6:,.0f} MB in {folder}; {free / 1e6:,.0f} MB are free.",
            title="There is not enough room on the disk",
            hint="Nothing was written. Make room, then install again.",
        )


def size_of(source: Path) -> int:
    """Give the bytes of a file, or of all that a wheel would be built from."""
    files = [source] if source.is_file() else source_files(source)
    return sum(path.stat().st_size for path in files)


def unpacked_bytes(wheels: Iterable[Path]) -> int:
    """Give the bytes that wheels take unpacked; one that is damaged counts nothing, unpacking will say so."""
    total = 0
    for wheel in wheels:
        try:
            with ZipFile(wheel) as archive:
                total += sum(member.file_size for member in archive.infolist())
        except (BadZipFile, OSError):
            continue
    return total
