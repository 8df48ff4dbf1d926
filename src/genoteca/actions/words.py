"""Counts and states in words, always with their denominator."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from genoteca.engine.release_choice import ANY_BUILD
from genoteca.model.evidence import Evidence

if TYPE_CHECKING:
    from genoteca.actions.views import DataUpdate

__all__ = [
    "answer_words",
    "left_words",
    "lift_words",
    "release_words",
    "size_words",
    "unusable_words",
    "update_words",
]

PHRASES = (
    ((Evidence.CALLED,), "found in your file"),
    ((Evidence.PARTIAL,), "known only in part"),
    ((Evidence.OTHER_ALLELE,), "with another genotype"),
    ((Evidence.REFERENCE,), "stated as reference"),
    ((Evidence.INFERRED,), "inferred to be reference"),
    ((Evidence.NO_CALL,), "that your file could not call"),
    ((Evidence.NOT_APPLICABLE,), "not applicable"),
    ((Evidence.NOT_COVERED,), "not covered"),
)


def answer_words(sites: int | None, evidence: Mapping[str, int], rows: int, *, lifted: str = "") -> str:
    """Say how many sites were looked at and what became of each: never a bare "nothing found".

    `lifted`: what `lift_words` says; where variants were lifted, what did not lift was not looked up.
    """
    if sites is None and lifted:
        return f"{rows:,} matches; every variant that could be lifted was looked up here"
    if sites is None:
        return f"{rows:,} matches; everything else you carry was looked up here and is absent"
    counted = [(sum(evidence.get(kind, 0) for kind in kinds), words) for kinds, words in PHRASES]
    told = ", ".join(f"{count:,} {words}" for count, words in counted if count)
    return f"{sites:,} sites: {told or 'none looked at'}"


def unusable_words(unusable: Mapping[str, int]) -> list[str]:
    """Say why calls of a DNA chip answer as no call, a line for each reason."""
    return [
        f"{number:,} {'call' if number == 1 else 'calls'} of the chip cannot be used: {reason}"
        for reason, number in unusable.items()
    ]


def lift_words(told: object) -> str:
    """Say what was lifted and what was not, with each reason, from a record's `lifted`; empty: nothing was."""
    if not isinstance(told, Mapping):
        return ""
    aside = told.get("set_aside")
    reasons = aside if isinstance(aside, Mapping) else {}
    lost = sum(count for count in reasons.values() if isinstance(count, int))
    if told.get("what") == "variants":
        text = f"The variants were lifted to {told.get('from')}"
    else:
        text = f"The module's {told.get('lifted'):,} sites were lifted from {told.get('from')}"
    if swapped := told.get("swapped"):
        text += f"; at {swapped:,} the reference base differs, and the alleles were swapped"
    if lost:
        text += f". {lost:,} could not be used: " + "; ".join(
            f"{count:,} {words}" for words, count in reasons.items()
        )
    return f"{text}."


def left_words(seconds: float | None) -> str:
    """Say about how long something will still take, no finer than it is known; empty: not known."""
    if seconds is None:
        return ""
    if seconds < 10:
        return "a few seconds left"
    if seconds <= 50:
        return f"about {math.ceil(seconds / 10) * 10} seconds left"
    minutes = round(seconds / 60)
    if minutes < 60:
        return "about 1 minute left" if minutes <= 1 else f"about {minutes} minutes left"
    hours = round(minutes / 60)
    return "about 1 hour left" if hours == 1 else f"about {hours} hours left"


def release_words(name: str) -> str:
    """Say the name of a release; of a commit its first letters, as everybody writes it."""
    return name[:8] if re.fullmatch(r"[0-9a-f]{40}", name) else name


def update_words(update: DataUpdate) -> str:
    """Say what is newer: `2026-02-26 → 2026-03-05 (GRCh38)`."""
    there = release_words(update.release) or "a newer one"
    build = "" if update.build == ANY_BUILD else f" ({update.build})"
    return f"{release_words(update.have)} → {there}{build}"


def size_words(size: int) -> str:
    """Say a number of bytes as a person would (1 kB = 1000 bytes)."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} bytes"
