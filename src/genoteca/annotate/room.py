"""What an annotation may use of the computer: a folder for what is too large to hold, and memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["FRUGAL", "GIB", "ROOMY", "Room"]

GIB = 1 << 30

FRUGAL = 1 << 30
"""Bytes of memory below which an annotation works in smaller steps."""
ROOMY = 2 << 30
"""Bytes of memory from which on it works in larger ones: each takes its time however few sites it has."""


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
        if self.sites:
            return self.sites
        return 1 << 16 if self.memory < FRUGAL else 1 << 17 if self.memory < ROOMY else 1 << 18
