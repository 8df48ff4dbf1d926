"""The disk under a download: whether there is room, and what it refuses, in words."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from genoteca.errors import FetchError

__all__ = ["disk_errors", "require_room"]

SPARE_DISK = 64 << 20
"""Bytes left free beside a download, so that the disk never fills to the brim."""


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Say in words what the disk refuses.

    Raises:
        FetchError: full, or not writable.

    """
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise FetchError(
            f"{error.filename or folder}: {error.strerror or error}.",
            title="The disk is full" if full else "The download cannot be stored",
            hint="Make room and start the run again." if full else "Check that the data folder can be written.",
        ) from error


def require_room(folder: Path, needed: int) -> None:
    """Check that so many bytes more find room beside what is there.

    Raises:
        FetchError: they do not.

    """
    free = shutil.disk_usage(folder).free
    if needed > 0 and free < needed + SPARE_DISK:
        raise FetchError(
            f"The download needs {needed / 1e6:.0f} MB more in {folder}; {free / 1e6:.0f} MB are free.",
            title="There is not enough room on the disk",
            hint="Make room, then start the run again: it goes on where it stopped.",
        )
