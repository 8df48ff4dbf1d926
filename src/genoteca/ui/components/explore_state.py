"""Where the modules of the explorer stand: out of date, failed, or being looked up again."""

from __future__ import annotations

from collections.abc import Sequence

from genoteca.actions import AnswerState
from genoteca.actions.explore_views import ExploreModule
from genoteca.ui import words
from genoteca.ui.components.boxes import box, pill, row, said
from genoteca.ui.components.buttons import link

__all__ = ["ages", "state_mark"]

STATES = {
    AnswerState.OUT_OF_DATE: ("Out of date", "warn", "update"),
    AnswerState.WAITING: ("New answers wait", "info", "rate_review"),
    AnswerState.KEPT: ("Older answers kept", "", "history"),
    AnswerState.FAILED: ("Last look-up failed", "bad", "error"),
    AnswerState.RUNNING: ("Being looked up again", "info", "autorenew"),
}


DECIDED = (AnswerState.WAITING, AnswerState.KEPT)
"""Newer answers were made already: they are looked at first, not made once more."""


def ages(key: str, modules: Sequence[ExploreModule]) -> None:
    """Say above the grid whose answers are not to be taken as they stand, why, and where that is helped."""
    old = [module for module in modules if module.why]
    if not old:
        return
    states = {module.state for module in old}
    with box("preset-line explorer-ages").props("role=note"):
        with row("tight"):
            said("Not up to date:", "small strong")
            if states.intersection(DECIDED):
                link("What would change", f"/changes/{key}", "link small")
            if states.difference(DECIDED, {AnswerState.RUNNING}):
                link("Look up again", f"/genomes/{key}/annotate", "link small")
        for module in old:
            with row("tight"):
                state_mark(module.state)
                said(f"{module.title}: {words.sentence(module.why)}", "small")


def state_mark(state: AnswerState) -> None:
    """Draw it; nothing where the answers are as new as they can be."""
    if state in STATES:
        pill(*STATES[state])
