"""What is closed until the person asks: opened with one press for all who ask the same, and closed with another."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation

from genoteca import actions
from genoteca.settings import Settings
from genoteca.ui.components.boxes import said, stack
from genoteca.ui.components.show_me import ask_first, hide_again
from genoteca.ui.desktop import Desktop
from genoteca.ui.downloads import Downloads
from genoteca.ui.uploads import Uploads

KEY, GATE = "me/one", "This may be hard to hear."


@pytest.fixture
def desktop(settings: Settings) -> Desktop:
    folder = settings.layout.temporary
    return Desktop(
        app=actions.open_app(settings), uploads=Uploads(folder), downloads=Downloads(folder), executing=True
    )


@pytest.fixture
async def person(desktop: Desktop) -> AsyncIterator[User]:
    async with user_simulation() as user:
        yield user
    actions.close(desktop.app)


async def test_what_was_opened_is_of_one_genome_and_is_closed_again(person: User, desktop: Desktop) -> None:
    @ui.page("/told")
    def told() -> None:
        place = stack()

        def draw() -> None:
            place.clear()
            with place:
                opened = desktop.opened(KEY, "clinvar")
                if GATE in opened:
                    said("Something serious")
                    hide_again(desktop, KEY, "clinvar", sorted(opened), draw)
                else:
                    ask_first(desktop, KEY, ["clinvar", "carriers"], GATE, draw)

        draw()

    await person.open("/told")
    await person.should_see(GATE)
    await person.should_not_see("Something serious")
    person.find("Show me").click()
    await person.should_see("Something serious")
    assert desktop.opened_by_module(KEY) == {"clinvar": {GATE}, "carriers": {GATE}}
    assert desktop.opened_by_module("me/other") == {}
    person.find("Hide again").click()
    await person.should_not_see("Something serious")
    assert desktop.opened_by_module(KEY) == {"carriers": {GATE}}
