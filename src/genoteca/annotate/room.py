"""What an annotation may use of the computer: a folder for what is too large to hold, and memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["FRUGAL", "GIB", "Room"]

GIB = 1 << 30

FRUGAL = 1 << 30
"""Bytes of memory below which an annotation works in smaller steps."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """What one annotation may use; it changes speed, never the answer."""

    scratch: Path | None = None
    """An empty folder where large tables are written; None: a table of any size stays in memory."""
    cache: Path | None = None
    """A folder for what the next annotations with the same reference need again; None: it is made each time."""
    memory: int = 4 * GIB
    """Bytes of memory to aim at."""
    sites: int | None = None
    """Sites answered at once; None: by the memory."""

    @property
    def step(self) -> int:
        """Give how many sites are answered at once, and how many answers are kept out of a file."""
        return self.sites or (1 << 16 if self.memory < FRUGAL else 1 << 17)
