"""What a person types to be taken to a place in a genome: an rsID, a region, a variant."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from genoteca.model.build import Build, chromosome

__all__ = ["Jump", "JumpKind", "jump_of"]

_RSID = re.compile(r"rs\d{1,12}", re.IGNORECASE)
_CHROM = r"(?:chr(?:omosome)?\s*)?(?P<chrom>[0-9]{1,2}|x|y|mt?)"
_NUMBER = r"\d(?:[,.' ]?\d)*(?:[km]b?)?"
_SPAN = re.compile(rf"{_CHROM}\s*:\s*(?P<start>{_NUMBER})(?:\s*(?:-|–|\.\.|to)\s*(?P<end>{_NUMBER}))?", re.IGNORECASE)
_WHOLE = re.compile(r"chr(?:omosome)?\s*(?P<chrom>[0-9]{1,2}|x|y|mt?)", re.IGNORECASE)
_VARIANT = re.compile(
    rf"{_CHROM}\s*[-:_ ]\s*(?:g\.)?(?P<pos>\d[\d,]*)\s*[-:_ ]?\s*(?P<ref>[acgt]+)\s*[-:_>/ ]\s*(?P<alt>[acgt]+)",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\d{1,3}(\.\d{3})+")
_TIMES = {"k": 1_000, "m": 1_000_000}


class JumpKind(StrEnum):
    """What sort of place it is."""

    RSID = "rsid"
    REGION = "region"
    VARIANT = "variant"


class Jump(NamedTuple):
    """A place in one writing, whatever was typed."""

    kind: JumpKind
    text: str
    """`rs4988235`; `17:43000000-43100000`, 1-based with both ends; `17-43094692-G-A`."""
    shown: str
    """As a person reads it."""


def jump_of(text: str, build: Build | None = None) -> Jump | None:
    """Read what was typed; None: it is none of these, or no such place lies in the build.

    `build`: of the genome that is looked at; None: any. Thousands may be parted by commas, and `43.1M` or `500k` is
    understood. An end before the start is taken for the start.
    """
    typed = text.strip()
    if _RSID.fullmatch(typed):
        return Jump(JumpKind.RSID, typed.lower(), typed.lower())
    return _variant(typed, build) or _region(typed, build)


def _variant(typed: str, build: Build | None) -> Jump | None:
    told = _VARIANT.fullmatch(typed)
    if told is None:
        return None
    chrom, pos = chromosome(told["chrom"]), int(told["pos"].replace(",", ""))
    ref, alt = told["ref"].upper(), told["alt"].upper()
    if chrom is None or not _holds(build, chrom, pos) or ref == alt:
        return None
    return Jump(JumpKind.VARIANT, f"{chrom}-{pos}-{ref}-{alt}", f"chr{chrom}:{pos:,} {ref}>{alt}")


def _region(typed: str, build: Build | None) -> Jump | None:
    whole = _WHOLE.fullmatch(typed)
    told = whole or _SPAN.fullmatch(typed)
    chrom = chromosome(told["chrom"]) if told else None
    if told is None or chrom is None:
        return None
    longest = _length(build, chrom)
    if whole:
        return _span(chrom, 1, longest, f"chromosome {chrom}")
    first = _number(told["start"])
    last = _number(told["end"]) if told["end"] else first
    if first is None or last is None:
        return None
    start, end = sorted((first, last))
    if not 1 <= start <= longest:
        return None
    end = min(end, longest)
    return _span(chrom, start, end, f"chr{chrom}:{start:,}" + (f"-{end:,}" if end > start else ""))


def _span(chrom: str, start: int, end: int, shown: str) -> Jump:
    return Jump(JumpKind.REGION, f"{chrom}:{start}-{end}", shown)


def _number(written: str) -> int | None:
    """Read `43,000,000`, `43.000.000`, `43.1M` or `500k`; a fraction of a base is no number of one."""
    plain = re.sub(r"[,' ]", "", written).lower().removesuffix("b")
    if _DOTTED.fullmatch(plain):
        plain = plain.replace(".", "")
    letter = plain[-1:] if plain[-1:] in _TIMES else ""
    try:
        return round(float(plain[:-1]) * _TIMES[letter]) if letter else int(plain)
    except ValueError:
        return None


def _length(build: Build | None, chrom: str) -> int:
    """Give the length of a chromosome; of no build in particular, that of the longest."""
    return max(one.lengths[chrom] for one in ([build] if build else Build))


def _holds(build: Build | None, chrom: str, pos: int) -> bool:
    return 1 <= pos <= _length(build, chrom)
