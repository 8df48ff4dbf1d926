"""A module that stops working after it was installed takes nothing down with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from genoteca import actions
from genoteca.actions import App, ModuleState
from genoteca.actions.modules import modules_beneath
from genoteca.settings import Settings
from genoteca.store.installed import installed_modules


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = actions.open_app(Settings(home=tmp_path / "home", standby_seconds=0, offline=True))
    yield opened
    actions.close(opened)


def test_a_broken_module_is_set_aside_with_its_reason_and_the_others_go_on(app: App) -> None:
    actions.install_module(app, "everyday-traits")
    actions.install_module(app, "clinvar")
    clinvar = next(one for one in installed_modules(app.layout) if one.id == "clinvar")
    plugin = clinvar.folder / "plugin.py"
    whole = plugin.read_text("utf-8")
    plugin.write_text("raise RuntimeError('worn out')\n")
    assert actions.recheck_modules(app)
    cards = {card.id: card for card in actions.list_modules(app)}
    assert cards["clinvar"].state is ModuleState.BROKEN
    assert cards["clinvar"].trouble is not None
    assert "worn out" in cards["clinvar"].trouble.message
    assert cards["everyday-traits"].state is ModuleState.INSTALLED
    assert not actions.recheck_modules(app)
    plugin.write_text(whole)
    actions.check_modules(app)
    assert {card.id: card for card in actions.list_modules(app)}["clinvar"].state is ModuleState.INSTALLED


def test_going_back_restores_the_modules_before_the_last_change(app: App) -> None:
    actions.install_module(app, "everyday-traits")
    actions.install_module(app, "clinvar")
    actions.roll_back_modules(app)
    states = {card.id: card.state for card in actions.list_modules(app)}
    assert (states["clinvar"], states["everyday-traits"]) == (ModuleState.AVAILABLE, ModuleState.INSTALLED)


def test_what_a_module_builds_on_is_named_until_it_is_installed(app: App) -> None:
    (carrier,) = (card for card in actions.list_modules(app) if card.id == "carrier-screening")
    assert [card.id for card in modules_beneath(app, carrier)] == ["clinvar"]
    actions.install_modules(app, ["clinvar", carrier.id])
    assert modules_beneath(app, carrier) == []


def test_removing_a_module_leaves_the_others(app: App) -> None:
    actions.install_module(app, "everyday-traits")
    actions.install_module(app, "clinvar")
    actions.remove_module(app, "everyday-traits")
    states = {card.id: card.state for card in actions.list_modules(app)}
    assert (states["clinvar"], states["everyday-traits"]) == (ModuleState.INSTALLED, ModuleState.AVAILABLE)


def test_an_interrupted_upload_is_swept(app: App) -> None:
    part = app.layout.temporary / "0123.part"
    part.write_bytes(b"half a genome")
    actions.tidy(app)
    assert not part.exists()
