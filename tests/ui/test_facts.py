"""Facts in two columns: a label that the glossary knows leads there, another stands as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation

from genoteca import actions
from genoteca.ui.components.boxes import facts
from genoteca.ui.components.help_link import PAGES
from genoteca.ui.components.term import explained
from genoteca.ui.pages.help_page import FIRST


@pytest.fixture
async def person() -> AsyncIterator[User]:
    async with user_simulation() as user:
        yield user


async def test_a_label_that_the_glossary_knows_leads_to_its_entry(person: User) -> None:
    @ui.page("/told")
    def told() -> None:
        facts((("Genome build", "GRCh38"), ("Kept as", "me/one"), ("Empty", "")), explained)

    await person.open("/told")
    assert person.client
    made = list(person.client.elements.values())
    (link,) = (one for one in made if one.tag == "a")
    assert (link.props["href"], link.props["innerText"]) == ("/help/glossary#build", "Genome build")
    labels = [one.text for one in made if isinstance(one, ui.label)]
    assert labels == ["GRCh38", "Kept as", "me/one"]


def test_the_first_help_pages_and_those_of_every_screen_are_there() -> None:
    there = {page.name for page in actions.help_pages()}
    assert set(FIRST) <= there
    assert {name for _, names in PAGES for name in names} <= there
