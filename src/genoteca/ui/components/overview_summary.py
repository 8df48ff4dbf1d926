"""The first lines of the overview: how much was looked up, what came of it, and what that does not mean."""

from __future__ import annotations

from genoteca.actions.overview import Overview
from genoteca.actions.views import AnswerState
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, said, stack
from genoteca.ui.components.overview_charts import evidence_chart, share_known

__all__ = ["NO_FALSE_COMFORT", "summary_box"]

NO_FALSE_COMFORT = (
    "Nothing found does not mean no risk: modules look only at what is known today and at what your file covers."
)


def summary_box(key: str, told: Overview) -> None:
    """Draw the summary, with its figures and how they are known."""
    with card("summary"):
        with stack("tight"):
            heading("In short")
            for line in summary_lines(told):
                said(line, "lead")
            said(NO_FALSE_COMFORT, "soft")
        with box("tiles"):
            for figure, label in _figures(told):
                with box("tile"):
                    said(figure, "figure")
                    said(label, "faint")
        evidence_chart(key, told)


def summary_lines(told: Overview) -> list[str]:
    """Say in sentences what was asked and what came of it."""
    answered, asked = len(told.modules), len(told.card.answers)
    of = "the one module in use" if asked == 1 else f"{answered} of {asked} modules in use"
    lines = [f"{of.capitalize()} {'has' if answered == 1 else 'have'} looked at this genome."]
    if not answered:
        lines = ["None of the modules in use has looked at this genome yet."]
    if share := share_known(told):
        lines.append(
            f"Of the places that they look up, your file answers {share}. Of the others it says nothing, or could "
            "not tell: those were not ruled out."
        )
    closed = sum(bool(one.gate) for one in told.modules)
    if closed:
        ask = "module asks before it shows" if closed == 1 else "modules ask before they show"
        lines.append(f"{closed} {ask} what was found. Nothing of that is counted here.")
    return lines


def _figures(told: Overview) -> list[tuple[str, str]]:
    findings = sum(one.told for one in told.modules if not one.gate)
    old = sum(answer.state.is_old for answer in told.card.answers)
    without = sum(answer.state in (AnswerState.FAILED, AnswerState.CANNOT_BE_TESTED) for answer in told.card.answers)
    figures = [
        (words.count(findings), "told below in words"),
        (share_known(told), "places your file can answer"),
        (words.count(old), "out of date") if old else ("", ""),
        (words.count(without), "failed, or cannot be tested") if without else ("", ""),
    ]
    return [(figure, label) for figure, label in figures if figure]
