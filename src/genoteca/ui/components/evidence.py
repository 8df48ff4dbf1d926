"""How the answers of a module are known, drawn so that no colour is needed to read it."""

from __future__ import annotations

from collections.abc import Mapping

from nicegui import ui

from genoteca.model.evidence import EVIDENCE_ORDER, Evidence, Shape
from genoteca.ui import words
from genoteca.ui.components.boxes import box
from genoteca.ui.components.notice import notice

__all__ = ["evidence_bar", "evidence_mark", "nothing_known", "says_nothing"]

_ORDER = (Shape.ANSWERED, Shape.REFERENCE, Shape.NOT_CALLABLE, Shape.NOT_APPLICABLE)


def evidence_bar(evidence: Mapping[str, int]) -> None:
    """Draw one bar in up to four patterns, and below it every kind of evidence with its shape, name and count.

    Where nothing is counted, as all stays closed until the person asks, there is none.
    """
    counts = {kind: evidence.get(kind, 0) for kind in EVIDENCE_ORDER if evidence.get(kind, 0)}
    if not counts:
        return
    told = ", ".join(f"{words.EVIDENCE[kind]} {number}" for kind, number in counts.items())
    drawn = box("bar").props("role=img")
    drawn.props["aria-label"] = f"Evidence: {told}"
    with drawn:
        for shape in _ORDER:
            total = sum(number for kind, number in counts.items() if kind.shape is shape)
            if total:
                box(words.shape_class(shape)).style(f"flex: {total} 1 0")
    with box("legend"):
        for kind in sorted(counts, key=lambda k: _ORDER.index(k.shape)):
            with box():
                evidence_mark(kind)
                ui.label(words.EVIDENCE[kind])
                ui.label(words.count(counts[kind])).classes("strong")
                ui.tooltip(words.sentence(kind.words))


def nothing_known(evidence: Mapping[str, int]) -> None:
    """Say so where a module has looked everywhere and the file told nothing: this is no "nothing was found"."""
    if not says_nothing(evidence):
        return
    with notice(
        "warn",
        "Your file says nothing about these places",
        "That is no result, neither good nor bad: the file does not cover what this module looks at, or not well "
        "enough to tell.",
    ):
        pass


def says_nothing(evidence: Mapping[str, int]) -> bool:
    """Tell whether a module has looked somewhere, and the file knows none of it."""
    known = sum(evidence.get(kind, 0) for kind in Evidence if kind.shape in (Shape.ANSWERED, Shape.REFERENCE))
    return not known and sum(evidence.values()) > 0


def evidence_mark(kind: Evidence) -> None:
    """Draw the shape of one kind of evidence."""
    box(f"shape {words.shape_class(kind.shape)}", "span").props("aria-hidden=true")
