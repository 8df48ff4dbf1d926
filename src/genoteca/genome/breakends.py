"""Breakends: an ALT that says where the other side of a joint lies."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Mate", "is_breakend", "mate_of"]

# A contig's name may hold colons (HLA-A*01:01); the last one stands before the position.
_MATE = re.compile(r"[^\[\]]*(?P<bracket>[\[\]])(?P<contig>[^\[\]]+):(?P<pos>\d{1,9})(?P=bracket)[^\[\]]*")
_SINGLE = re.compile(r"\.[A-Z]+|[A-Z]+\.", re.IGNORECASE)


class Mate(NamedTuple):
    """The other side of a breakend: its contig as the file names it, and its 1-based position."""

    contig: str
    pos: int


def is_breakend(alt: str) -> bool:
    """Tell a breakend (`t[p[`, `t]p]`, `]p]t`, `[p[t`, `.t`, `t.`) from any other ALT.

    VCF 4.5 section 5.4, https://samtools.github.io/hts-specs/VCFv4.5.pdf.
    """
    return "[" in alt or "]" in alt or _SINGLE.fullmatch(alt) is not None


def mate_of(alt: str) -> Mate | None:
    """Read where the other side lies; None: a single breakend, or one that cannot be read."""
    told = _MATE.fullmatch(alt)
    return Mate(told["contig"], int(told["pos"])) if told else None
