"""Files that are either whole or not there: written beside, synced, renamed; nobody else may read them."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fnmatch import fnmatch
from pathlib import Path

import psutil

from genoteca.errors import DataFolderError
from genoteca.seals import lift, set_seal

__all__ = [
    "LEAST_ROOM",
    "atomic_path",
    "below",
    "changed_at",
    "private_folder",
    "remove_empty_folders",
    "require_room",
    "sha256_of",
    "size_of",
    "sweep",
    "sweep_beside",
    "write_private",
]

LEAST_ROOM = 64 << 20
"""Bytes that must be free for the smallest genome."""


def private_folder(path: Path) -> Path:
    """Make a folder and its missing parents, for the owner only (0700)."""
    for folder in (*reversed(path.parents), path):
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
    return path


def below(folder: Path, pattern: str = "*") -> Iterator[Path]:
    """Give every file, folder and link below a folder whose name fits, sorted within each folder.

    Others may be at work there: a folder that goes away meanwhile holds nothing. Links are not followed.

    Raises:
        DataFolderError: a folder cannot be listed: what lies in it would be missing without a word.

    """
    for place, folders, files in os.walk(folder, onerror=_unlisted):
        folders.sort()
        for name in sorted((*folders, *files)):
            if fnmatch(name, pattern):
                yield Path(place, name)


def _unlisted(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise DataFolderError(
            f"{error.filename} cannot be listed: {error.strerror or error}.",
            hint="Is it yours, and is the disk well? Then try again.",
        ) from error


def size_of(path: Path) -> int:
    """Give the bytes of a file; 0: it has just gone, as the log of a database does."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def changed_at(path: Path) -> int:
    """Say when a file or folder was last changed, in ns since 1970; 0: it has just gone, or may not be looked at."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Give a hidden path beside `target` to write to; it takes the target's place only when all went well.

    A kill at any moment leaves the old file whole and at most a `.….tmp`, which `sweep` removes; outside of the data
    folder `sweep_beside` does.
    """
    beside = target.with_name(f".{target.name}.{os.getpid()}-{uuid.uuid4().hex}.tmp")
    try:
        yield beside
        beside.chmod(0o600)
        _sync(beside)
        beside.replace(target)
        _sync_folder(target.parent)
    finally:
        beside.unlink(missing_ok=True)


def write_private(path: Path, text: str, *, sealed: bool = False) -> None:
    """Write a text file in one step, for the owner only (0600); `sealed`: as a file that rests from now on."""
    private_folder(path.parent)
    lift(path)
    with atomic_path(path) as beside:
        beside.write_text(text, encoding="utf-8")
    if sealed:
        set_seal(path)
    else:
        lift(path)  # one that was set while this was being written


def require_room(folder: Path, size: int, *, people: int = 1) -> None:
    """See that the disk has room for a genome: twice a person's share of the file's `size`, in bytes.

    Raises:
        DataFolderError: it has not.

    """
    needed = max(LEAST_ROOM, 2 * size // max(people, 1))
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DataFolderError(
            f"The disk of {folder} has {free / 1e6:,.0f} MB free; this genome may take {needed / 1e6:,.0f} MB.",
            title="There is not enough room on the disk",
            hint="Make room, or move the data folder to another disk (--home or GENOTECA_HOME).",
        )


def sha256_of(path: Path) -> str:
    """Give the sha256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


LONG_AGO = 3600.0
"""Seconds after which nobody can still be writing a small file."""


def sweep(folder: Path) -> int:
    """Remove what a killed process left half-written under a folder, and say how many files that were.

    Tables are written by workers only, so where no worker lives all of theirs go. Anything else may be about to be
    renamed by another process or thread at this very moment, and goes when it is old.
    """
    before = time.time() - LONG_AGO
    count = 0
    for path in below(folder, ".*.tmp"):
        with suppress(FileNotFoundError):  # its writer has just renamed or removed it
            if path.is_file() and (".parquet." in path.name or path.stat().st_mtime < before):
                path.unlink()
                count += 1
    return count


def sweep_beside(target: Path) -> int:
    """Remove what killed processes left hidden beside a file or folder that they made; say how much that was.

    Each such name holds the number of its process: what one that lives may still write stays.
    """
    named = re.compile(rf"\.{re.escape(target.name)}\.(?P<pid>\d+)-[0-9a-f]{{32}}\.tmp")
    left = [(found, path) for path in target.parent.glob(".*.tmp") if (found := named.fullmatch(path.name))]
    gone = [path for found, path in left if not psutil.pid_exists(int(found["pid"]))]
    for path in gone:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(gone)


def remove_empty_folders(folder: Path, *, up_to: Path) -> None:
    """Remove a folder that is empty, and its parents below `up_to` that become empty by it."""
    while folder != up_to and folder.is_relative_to(up_to) and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable; Windows knows no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
