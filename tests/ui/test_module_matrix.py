"""How much of a genome is answered: the module that several answers lack is offered once."""

from __future__ import annotations

from nicegui import ui
from nicegui.testing.user_simulation import user_simulation

from genoteca.actions.views import AnswerState, ModuleAnswer
from genoteca.ui.components.module_matrix import module_matrix


async def test_the_chains_that_several_answers_lack_are_offered_once() -> None:
    answers = [
        ModuleAnswer(module=name, title=name, icon="", state=AnswerState.NOT_RUN, needs="liftover-chains")
        for name in ("clinvar", "traits")
    ]
    async with user_simulation() as person:

        @ui.page("/matrix")
        def matrix() -> None:
            module_matrix("me/chip", answers)

        await person.open("/matrix")
        assert len(person.find("Get the liftover chains").elements) == 1
