"""What the C library does with memory that is freed: kept for the next request, or given back."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

import pyarrow as pa

__all__ = ["give_back_freed_memory", "keep_freed_memory"]

# malloc.h of the GNU C library, https://man7.org/linux/man-pages/man3/mallopt.3.html
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
LARGEST = 32 << 20
"""The most that the library takes for M_MMAP_THRESHOLD on 64 bits."""
KEPT = 1 << 30
LARGE = 1 << 20
"""Bytes from which a piece is a mapping of its own. Of 4.6 million rows each column of numbers is 18 MB."""


@cache
def keep_freed_memory() -> None:
    """Let this process keep what it frees, for its next request, where the C library can be told so.

    Every block of a genome needs the same memory as the one before. Given back to the system in between, each page
    of it is cleared again and again: a twentieth of the processor time of a reading. The peak stays the same.
    """
    if _told((M_MMAP_THRESHOLD, LARGEST), (M_TRIM_THRESHOLD, KEPT)):
        pa.set_memory_pool(pa.system_memory_pool())


@cache
def give_back_freed_memory() -> None:
    """Let this process give back every large piece when it is freed, where the C library can be told so.

    Left to itself, the library keeps pieces of the size that was freed once, up to 32 MB; a process that stays open
    and now and then needs some tens of megabytes in one of its threads then grows by what lies between them.
    """
    _told((M_MMAP_THRESHOLD, LARGE))


def _told(*options: tuple[int, int]) -> bool:
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if library is None or not hasattr(library, "mallopt"):
        return False
    return all(library.mallopt(name, value) for name, value in options)
