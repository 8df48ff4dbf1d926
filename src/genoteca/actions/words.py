"""Counts and states in words, always with their denominator."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from genoteca.engine.release_choice import ANY_BUILD
from genoteca.model.counted import counted
from genoteca.model.evidence import Evidence
from genoteca.model.export import ExportReport, ModuleExport
from genoteca.model.formats import whole, written

if TYPE_CHECKING:
    from genoteca.actions.module_views import DataUpdate
    from genoteca.store.record import Change

__all__ = [
    "answer_words",
    "change_words",
    "counted",
    "export_words",
    "lasting_words",
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


def answer_words(
    sites: int | None,
    evidence: Mapping[str, int],
    rows: int,
    *,
    lifted: str = "",
    unusable: bool = False,
    places: bool = False,
    closed: int = 0,
) -> str:
    """Say how many sites were looked at and what became of each: never a bare "nothing found".

    `lifted`: what `lift_words` says; where variants were lifted, what did not lift was not looked up.
    `unusable`: whether there are calls that could not be looked up; `unusable_words` says why.
    `closed`: answers in none of the other numbers, which stay closed until the person asks.
    `places`: whether intervals or positions were looked at and no alleles: nothing can be absent from such a list.
    """
    if closed:
        more = f"{counted(closed, 'answer')} {'opens' if closed == 1 else 'open'} only when you ask"
        told = answer_words(sites, evidence, rows, lifted=lifted, unusable=unusable, places=places)
        return f"{told}; {more}" if sites or rows else more
    if sites is None:
        other = "else " if rows else ""
        rest = _of_the_rest(other, lifted=lifted, unusable=unusable, places=places)
        return f"{counted(rows, 'match', 'matches')}; {rest}"
    parts = [(sum(evidence.get(kind, 0) for kind in kinds), words) for kinds, words in PHRASES]
    told = ", ".join(f"{whole(count)} {words}" for count, words in parts if count)
    return f"{counted(sites, 'site')}: {told or 'none looked at'}"


def _of_the_rest(other: str, *, lifted: str, unusable: bool, places: bool) -> str:
    """Say of a module that lists only what is carried what no match means; `other`: `else ` beside matches."""
    if places:
        where = "a place that it lists and that could be lifted" if lifted else "a place that it lists"
        which = "that could be looked up lies" if unusable else "lies"
        return f"nothing {other}you carry {which} at {where}"
    if lifted:
        return "every variant that could be lifted was looked up here"
    if unusable:
        return f"everything {other}you carry that could be looked up here is absent"
    return f"everything {other}you carry was looked up here and is absent"


def unusable_words(unusable: Mapping[str, int]) -> list[str]:
    """Say why calls cannot be used, a line for each reason: of a chip, or where a module has no data."""
    return [
        f"{counted(number, 'call')} of this genome cannot be used: {reason}" for reason, number in unusable.items()
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
        text = f"The module's {whole(told['lifted'])} sites were lifted from {told.get('from')}"
    if swapped := told.get("swapped"):
        text += f"; at {whole(swapped)} the reference base differs, and the alleles were swapped"
    if lost:
        text += f". {whole(lost)} could not be used: " + "; ".join(
            f"{whole(count)} {words}" for words, count in reasons.items()
        )
    return f"{text}."


def left_words(seconds: float | None) -> str:
    """Say about how long something will still take, no finer than it is known; empty: not known."""
    return "" if seconds is None else f"{lasting_words(seconds)} left"


def lasting_words(seconds: float) -> str:
    """Say about how long something takes, no finer than it is known."""
    if seconds < 10:
        return "a few seconds"
    if seconds <= 50:
        return f"about {math.ceil(seconds / 10) * 10} seconds"
    minutes = round(seconds / 60)
    if minutes < 60:
        return "about 1 minute" if minutes <= 1 else f"about {minutes} minutes"
    hours = round(minutes / 60)
    return "about 1 hour" if hours == 1 else f"about {hours} hours"


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
            return f"{written(f'{size / factor:.3g}')} {unit}"
    return f"{size} bytes"


def export_words(report: ExportReport) -> list[str]:
    """Say where every answer of an export went, what was left out, and what a reader must know."""
    is_vcf = report.format == "vcf"
    told = [_module_words(one, is_vcf=is_vcf) for one in report.modules.values()]
    told += [f"{module} is not in it: {why}." for module, why in report.not_included.items()]
    told += [
        f"{counted(count, 'line')} of the source file, no {'record' if count == 1 else 'records'} ({why}): left out."
        for why, count in report.left_out.items()
    ]
    return [*told, *report.notes]


def _module_words(one: ModuleExport, *, is_vcf: bool) -> str:
    elsewhere = sum(one.elsewhere.values())
    named = {Evidence(name).value.replace("_", " "): count for name, count in one.elsewhere.items()}
    kinds = ", ".join(f"{whole(count)} {name}" for name, count in named.items())
    without = "without a record, not in this file" if is_vcf else "in rows of their own"
    parts = [
        f"{whole(one.on_variants)} beside their variant",
        f"{whole(one.further)} more about the same variants" if one.further else "",
        f"{whole(one.on_records)} on records that do not carry the module's allele" if one.on_records else "",
        f"{whole(elsewhere)} {without} ({kinds})" if elsewhere else "",
        f"{whole(one.hidden)} left out, hidden until you ask" if one.hidden else "",
    ]
    release = f" {one.release}" if one.release else ""
    rows = counted(one.rows, "answer")
    if one.sites is not None and one.sites != one.rows:
        rows = f"{counted(one.sites, 'site')} looked at, {rows} (of a site that is not covered there may be none)"
    return f"{one.title}{release}: {rows}: {', '.join(filter(None, parts))}."


def change_words(change: Change) -> str:
    """Say what became of a module: `ClinVar 1.0.0 → 1.1.0`."""
    if not change.before:
        return f"{change.title} {change.after} installed"
    if not change.after:
        return f"{change.title} {change.before} removed"
    if change.before == change.after:
        return f"{change.title} {change.after} with other contents"
    return f"{change.title} {change.before} → {change.after}"
