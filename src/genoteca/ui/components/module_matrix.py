"""How much of a genome is answered, at a glance: one cell per module, its state told by shape and by words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from nicegui import ui

from genoteca.actions.views import AnswerState, ModuleAnswer, SampleCard
from genoteca.ui import words
from genoteca.ui.components.boxes import box, pill, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.needed import needed_module
from genoteca.ui.components.out_of_date import reasons_in_words, update_act
from genoteca.ui.desktop import Desktop

__all__ = ["answer_pill", "module_matrix", "next_step", "state_of"]

_STATES = {
    AnswerState.UP_TO_DATE: ("Up to date", "good", "check"),
    AnswerState.OUT_OF_DATE: ("Out of date", "warn", "update"),
    AnswerState.WAITING: ("New answers wait", "info", "rate_review"),
    AnswerState.KEPT: ("Older answers kept", "", "history"),
    AnswerState.NOT_RUN: ("Not looked up yet", "", "radio_button_unchecked"),
    AnswerState.RUNNING: ("Running", "info", "autorenew"),
    AnswerState.CANNOT_BE_TESTED: ("Cannot be tested", "warn", "block"),
    AnswerState.FAILED: ("Failed", "bad", "error"),
}
OTHER_BUILD = "It knows the positions of another genome build than this genome's."


def answer_pill(state: AnswerState) -> None:
    """Say where one module stands for one genome."""
    text, kind, icon = _STATES[state]
    pill(text, kind, icon)


def state_of(answer: ModuleAnswer) -> AnswerState:
    """Give the state as it is shown: what lacks the chains to a genome's build cannot be tested yet."""
    lacking = bool(answer.needs) and answer.state is AnswerState.NOT_RUN
    return AnswerState.CANNOT_BE_TESTED if lacking else answer.state


def module_matrix(key: str, answers: Sequence[ModuleAnswer]) -> None:
    """Draw a line with the count of every state, then a cell per module; why one is not up to date stands in it."""
    counts = Counter(map(state_of, answers))
    with row("tight matrix-sum"):
        for state, (text, kind, icon) in _STATES.items():
            if counts[state]:
                pill(f"{counts[state]} {text[:1].lower()}{text[1:]}", kind, icon)
    with box("matrix").props("role=list"):
        for answer in answers:
            _cell(key, answer)
    waits = next((answer for answer in answers if answer.needs), None)
    if waits is not None:  # one module serves all of them
        needed_module(waits)


def _cell(key: str, answer: ModuleAnswer) -> None:
    state = state_of(answer)
    text, kind, icon = _STATES[state]
    why = reasons_in_words(answer) or (OTHER_BUILD if answer.needs and state is AnswerState.CANNOT_BE_TESTED else "")
    with box(f"cell {kind}").props("role=listitem"):
        mark = ui.icon(icon).classes("mark").props("role=img")
        mark.props["aria-label"] = text
        with stack("tight"):
            if answer.outcome == "answered":
                link(answer.title, f"/results/{key}/{answer.module}")
            else:
                said(answer.title, "name")
            if why and state not in (AnswerState.UP_TO_DATE, AnswerState.RUNNING):
                said(why, "faint why")
        ui.tooltip(f"{text}. {words.sentence(answer.words) if state is AnswerState.UP_TO_DATE else why}")


def next_step(desktop: Desktop, shown: SampleCard) -> None:
    """Offer the one thing to do next with a genome that was read; what else may be done steps back beside it."""
    key, states = shown.sample.id.key, [state_of(answer) for answer in shown.answers]
    label, icon = _next(states)
    waiting = sum(state is AnswerState.WAITING for state in states)
    old = sum(state is AnswerState.OUT_OF_DATE for state in states)
    answered = any(answer.outcome for answer in shown.answers)

    def annotate() -> None:
        ui.navigate.to(f"/genomes/{key}/annotate")

    def results() -> None:
        ui.navigate.to(f"/results/{key}")

    def changes() -> None:
        ui.navigate.to(f"/changes/{key}")

    if not shown.answers:
        act("Open the store", lambda: ui.navigate.to("/store"), kind="main-act", icon="storefront")
    elif old:
        update_act(desktop, f"Update: {old} out of date", key, kind="main-act")
        act("See the results", results, kind="quiet", icon="fact_check")
        act("Annotate", annotate, kind="quiet", icon="replay")
    elif waiting:
        act(f"Have a look: {waiting} new", changes, kind="main-act", icon="rate_review")
        act("See the results", results, kind="quiet", icon="fact_check")
        act("Annotate", annotate, kind="quiet", icon="replay")
    elif label:
        act(label, annotate, kind="main-act", icon=icon)
        if answered:
            act("See the results", results, kind="quiet", icon="fact_check")
    else:
        act("See the results", results, kind="main-act", icon="fact_check")
        act("Annotate", annotate, kind="quiet", icon="replay")


def _next(states: Sequence[AnswerState]) -> tuple[str, str]:
    """Give words and icon of what is to be looked up; empty: nothing is."""
    counts = Counter(states)
    if number := counts[AnswerState.NOT_RUN]:
        return f"Annotate: {number} not looked up", "play_arrow"
    if number := counts[AnswerState.FAILED]:
        return f"Annotate again: {number} failed", "replay"
    if counts[AnswerState.RUNNING]:
        return "", ""
    answered = counts[AnswerState.UP_TO_DATE] or counts[AnswerState.KEPT]
    return ("", "") if answered else ("Annotate", "play_arrow")
