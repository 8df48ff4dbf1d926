"""What one module found, as the overview shows it: its answer, its first findings, and the way to all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from genoteca.actions.overview import ModuleOverview
from genoteca.actions.views import AnswerState
from genoteca.model.counted import counted
from genoteca.model.report import ReportSection
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.evidence import says_nothing
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.module_matrix import answer_pill
from genoteca.ui.components.notice import trouble_box
from genoteca.ui.components.report import AT_FIRST, finding_box, text_lines
from genoteca.ui.components.show_me import ask_first, hide_again
from genoteca.ui.components.unusable import unusable_calls
from genoteca.ui.desktop import Desktop

__all__ = ["module_box"]


def module_box(desktop: Desktop, key: str, one: ModuleOverview, changed: Callable[[], Awaitable[None]]) -> None:
    """Draw what one module says; `changed` draws the page again when something was opened or closed."""
    answer = one.answer
    with card("report answer-card"):
        with row("keep top-line"):
            module_icon(answer.icon)
            with stack("tight grow"):
                with row("tight"):
                    heading(answer.title, 3)
                    if answer.state is not AnswerState.UP_TO_DATE:
                        answer_pill(answer.state)
                said(_lead(one), "soft")
        if one.gate:
            ask_first(desktop, key, answer.module, one.gate, changed, title=answer.title)
        else:
            _found(one)
        with row("tight"):
            if not answer.gate:
                act("Open the table", lambda: ui.navigate.to(f"/results/{key}/{answer.module}"))
            gates = sorted(desktop.opened(key, answer.module))  # single rows among them
            hide_again(desktop, key, answer.module, gates, changed, title=answer.title)


def _lead(one: ModuleOverview) -> str:
    """Give the answer in a sentence; of a closed one, what it is about."""
    if one.gate:
        return one.summary if one.answer.gate else f"{one.summary} {words.sentence(one.answer.words)}"
    section = _section(one)
    return section.lead if section else words.sentence(one.answer.words)


def _found(one: ModuleOverview) -> None:
    section = _section(one)
    if one.report and one.report.trouble:
        trouble_box(one.report.trouble)
    findings = one.findings
    for finding in findings[:AT_FIRST]:
        finding_box(finding)
    if left := findings[AT_FIRST:]:
        with ui.expansion(f"{words.count(len(left))} more").classes("more"), stack():
            for finding in left:
                finding_box(finding)
    if one.told > len(findings):
        said(f"{words.count(one.told - len(findings))} more stand in the table.", "faint")
    if not findings and says_nothing(one.answer.evidence):
        said("Your file cannot answer for these places: that is no result, neither good nor bad.", "soft")
    if one.answer.closed and not section:  # a section says so itself
        said(
            f"{counted(one.answer.closed, 'answer stays', 'answers stay')} closed until opened in its table.", "faint"
        )
    if section:
        text_lines("What could not be told", section.not_told, opened=False)
        text_lines("How to read it", section.paragraphs, opened=False)
    if one.answer.unusable or one.answer.lifted:
        with box("stack tight"):
            unusable_calls(one.answer.unusable)
            if one.answer.lifted:
                said(one.answer.lifted, "faint")


def _section(one: ModuleOverview) -> ReportSection | None:
    return one.report.section if one.report else None
