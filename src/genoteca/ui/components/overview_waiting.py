"""Modules that have not answered, or whose answer is out of date: why, and the next step."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from genoteca.actions.views import AnswerState, ModuleAnswer
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.needed import needed_module
from genoteca.ui.components.out_of_date import reasons_in_words, update_act
from genoteca.ui.desktop import Desktop

__all__ = ["waiting_box"]

ORDER = (
    AnswerState.FAILED,
    AnswerState.OUT_OF_DATE,
    AnswerState.WAITING,
    AnswerState.KEPT,
    AnswerState.CANNOT_BE_TESTED,
    AnswerState.RUNNING,
    AnswerState.NOT_RUN,
)
TITLES = {
    AnswerState.FAILED: ("Failed", "These modules ran into an error. What others say is not touched by it."),
    AnswerState.OUT_OF_DATE: ("Out of date", "Their answers stand, and something that they rest on has changed."),
    AnswerState.WAITING: ("New answers wait", "The older answers stand until you have looked at the new ones."),
    AnswerState.KEPT: ("Older answers kept", "You have left newer answers. Something newer still is offered again."),
    AnswerState.CANNOT_BE_TESTED: ("Cannot be tested", "This genome's file does not hold what they need."),
    AnswerState.RUNNING: ("Being looked up", "New answers appear here; what was said before stands meanwhile."),
    AnswerState.NOT_RUN: ("Not looked up yet", "These modules were not asked about this genome."),
}


def waiting_box(desktop: Desktop, key: str, waiting: Sequence[ModuleAnswer]) -> None:
    """Draw what is missing, the most urgent first; nothing where all have answered."""
    if not waiting:
        return
    with card("waiting"):
        heading("What is missing, and the next step")
        for state in ORDER:
            some = [answer for answer in waiting if answer.state is state]
            if some:
                _group(desktop, key, state, some)


def _group(desktop: Desktop, key: str, state: AnswerState, answers: Sequence[ModuleAnswer]) -> None:
    title, about = TITLES[state]
    with stack("tight"):
        with row():
            with stack("tight grow"):
                heading(title, 3)
                said(about, "faint")
            _next_step(desktop, key, state)
        with box("waiting-list", "ul"):
            for answer in answers:
                with box("", "li"):
                    module_icon(answer.icon, "tiny")
                    with stack("tight grow"):
                        link(answer.title, f"/store/{answer.module}", "link")
                        if answer.why:
                            said(reasons_in_words(answer), "soft")
                        if answer.trouble and answer.trouble.hint:
                            said(answer.trouble.hint, "faint")
                        if state is AnswerState.CANNOT_BE_TESTED:
                            needed_module(answer)


def _next_step(desktop: Desktop, key: str, state: AnswerState) -> None:
    """Offer what helps all of a group."""
    if state is AnswerState.RUNNING:
        act("See the runs", lambda: ui.navigate.to("/runs"))
    elif state is AnswerState.OUT_OF_DATE:
        update_act(desktop, "Update", key)
    elif state in (AnswerState.WAITING, AnswerState.KEPT):
        label = "Have a look" if state is AnswerState.WAITING else "Look again"
        act(label, lambda: ui.navigate.to(f"/changes/{key}"), icon="rate_review")
    elif state is not AnswerState.CANNOT_BE_TESTED:
        again = "Look up" if state is AnswerState.NOT_RUN else "Look up again"
        act(again, lambda: ui.navigate.to(f"/genomes/{key}/annotate"), icon="play_arrow")
