"""How the answers of a module are known, drawn so that no colour is needed to read it."""

from __future__ import annotations

from collections.abc import Mapping

from nicegui import ui
from pydantic import JsonValue

from genoteca.actions.views import AnswerState, ModuleAnswer
from genoteca.model.evidence import EVIDENCE_ORDER, Evidence, Shape
from genoteca.ui import words
from genoteca.ui.components.boxes import box, said, stack
from genoteca.ui.components.buttons import link
from genoteca.ui.components.notice import notice
from genoteca.ui.components.term import explained, term

__all__ = [
    "answer_checks",
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


def answer_checks(answer: ModuleAnswer) -> None:
    """Show the checks that did not pass."""
    for check in answer.checks:
        if not check.passed:
            with notice("warn", f"A check did not pass: {check.name.replace('_', ' ')}", check.description):
                pass


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
    box(f"shape {words.evidence_class(kind)}", "span").props("aria-hidden=true")


def shape_mark(shape: Shape) -> None:
    """Draw a shape; what it means stands beside it in words."""
    box(f"shape {words.shape_class(shape)}", "span").props("aria-hidden=true")


def silent_cell(answer: ModuleAnswer) -> dict[str, JsonValue]:
    """Describe to the grid (`genoteca.evidence`) a module's cells in rows of which it says nothing, and the others.

    A row without an answer of a module that looked is *absent*; one of a module that failed is shown as failed.
    """
    shape = _SILENT.get(answer.state, Shape.ABSENT)
    name, told = words.SHAPES[shape]
    return {
        "text": name,
        "shape": words.shape_class(shape),
        "why": f"{told} {words.sentence(answer.why)}".strip() if shape is not Shape.ABSENT else told,
        "shapes": {kind.value: words.evidence_class(kind) for kind in Evidence},
        "names": {kind.value: words.EVIDENCE[kind] for kind in Evidence},
    }


_SILENT = {
    AnswerState.FAILED: Shape.FAILED,
    AnswerState.NOT_RUN: Shape.NOT_LOOKED_UP,
    AnswerState.RUNNING: Shape.NOT_LOOKED_UP,
    AnswerState.CANNOT_BE_TESTED: Shape.NOT_LOOKED_UP,
}


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
