"""Opening what a boxed script left behind: a link there may name any file of the user's."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from genoteca.errors import DatasetError

__all__ = ["copy_plain", "read_plain"]


def read_plain(path: Path, *, most: int) -> bytes:
    """Read a plain file; raises DatasetError where it is none, or longer than `most` bytes."""
    with os.fdopen(_opened(path, most), "rb") as file:
        return file.read(most)


def copy_plain(path: Path, target: Path, *, most: int) -> Path:
    """Copy a plain file out of the script's reach; raises DatasetError where it is none, or longer than `most`."""
    with os.fdopen(_opened(path, most), "rb") as file, target.open("xb") as copy:
        shutil.copyfileobj(file, copy, 1 << 20)
    return target


def _opened(path: Path, most: int) -> int:
    # A link is not followed, and a pipe not waited for.
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise DatasetError(
            f"{path.name} cannot be read: {error.strerror}.", hint="Tell the module's author."
        ) from error
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1 or found.st_size > most or path.is_symlink():
        os.close(descriptor)
        raise DatasetError(
            f"{path.name} is not a plain file of at most {most} bytes.", hint="Tell the module's author."
        )
    return descriptor
