"""What is said above the explorer's grid of answers that are not up to date, and where it leads."""

from __future__ import annotations

import pytest
from nicegui import ui
from nicegui.testing.user_simulation import user_simulation

from genoteca.actions import AnswerState
from genoteca.actions.explore_views import ExploreModule
from genoteca.ui.components.explore_state import ages

SEEN, AGAIN = "What would change", "Look up again"


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (AnswerState.OUT_OF_DATE, {AGAIN}),
        (AnswerState.FAILED, {AGAIN}),
        (AnswerState.WAITING, {SEEN}),
        (AnswerState.KEPT, {SEEN}),
        (AnswerState.RUNNING, set()),
    ],
)
async def test_answers_that_wait_are_looked_at_and_not_made_once_more(state: AnswerState, offered: set[str]) -> None:
    module = ExploreModule(id="traits", title="Traits", dense=True, state=state, why="its data 1 → 2")
    async with user_simulation() as person:

        @ui.page("/ages")
        def page() -> None:
            ages("me/mine", [module])

        await person.open("/ages")
        for name in (SEEN, AGAIN):
            await (person.should_see if name in offered else person.should_not_see)(name)
