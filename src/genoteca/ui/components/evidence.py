"""How the answers of a module are known, drawn so that no colour is needed to read it."""

from __future__ import annotations

from collections.abc import Mapping

from nicegui import ui
from pydantic import JsonValue

from genoteca.actions import ExploreModule
from genoteca.model.evidence import EVIDENCE_ORDER, Evidence, Shape
from genoteca.ui import words
from genoteca.ui.components.boxes import box, said, stack
from genoteca.ui.components.buttons import link
from genoteca.ui.components.notice import notice
from genoteca.ui.components.term import explained, term

__all__ = [
    "evidence_bar",
    "evidence_legend",
    "evidence_mark",
    "nothing_known",
    "says_nothing",
    "shape_mark",
    "silent_cell",
]

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
                term(words.EVIDENCE[kind])
                ui.label(words.count(counts[kind])).classes("strong")


def nothing_known(evidence: Mapping[str, int]) -> None:
    """Say so where a module has looked everywhere and the file told nothing: this is no "nothing was found"."""
    if not says_nothing(evidence):
        return
    with notice(
        "warn",
        "Your file cannot answer for these places",
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
    box(f"shape {words.evidence_class(kind)}", "span").props("aria-hidden=true")


def shape_mark(shape: Shape) -> None:
    """Draw a shape; what it means stands beside it in words."""
    box(f"shape {words.shape_class(shape)}", "span").props("aria-hidden=true")


def silent_cell(module: ExploreModule) -> dict[str, JsonValue]:
    """Describe to the explorer's grid the cells of a module that say nothing, by the kind of their row.

    Only a row about a variant tells that nothing is listed; further rows and sites are about one module's answer.
    """
    own = "It looks at places of its own, and this variant is not one of them." if module.dense else _ABSENT
    why = " ".join(filter(None, (own, words.sentence(module.lifted), words.sentence(module.why))))
    text, shape = ("not one of its sites", Shape.ABSENT) if module.dense else ("looked up, not in it", Shape.ABSENT)
    if module.lifted and not module.dense:  # which of the two it is, the variant's own page cannot always tell either
        text, shape = "not in it, or not lifted", Shape.NOT_LOOKED_UP
    return {
        "variant": {"text": text, "shape": words.shape_class(shape), "why": why},
        "further": {
            "text": "see the first row",
            "shape": "",
            "why": "What this module says of the variant, be it nothing, stands in the variant's first row.",
        },
        "site": {
            "text": "not in this row",
            "shape": "",
            "why": "You carry nothing here. If this module says something of the place, that has a row of its own.",
        },
    }


_ABSENT = f"{words.SHAPES[Shape.ABSENT][1]} Where its data lacks a whole chromosome, the variant's page says so."


def evidence_legend(*, opened: bool = False) -> None:
    """Explain every shape in plain words; folded until somebody asks."""
    with ui.expansion("What the signs mean", value=opened).classes("signs"), stack("tight"):
        for shape, (name, told) in words.SHAPES.items():
            with box("sign"):
                shape_mark(shape)
                said(name, "strong")
                said(told)
            if shape is Shape.REFERENCE:
                with box("sign"):
                    evidence_mark(Evidence.INFERRED)
                    explained("Inferred", "strong")
                    said("Your file lists differences only, has one close by, and none here.")
        link("How an answer is known", "/help/evidence")
