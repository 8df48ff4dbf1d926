"""Nothing known is never shown as if nothing had been found."""

from __future__ import annotations

import pytest
from nicegui import ui
from nicegui.testing.user_simulation import user_simulation

from genoteca.actions import AnswerState, ExploreModule
from genoteca.ui.components.evidence import nothing_known, silent_cell

SAID = "Your file cannot answer for these places"


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ({"not_covered": 40, "no_call": 2}, True),
        ({"not_covered": 40, "reference": 1}, False),
        ({"called": 1}, False),
        ({}, False),
    ],
)
async def test_a_file_that_tells_nothing_is_said_to_tell_nothing(evidence: dict[str, int], *, said: bool) -> None:
    async with user_simulation() as person:

        @ui.page("/")
        def page() -> None:
            ui.label("here")
            nothing_known(evidence)

        await person.open("/")
        await person.should_see("here")
        if said:
            await person.should_see(SAID)
        else:
            await person.should_not_see(SAID)


@pytest.mark.parametrize(("dense", "said"), [(True, "not one of its sites"), (False, "looked up, not in it")])
def test_only_a_row_about_a_variant_says_that_a_module_has_nothing_of_it(*, dense: bool, said: str) -> None:
    module = ExploreModule(id="x", title="X", dense=dense, state=AnswerState.FAILED, why="the last look-up failed")
    told = silent_cell(module)
    assert set(told) == {"variant", "further", "site"}
    cells = {kind: cell for kind, cell in told.items() if isinstance(cell, dict)}
    assert (cells["variant"]["text"], cells["variant"]["shape"]) == (said, "looked-up-and-absent")
    assert "The last look-up failed." in str(cells["variant"]["why"])
    for kind in ("further", "site"):
        assert said not in str(cells[kind]["text"])
        assert cells[kind]["shape"] == ""


def test_of_a_module_of_another_build_the_explorer_does_not_say_that_everything_was_looked_up() -> None:
    module = ExploreModule(id="x", title="X", dense=False, lifted="12 variants could not be lifted")
    told = silent_cell(module)["variant"]
    assert isinstance(told, dict)
    assert told["text"] == "not in it, or not lifted"
    assert told["shape"] == "not-looked-up"
    assert "12 variants could not be lifted" in str(told["why"])
