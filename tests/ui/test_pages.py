"""The pages of an empty data folder, as a person finds them at the first start."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import pytest
from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation

from genoteca import actions
from genoteca.actions import AnswerState, SampleCard
from genoteca.errors import InputError
from genoteca.settings import Settings
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import said
from genoteca.ui.components.notice import told_here
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.downloads import Downloads
from genoteca.ui.frame import frame
from genoteca.ui.routes import add_pages
from genoteca.ui.uploads import Uploads


@pytest.fixture
def desktop(settings: Settings) -> Desktop:
    app = actions.open_app(settings)
    folder = settings.layout.temporary
    # Nothing is executed here: these pages only look.
    return Desktop(app=app, uploads=Uploads(folder), downloads=Downloads(folder), executing=True)


@pytest.fixture
async def person(desktop: Desktop) -> AsyncIterator[User]:
    async with user_simulation() as user:
        add_pages(desktop)
        yield user
    actions.close(desktop.app)


def test_gates_of_a_forgotten_sample_are_closed_alone_and_with_another(desktop: Desktop) -> None:
    other = ("me/mine10", "traits", "a gate")
    desktop.agreed = {("me/mine", "traits", "a gate"), ("you/yours me/mine", "compared", "a gate"), other}
    desktop.forget("me/mine")
    assert desktop.agreed == {other}


async def test_the_first_start_explains_itself_in_three_steps_with_one_button(person: User) -> None:
    await person.open("/")
    for text in ("Install a module", "Add your genome", "Read what it says", "Try it with the demo genome"):
        await person.should_see(text)
    await person.should_see("Nothing leaves this computer.")


async def test_the_notice_that_this_is_not_medical_advice_is_read_once(person: User) -> None:
    await person.open("/")
    await person.should_see("Before you start")
    person.find("I understand").click()
    await person.should_not_see("Before you start")
    await person.open("/")
    await person.should_see("Try it with the demo genome")
    await person.should_not_see("Before you start")


async def test_the_gallery_shows_the_bundled_modules_and_finds_them_as_one_types(person: User) -> None:
    await person.open("/store")
    await person.should_see("Everyday traits", retries=50)
    await person.should_see("ClinVar")
    person.find(ui.input).type("lactose")
    await person.should_see("Everyday traits")
    await person.should_not_see("ClinVar")
    person.find(ui.input).clear().type("no such thing")
    await person.should_see("No module fits this search.")


PARTS = {
    "about": ("At a glance", "ClinVar is the public archive"),
    "says": ("What it says of each site", "More columns, shown when you choose them", "Variation"),
    "sources": ("Sources and citations", "Landrum MJ"),
    "permissions": ("What it may do", "Fetches its reference data from", "Data: free for any use"),
    "versions": ("Versions on offer", "not installed"),
}


async def test_a_modules_page_has_parts_that_an_address_leads_to(person: User) -> None:
    for tab, texts in PARTS.items():
        await person.open(f"/store/clinvar?tab={tab}")
        for text in texts:
            await person.should_see(text, retries=50)


async def test_a_module_that_reads_no_genome_says_so(person: User) -> None:
    await person.open("/store/liftover-chains?tab=permissions")
    for text in ("Reads nothing of your genomes.", "when they are needed or you ask for them"):
        await person.should_see(text, retries=50)
    await person.should_not_see("Writes ")


async def test_the_address_of_the_gallery_says_what_is_wanted_of_it(person: User, desktop: Desktop) -> None:
    every = len(actions.list_modules(desktop.app))
    await person.open("/store?text=lactase&open=yes")
    await person.should_see("Everyday traits", retries=50)
    await person.should_see(f"of {every} modules")
    await person.should_not_see("Sets to start with")
    person.find("Clear all").click()
    await person.should_see("Sets to start with")
    await person.open("/store?order=by-no-such-thing")
    await person.should_see(f"{every} modules", retries=50)


async def test_catalogues_trust_and_history_begin_empty_and_say_so(person: User) -> None:
    await person.open("/settings/modules")
    for text in (
        "The modules shipped with the app",
        "None. What is shipped with Genoteca",
        "Nothing was installed yet.",
    ):
        await person.should_see(text, retries=50)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("/store/no-such-module", "Not found"),
        ("/genomes/me/nobody/annotate", "Not found"),
        ("/results/me/nobody/clinvar", "Not found"),
        ("/runs/nothing", "Not found"),
        ("/results", "No genome has been added yet."),
        ("/genomes", "Drop a genome file here"),
        ("/runs", "Nothing has been run yet."),
        ("/help", "What can I open?"),
        ("/help/what-can-i-open", "What can I open?"),
        ("/help/no-such-page", "Not found"),
        ("/help/glossary", "Heterozygous"),
        ("/help/privacy", "What leaves this computer"),
        ("/settings", "About Genoteca"),
        ("/settings/keeping", "Nothing was deleted yet."),
    ],
)
async def test_every_address_says_what_is_there_or_what_is_missing(person: User, address: str, text: str) -> None:
    await person.open(address)
    await person.should_see(text, retries=50)  # the first page of all loads what the others find loaded


async def test_a_setting_is_kept(person: User, desktop: Desktop) -> None:
    await person.open("/settings")
    person.find("Never use the internet").click()
    await person.should_see("Kept.")
    assert desktop.app.settings.offline


async def test_a_negative_number_is_refused_in_its_field_and_not_kept(person: User, desktop: Desktop) -> None:
    await person.open("/settings")
    (field,) = (one for one in person.find(ui.number).elements if "memory" in str(one.props.get("label")))
    field.value = 2
    await person.should_see("Kept.")
    desktop.messages.clear()
    field.value = -5
    await person.should_see("Not kept: below 0")
    await person.should_not_see("Kept.")
    person.find(ui.number).trigger("blur")
    await person.should_see("Not kept: below 0")
    assert desktop.app.settings.memory_gb == 2


async def test_an_address_that_leads_nowhere_says_so_and_offers_the_way_back(person: User) -> None:
    answer = await person.http_client.get("/no/such/page")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


async def test_doing_it_again_keeps_the_ticks_that_a_person_set(
    person: User, desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = known_genome(desktop, "everyday-traits", "clinvar")
    told = {"everyday-traits": AnswerState.UP_TO_DATE, "clinvar": AnswerState.NOT_RUN}
    answers = [answer.model_copy(update={"state": told[answer.module]}) for answer in seen.answers]
    # an answer takes a worker to make: only its state is set here
    monkeypatch.setattr(actions, "show_sample", lambda *_: seen.model_copy(update={"answers": answers}))
    await person.open(f"/genomes/{seen.sample.id.key}/annotate")
    await person.should_see("More choices", retries=50)
    traits, clinvar = tick_of(person, "Everyday traits"), tick_of(person, "ClinVar")
    assert (traits.value, clinvar.value) == (False, True)
    clinvar.value = False
    again = person.find("Do again what is up to date")
    again.click()
    assert (traits.value, clinvar.value) == (True, False)
    again.click()
    assert (traits.value, clinvar.value) == (False, False)
    again.click()
    traits.value = False
    again.click()
    again.click()
    assert (traits.value, clinvar.value) == (False, False)


async def test_data_that_must_be_fetched_is_told_and_a_large_download_waits_for_a_tick(
    person: User, desktop: Desktop
) -> None:
    seen = known_genome(desktop, "everyday-traits", "clinvar", "ensembl-variation", "gnomad-frequencies")
    actions.configure_module(desktop.app, "gnomad-frequencies", {"source": str(desktop.app.layout.home)})
    await person.open(f"/genomes/{seen.sample.id.key}/annotate")
    await person.should_see("Its data is fetched first: up to 190 MB.", retries=50)
    await person.should_see("Its data is fetched first: up to 14 GB.")
    assert len(person.find("Its data is fetched first").elements) == 2
    ticked = {title: tick_of(person, title).value for title in ("Everyday traits", "ClinVar", "Ensembl variation")}
    assert ticked == {"Everyday traits": True, "ClinVar": True, "Ensembl variation": False}
    assert tick_of(person, "gnomAD frequencies").value


async def test_the_demo_is_offered_beside_other_genomes_until_it_is_there(person: User, desktop: Desktop) -> None:
    other = actions.demo_genome(desktop.app).model_copy(update={"user": "anna"})
    actions.add_sample(desktop.app, other)
    await person.open("/genomes")
    await person.should_see("Try it with the demo genome", retries=50)
    actions.add_sample(desktop.app, actions.demo_genome(desktop.app))
    await person.open("/genomes")
    await person.should_see("Your genomes")
    await person.should_not_see("Try it with the demo genome")


def known_genome(desktop: Desktop, *modules: str) -> SampleCard:
    """Add the demo genome, which nobody reads here, and install modules."""
    for module in modules:
        actions.install_module(desktop.app, module)
    sample, _ = actions.add_sample(desktop.app, actions.demo_genome(desktop.app))
    return actions.show_sample(desktop.app, sample.key)


def tick_of(person: User, title: str) -> ui.checkbox:
    """Give the box that chooses a module."""
    ticks = person.find(ui.checkbox).elements
    (found,) = (tick for tick in ticks if tick.props["aria-label"] == f"Look up with {title}")
    return found


async def test_a_dialog_whose_page_is_closed_is_left_without_an_answer(person: User) -> None:
    await person.open("/help")
    client = person.client
    assert client

    async def ask_person() -> bool:
        with client:
            return await confirmed("Delete it?", "It is gone then.", yes="Delete")

    asked = asyncio.create_task(ask_person())
    await person.should_see("Delete it?")
    client.delete()
    assert await asked is False


@dataclass
class Slow:
    """A page at /slow that is whole once its data are there, and not before."""

    there: threading.Event = field(default_factory=threading.Event)
    drawing: list[asyncio.Task[None]] = field(default_factory=list)


@pytest.fixture
def slow(person: User, desktop: Desktop) -> Iterator[Slow]:
    assert person.client is None  # who opens it is there; nothing is open yet
    page = Slow()

    @ui.page("/slow")
    async def show() -> None:
        with frame(desktop, "", title="Slow"), told_here():
            task = asyncio.current_task()
            assert task
            page.drawing.append(task)
            said("What is known already")
            if not await ask(page.there.wait, 60):
                raise InputError("The data never came.")
            said("What took long")

    yield page
    page.there.set()


async def test_a_page_whose_data_take_long_answers_with_its_frame_and_is_filled_when_they_are_there(
    person: User, slow: Slow
) -> None:
    await person.open("/slow")  # answered, though its data are held back
    for text in ("Nothing leaves this computer.", "What is known already", "Opening …"):
        await person.should_see(text)
    await person.should_not_see("What took long")
    slow.there.set()
    await person.should_see("What took long", retries=50)
    await person.should_not_see("Opening …")


async def test_a_page_that_is_left_before_it_is_drawn_is_drawn_no_further(person: User, slow: Slow) -> None:
    await person.open("/slow")
    client = person.client
    assert client
    client.delete()
    slow.there.set()
    await asyncio.wait(slow.drawing)
    assert slow.drawing[0].cancelled()
    assert not any(getattr(one, "text", "") == "What took long" for one in client.elements.values())


async def test_what_is_done_by_itself_stands_on_one_page_and_can_be_switched_off(
    person: User, desktop: Desktop
) -> None:
    await person.open("/automation")
    for text in ("When modules are asked", "Inbox", "Night, and quiet", "Newer data", "Many genomes at once"):
        await person.should_see(text)
    await person.should_see("No module is installed yet.")
    await person.should_see(str(desktop.app.layout.inbox))
    await person.should_see("Nothing yet.")
    person.find("Do what is set on this page").click()
    await person.should_see("Nothing is done by itself until you switch it on again.")
    assert desktop.app.settings.automation is False
