"""Fingerprints of files and of source folders."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

__all__ = ["file_digest", "source_digest", "source_files"]

BESIDE = frozenset({"tests", "test", "dist", "build", "node_modules"})
"""Folders at the top of a source that are not the module."""
LEFTOVERS = ("__pycache__", ".pyc", ".egg-info")


def file_digest(path: Path) -> str:
    """Give the sha256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def source_files(source: Path) -> Iterator[Path]:
    """Walk what a wheel is built from, in a stable order: no hidden file, byte code or link, no tests beside it."""
    for path in sorted(source.iterdir()):
        if path.name not in BESIDE:
            yield from _files(path)


def _files(path: Path) -> Iterator[Path]:
    if path.is_symlink() or path.name.startswith(".") or path.name.endswith(LEFTOVERS):
        return
    if path.is_dir():
        for inside in sorted(path.iterdir()):
            yield from _files(inside)
    elif path.is_file():
        yield path


def source_digest(source: Path) -> str:
    """Give the sha256 over names and contents of a source folder: it changes when the wheel built from it would."""
    digest = hashlib.sha256()
    for path in source_files(source):
        digest.update(f"{path.relative_to(source).as_posix()}\0{file_digest(path)}\n".encode())
    return digest.hexdigest()
