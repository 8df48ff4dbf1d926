"""Nothing known is never shown as if nothing had been found."""

from __future__ import annotations

import pytest
from nicegui import ui
from nicegui.testing.user_simulation import user_simulation

from genoteca.ui.components.evidence import nothing_known

SAID = "Your file says nothing about these places"


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
