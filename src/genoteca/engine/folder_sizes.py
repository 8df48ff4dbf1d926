"""Counting what a folder takes on the disk, file by file, with a word on how far it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["Cancelled", "Seen", "size_below"]

Seen = Callable[[int, int], None]
"""Takes the files and the bytes counted so far."""
Cancelled = Callable[[], bool]

OFTEN = 2000
"""Files between two words on how far it is."""


def size_below(folder: Path, *, seen: Seen, cancelled: Cancelled) -> int | None:
    """Give the bytes of all files below a folder, or of the file that it is; None: cancelled.

    A file with several names (a hard link) counts where it is met first. Links to other places are not followed; what
    goes away meanwhile, or may not be looked at, counts nothing.
    """
    total = count = 0
    inodes = set[tuple[int, int]]()
    for entry in _files(folder):
        with suppress(OSError):
            stat = entry.stat(follow_symlinks=False)
            key = (stat.st_dev, stat.st_ino)
            if stat.st_nlink > 1 and key in inodes:
                continue
            if stat.st_nlink > 1:
                inodes.add(key)
            total += stat.st_size
        count += 1
        if count % OFTEN == 0:
            seen(count, total)
            if cancelled():
                return None
    seen(count, total)
    return total


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    waiting = [str(folder)]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    yield entry
