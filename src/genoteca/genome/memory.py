"""Memory that a reading frees and asks for again, block after block."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

import pyarrow as pa

__all__ = ["keep_freed_memory"]

# malloc.h of the GNU C library, https://man7.org/linux/man-pages/man3/mallopt.3.html
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
LARGEST = 32 << 20
"""The most that the library takes for M_MMAP_THRESHOLD on 64 bits."""
KEPT = 1 << 30


@cache
def keep_freed_memory() -> None:
    """Let this process keep what it frees, for its next request, where the C library can be told so.

    Every block of a genome needs the same memory as the one before. Given back to the system in between, each page
    of it is cleared again and again: a twentieth of the processor time of a reading. The peak stays the same.
    """
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(M_MMAP_THRESHOLD, LARGEST)
        library.mallopt(M_TRIM_THRESHOLD, KEPT)
        pa.set_memory_pool(pa.system_memory_pool())
