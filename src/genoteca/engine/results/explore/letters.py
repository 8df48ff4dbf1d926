"""Which bytes stand in a column of text, so that a search passes over the columns that cannot hold its words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["Letters", "could_hold", "searched"]

UPPER = frozenset(range(ord("A"), ord("Z") + 1))
LOWER = frozenset(range(ord("a"), ord("z") + 1))
FIRST_BEYOND_ASCII = 128
SHIFT = ord("a") - ord("A")


class Letters:
    """The bytes of every column of text, gathered frame by frame."""

    def __init__(self) -> None:
        self._seen: dict[str, npt.NDArray[np.bool_]] = {}

    def add(self, frame: pl.DataFrame) -> None:
        """Look at the texts of one more frame."""
        for name, kind in frame.schema.items():
            if isinstance(kind, pl.Enum):
                self._note(name, pl.Series(kind.categories).str.join("").cast(pl.String))
            elif kind == pl.String:
                self._note(name, frame[name].drop_nulls())

    def told(self) -> dict[str, str]:
        """Give them as digits, by column."""
        return {name: np.packbits(seen).tobytes().hex() for name, seen in self._seen.items()}

    def _note(self, name: str, texts: pl.Series) -> None:
        seen = self._seen.setdefault(name, np.zeros(256, np.bool_))
        for chunk in texts.rechunk().to_arrow().cast("large_string").buffers()[2:]:
            if chunk is not None:
                seen |= np.bincount(np.frombuffer(chunk, np.uint8), minlength=256) > 0


def _bytes(told: str) -> frozenset[int]:
    return frozenset(np.flatnonzero(np.unpackbits(np.frombuffer(bytes.fromhex(told), np.uint8))).tolist())


def could_hold(told: str, text: str) -> bool:
    """Whether a column with these bytes could hold a text, without regard to case."""
    known = _bytes(told)
    wanted = text.lower().encode()
    if any(byte >= FIRST_BEYOND_ASCII for byte in (*wanted, *known)):
        return True  # beyond ASCII, upper and lower case may be other bytes altogether
    return all(byte in known or (byte in LOWER and byte - SHIFT in known) for byte in wanted)


def searched(told: str, expression: str) -> str:
    """Give the condition that a column holds a text (bound once, in any case), in the cheapest way that is right."""
    known = _bytes(told)
    if any(byte >= FIRST_BEYOND_ASCII for byte in known) or (known & UPPER and known & LOWER):
        return f"contains(lower({expression}), lower(?))"
    if known & UPPER:
        return f"contains({expression}, upper(?))"
    return f"contains({expression}, lower(?))"
