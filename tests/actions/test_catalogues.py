"""A store of one's own, end to end: built, signed, served, added, browsed, installed, updated; and two of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engine.loopback_hub import LoopbackHub
from tests.engine.publisher import Publisher, publishing, serving
from tests.faults.bad_modules import code_module
from tests.store.workshop import project

from genoteca import actions
from genoteca.actions import App, CatalogueCard, ModuleState
from genoteca.errors import CatalogueError, FetchError, InputError, InstallError, NotFoundError
from genoteca.model.module import Tier
from genoteca.settings import Settings

from .stores import Store, module, serve


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = actions.open_app(Settings(home=tmp_path / "home", standby_seconds=0, hf_endpoint="https://hub.invalid"))
    yield opened
    actions.close(opened)


@pytest.fixture
def store(app: App, tmp_path: Path) -> Store:
    return Store(app, tmp_path / "lab")


@pytest.fixture
def web() -> Iterator[Publisher]:
    with publishing() as publisher:
        yield publisher


def test_a_store_is_built_signed_served_added_browsed_installed_from_and_updated(
    app: App, store: Store, web: Publisher
) -> None:
    fingerprint = store.publish("1.0.0")
    address = serve(web, store.files())
    looked = actions.look_at_catalogue(app, address + "/")
    assert (looked.name, looked.fingerprint, looked.modules, looked.refreshed) == ("Our lab", fingerprint, 1, None)
    assert actions.list_catalogues(app) == []
    spelled = ":".join(fingerprint[at : at + 4].upper() for at in range(0, 64, 4))
    added = actions.add_catalogue(app, address, spelled)
    assert (added.slug, added.kind, added.trouble) == ("our-lab", "web", None)

    (card,) = actions.list_modules(app, text="mcm6 LCT milk")
    assert (card.id, card.catalogue, card.state, card.source) == (
        "milk-story",
        "our-lab",
        ModuleState.AVAILABLE,
        "milk-story@our-lab",
    )
    assert card.icon.startswith("<svg")
    assert card.readme.startswith("# milk-story")
    (picture,) = actions.module_screenshots(app, card.source)
    assert picture.startswith("data:image/svg+xml;base64,")
    (kept,) = (app.layout.home / "catalogue" / "our-lab").rglob("*-shot.svg")
    kept.write_bytes(kept.read_bytes() + b" " * 1024**2)
    assert actions.module_screenshots(app, card.source) == []
    (version,) = card.versions
    assert (version.changelog, version.why_not, version.bytes > 0) == ("- What is new in 1.0.0.", "", True)

    installed = actions.install_module(app, "milk-story")
    assert (installed.state, installed.origin) == (ModuleState.INSTALLED, "from the catalogue Our lab")
    assert installed.catalogue == "our-lab"

    store.publish("1.1.0")
    serve(web, store.files())
    assert actions.show_module(app, "milk-story").state is ModuleState.INSTALLED
    (refreshed,) = actions.refresh_catalogues(app)
    assert refreshed.trouble is None
    assert actions.show_module(app, "milk-story").state is ModuleState.UPDATE
    (updated,) = actions.update_modules(app)
    assert (updated.installed_version, [one.version for one in updated.versions]) == ("1.1.0", ["1.1.0", "1.0.0"])

    back = actions.install_module(app, "milk-story@our-lab==1.0.0")
    assert (back.installed_version, back.state) == ("1.0.0", ModuleState.UPDATE)
    asked = [request.url for request in actions.outside_requests(app)]
    assert {f"{address}/metadata/timestamp.json", f"{address}/catalogue.json"} <= set(asked)
    wheels = [url.rpartition("milk_story-")[2] for url in asked if url.endswith(".whl")]
    assert wheels == ["1.1.0-py3-none-any.whl", "1.0.0-py3-none-any.whl"], "each once, and noted"
    assert not [path for path in (app.layout.cache / "fetch").glob("*") if not path.suffix], "none is kept twice"

    store.sign(**{"milk-story==1.0.0": "names the wrong allele"})
    serve(web, store.files())
    actions.refresh_catalogues(app)
    assert actions.show_module(app, "milk-story").withdrawn == "names the wrong allele"

    actions.remove_catalogue(app, "our-lab")
    left = actions.show_module(app, "milk-story")
    assert (left.state, left.origin) == (ModuleState.INSTALLED, "from the catalogue our-lab")
    assert not (app.layout.catalogue / "our-lab").exists()


def test_an_unreachable_store_is_told_and_everything_else_goes_on(app: App, store: Store, web: Publisher) -> None:
    store.publish()
    address = serve(web, store.files())
    store.add(address)
    serve(web, {})
    (card,) = actions.refresh_catalogues(app)
    assert card.trouble is not None
    assert card.modules == 1
    assert "run again" not in card.trouble.hint
    assert "milk-story" in {one.id for one in actions.list_modules(app)}
    with pytest.raises(CatalogueError, match="not whole"):
        actions.install_module(app, "milk-story")


def test_offline_nobody_is_asked_and_what_was_verified_is_shown(
    app: App, store: Store, web: Publisher, tmp_path: Path
) -> None:
    store.publish()
    address = serve(web, store.files())
    store.add(address)
    asked = len(web.requests)
    offline = actions.open_app(Settings(home=app.layout.home, standby_seconds=0, offline=True))
    (card,) = actions.refresh_catalogues(offline)
    assert card.trouble is None
    assert [one.id for one in actions.list_modules(offline, text="milk-story")] == ["milk-story"]
    with pytest.raises(FetchError) as raised:
        actions.install_module(offline, "milk-story")
    assert raised.value.title == "Not available offline"
    with pytest.raises(FetchError, match="stay offline"):
        actions.look_at_catalogue(offline, "https://example.org/store")
    assert len(web.requests) == asked
    folder = Store(offline, tmp_path / "beside", name="Beside")
    folder.publish(module_id="bread-story")
    assert folder.add().kind == "folder"
    actions.close(offline)


@pytest.mark.parametrize(
    "location",
    [
        "http://example.org/store",
        "ftp://example.org",
        "hub://only-a-name",
        "https://me:word@example.org/s",
        "no/folder",
    ],
)
def test_a_place_that_is_none_is_refused_in_words(app: App, location: str) -> None:
    with pytest.raises(InputError) as raised:
        actions.look_at_catalogue(app, location)
    assert raised.value.hint


def test_another_key_than_the_agreed_one_is_refused(app: App, store: Store) -> None:
    fingerprint = store.publish()
    with pytest.raises(CatalogueError) as raised:
        actions.add_catalogue(app, str(store.out), "0" * 64)
    assert fingerprint in raised.value.message
    assert actions.list_catalogues(app) == []


def test_a_folder_without_a_signature_is_no_catalogue(app: App, store: Store) -> None:
    module(store.modules / "milk")
    actions.build_catalogue(app, store.modules, store.out, name="Our lab")
    with pytest.raises(CatalogueError) as raised:
        actions.look_at_catalogue(app, str(store.out))
    assert raised.value.title == "There is no catalogue"


def test_two_catalogues_never_stand_for_one_another(app: App, store: Store, tmp_path: Path) -> None:
    store.publish()
    store.add()
    with pytest.raises(InputError, match="was added already, as our-lab"):
        store.add()
    twin = Store(app, tmp_path / "twin", name="OUR  Lab")
    fingerprint = twin.publish("9.0.0")
    with pytest.raises(InputError) as raised:
        actions.add_catalogue(app, str(twin.out), fingerprint)
    assert raised.value.title == "Two catalogues cannot have one name"
    with pytest.raises(InputError, match="cannot be a catalogue's short name"):
        actions.add_catalogue(app, str(twin.out), fingerprint, slug="shipped")
    actions.add_catalogue(app, str(twin.out), fingerprint, slug="twin")

    with pytest.raises(InputError) as raised:
        actions.install_module(app, "milk-story")
    assert raised.value.title == "Which one is meant?"
    assert "milk-story@our-lab or milk-story@twin" in raised.value.message
    assert [card.others for card in actions.list_modules(app, text="milk-story")] == [["twin"], ["our-lab"]]
    with pytest.raises(NotFoundError, match="no catalogue 'elsewhere'"):
        actions.install_module(app, "milk-story@elsewhere")

    actions.install_module(app, "milk-story@our-lab")
    (card,) = actions.list_modules(app, text="milk-story")
    assert (card.catalogue, card.state) == ("our-lab", ModuleState.INSTALLED)
    assert actions.update_modules(app) == []
    actions.remove_catalogue(app, "our-lab")
    with pytest.raises(InputError) as raised:
        actions.install_module(app, "milk-story")
    assert raised.value.title == "This is another catalogue's module"
    actions.remove_catalogue(app, "twin")
    assert store_of_the_same_name(app, tmp_path / "heir").slug == "our-lab"
    assert actions.show_module(app, "milk-story").state is ModuleState.INSTALLED
    assert actions.update_modules(app) == []


def store_of_the_same_name(app: App, folder: Path) -> CatalogueCard:
    """Somebody else's store under the name of one that was removed."""
    other = Store(app, folder)
    other.publish("2.0.0")
    return other.add()


def test_what_shipped_with_the_app_is_not_replaced_by_a_catalogues_namesake(app: App, store: Store) -> None:
    store.publish("99.0.0", module_id="everyday-traits")
    store.add()
    with pytest.raises(InputError, match="everyday-traits@shipped or everyday-traits@our-lab"):
        actions.install_module(app, "everyday-traits")
    shipped = actions.show_module(app, "everyday-traits")
    assert (shipped.origin, shipped.catalogue, shipped.others) == (actions.SHIPPED, "", ["our-lab"])


def test_a_withdrawn_version_is_not_installed(app: App, store: Store) -> None:
    store.publish("1.0.0")
    store.publish("1.1.0")
    store.sign(**{"milk-story==1.1.0": "names the wrong allele"})
    store.add()
    card = actions.show_module(app, "milk-story")
    assert (card.version, card.withdrawn) == ("1.0.0", "")
    assert [(one.version, bool(one.why_not)) for one in card.versions] == [("1.1.0", True), ("1.0.0", False)]
    with pytest.raises(InstallError, match="names the wrong allele") as raised:
        actions.module_source(app, "milk-story==1.1.0")
    assert raised.value.hint == "Can be installed: 1.0.0."


def test_a_catalogues_code_is_asked_about_and_its_data_is_not(app: App, store: Store) -> None:
    project(store.modules / "tiny", "tiny-code")
    store.sign()
    store.add()
    offered = actions.module_source(app, "tiny-code")
    assert (offered.tier, offered.origin) == (Tier.CODE, "from the catalogue Our lab")
    with pytest.raises(InstallError) as raised:
        actions.install_module(app, "tiny-code")
    assert raised.value.title == "This module needs your trust"


def test_an_update_of_a_catalogues_code_is_asked_about_again(app: App, store: Store) -> None:
    code_module(store.modules)
    store.sign()
    store.add()
    actions.install_module(app, "bad-module", trusted=True)
    shutil.rmtree(store.modules / "bad")
    code_module(store.modules, version="1.1.0")
    store.sign()
    actions.refresh_catalogues(app)
    with pytest.raises(InstallError) as raised:
        actions.update_modules(app, "bad-module")
    assert raised.value.title == "This module needs your trust"
    asked: list[str] = []

    def trusts(card: actions.ModuleCard) -> bool:
        asked.append(card.version)
        return True

    (card,) = actions.update_modules(app, "bad-module", trusts=trusts)
    assert (card.installed_version, asked) == ("1.1.0", ["1.1.0"])


def test_a_version_for_a_newer_app_is_shown_and_the_newest_that_fits_is_offered(app: App, store: Store) -> None:
    store.publish("1.0.0")
    store.publish("2.0.0", requires_app=">=90")
    store.add()
    card = actions.show_module(app, "milk-story")
    assert (card.version, card.manifest.version) == ("1.0.0", "1.0.0")
    assert card.versions[0].why_not.startswith("needs Genoteca >=90, this is ")


def test_a_dataset_of_the_hub_is_pinned_to_its_commit_and_followed(tmp_path: Path) -> None:
    with serving(LoopbackHub) as hub:
        app = actions.open_app(Settings(home=tmp_path / "home", standby_seconds=0, hf_endpoint=hub.address))
        store = Store(app, tmp_path / "lab")
        store.publish("1.0.0")
        first = hub.commit(store.files(), "acme/store")
        card = store.add("hub://acme/store")
        assert (card.kind, card.pinned, card.trouble) == ("hub", first, None)
        store.publish("1.1.0")
        second = hub.commit(store.files(), "acme/store")
        (card,) = actions.refresh_catalogues(app)
        assert (card.pinned, card.trouble) == (second, None)
        asked = len(hub.requests)
        assert actions.install_module(app, "milk-story").installed_version == "1.1.0"
        assert len(hub.requests) > asked
        actions.remove_catalogue(app, "our-lab")
        fixed = store.add(f"hub://acme/store@{first}")
        assert fixed.pinned == first
        hub.main["acme/store"] = first
        actions.remove_catalogue(app, "our-lab")
        actions.close(app)
