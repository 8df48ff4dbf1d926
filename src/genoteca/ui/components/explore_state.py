"""Where a module of the explorer stands, as a pill: out of date, failed, or being looked up again."""

from __future__ import annotations

from genoteca.actions import AnswerState
from genoteca.ui.components.boxes import pill

__all__ = ["state_mark"]

STATES = {
    AnswerState.OUT_OF_DATE: ("Out of date", "warn", "update"),
    AnswerState.WAITING: ("New answers wait", "info", "rate_review"),
    AnswerState.KEPT: ("Older answers kept", "", "history"),
    AnswerState.FAILED: ("Last look-up failed", "bad", "error"),
    AnswerState.RUNNING: ("Being looked up again", "info", "autorenew"),
}


def state_mark(state: AnswerState) -> None:
    """Draw it; nothing where the answers are as new as they can be."""
    if state in STATES:
        pill(*STATES[state])
