"""What a module may do, in words: what nothing holds a program to is called its maker's word."""

from __future__ import annotations

import pytest
from nicegui import ui
from nicegui.testing.user_simulation import user_simulation

from genoteca import actions
from genoteca.settings import Settings
from genoteca.ui.components.permissions import permissions_card


@pytest.mark.parametrize(
    ("module", "origin", "told"),
    [
        ("clinvar", "installed from a file", True),
        ("clinvar", actions.SHIPPED, False),
        ("everyday-traits", "installed from a file", False),
    ],
)
async def test_what_a_strangers_program_says_of_itself_is_not_told_as_kept(
    settings: Settings, module: str, origin: str, *, told: bool
) -> None:
    app = actions.open_app(settings)
    (card,) = (one for one in actions.list_modules(app) if one.id == module)
    async with user_simulation() as person:

        @ui.page("/may")
        def may() -> None:
            permissions_card(card.model_copy(update={"origin": origin}))

        await person.open("/may")
        await (person.should_see if told else person.should_not_see)("So says its maker.")
    actions.close(app)
