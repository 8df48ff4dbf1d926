"""Pinning, going back, removing with all that was said, and trust that is taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.faults.bad_modules import code_module, data_module

from genoteca import actions
from genoteca.actions import App, ModuleState
from genoteca.errors import InputError, InstallError, NotFoundError
from genoteca.model.module import Tier
from genoteca.settings import Settings
from genoteca.store.installed import InstalledModule, installed_modules
from genoteca.store.preferences import Preferences
from genoteca.store.trust import Decision, Trust

MILK = "milk-traits"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One app, with two versions of a module and one with code; every test leaves the last generation current."""
    folder = tmp_path_factory.mktemp("installing")
    opened = actions.open_app(Settings(home=folder / "home", standby_seconds=0, offline=True, developer=True))
    actions.install_module(opened, str(data_module(folder / "old", "1.0.0")))
    actions.install_module(opened, str(data_module(folder / "new", "1.1.0")))
    actions.install_module(opened, str(code_module(folder)), trusted=True)
    yield opened
    actions.close(opened)


def versions(app: App) -> dict[str, str]:
    return {one.id: one.version for one in installed_modules(app.layout)}


def test_the_history_is_told_in_words(app: App) -> None:
    cards = actions.module_history(app)
    assert [(card.number, card.changes, card.current) for card in cards] == [
        (3, ["Bad module 1.0.0 installed"], True),
        (2, ["Milk traits 1.0.0 → 1.1.0"], False),
        (1, ["Milk traits 1.0.0 installed"], False),
    ]
    assert cards[0].modules == ["milk-traits 1.1.0", "bad-module 1.0.0"]


def test_one_can_go_back_to_any_kept_generation_and_forth(app: App) -> None:
    assert actions.roll_back_modules(app, 1) == 1
    assert versions(app) == {MILK: "1.0.0"}
    assert [card.current for card in actions.module_history(app)] == [False, False, True]
    assert actions.roll_back_modules(app, 3) == 3
    assert versions(app) == {MILK: "1.1.0", "bad-module": "1.0.0"}
    with pytest.raises(NotFoundError, match="generation 9"):
        actions.roll_back_modules(app, 9)


def test_a_pinned_module_stays_until_it_is_unpinned(app: App, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be pinned to 9\.9\.9: 1\.1\.0 is installed"):
        actions.pin_module(app, MILK, "9.9.9")
    assert actions.pin_module(app, MILK, "1.1.0").pinned == "1.1.0"
    newer = data_module(tmp_path / "newer", "1.2.0")
    with pytest.raises(InstallError, match=r"Milk traits is pinned to 1\.1\.0"):
        actions.install_module(app, str(newer))
    actions.roll_back_modules(app, 1)
    assert actions.show_module(app, MILK).pinned == ""
    actions.roll_back_modules(app, 3)
    assert actions.show_module(app, MILK).pinned == "1.1.0"
    assert actions.pin_module(app, MILK, None).pinned == ""


def test_trust_that_is_taken_back_while_the_module_is_being_checked_is_not_given_again_by_that_check(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    (decision,) = actions.list_trust(app)

    def while_it_loads(app: App) -> Callable[..., None]:
        def check(module: InstalledModule, others: list[InstalledModule]) -> None:
            if module.id == decision.id:
                actions.revoke_trust(app, decision.id, decision.sha256)

        return check

    monkeypatch.setattr("genoteca.actions.checking.checker", while_it_loads)
    actions.check_modules(app)
    assert actions.show_module(app, "bad-module").state is ModuleState.BROKEN
    monkeypatch.undo()
    actions.trust_module(app, "bad-module", typed="bad-module")


def test_a_module_whose_trust_is_taken_back_is_set_aside_until_it_is_trusted_again(app: App) -> None:
    (decision,) = actions.list_trust(app)
    assert (decision.id, decision.title, decision.installed) == ("bad-module", "Bad module", True)
    actions.revoke_trust(app, decision.id, decision.sha256)
    card = actions.show_module(app, "bad-module")
    assert (card.state, card.needs_trust) == (ModuleState.BROKEN, True)
    assert card.trouble is not None
    assert card.trouble.title == "This module needs your trust"
    actions.check_modules(app)
    actions.roll_back_modules(app, 2)
    actions.roll_back_modules(app, 3)
    assert actions.show_module(app, "bad-module").state is ModuleState.BROKEN
    with pytest.raises(NotFoundError, match="never trusted"):
        actions.revoke_trust(app, decision.id, decision.sha256)
    with pytest.raises(InstallError, match="was typed"):
        actions.trust_module(app, "bad-module", typed="yes")
    assert actions.trust_module(app, "bad-module", typed="bad-module").state is ModuleState.INSTALLED
    with pytest.raises(InputError, match="needs no trust"):
        actions.trust_module(app, MILK, typed=MILK)
    with pytest.raises(InputError, match="is not installed"):
        actions.trust_module(app, "clinvar", typed="clinvar")


def test_an_install_that_is_cancelled_while_it_is_checked_changes_nothing(app: App, tmp_path: Path) -> None:
    told: list[str] = []
    with pytest.raises(InstallError) as raised:
        actions.install_module(
            app,
            str(data_module(tmp_path / "newer", "1.2.0")),
            progress=lambda _fraction, stage: told.append(stage),
            cancelled=lambda: "Checking" in told,
        )
    assert raised.value.title == "Cancelled"
    assert versions(app) == {MILK: "1.1.0", "bad-module": "1.0.0"}
    assert len(actions.module_history(app)) == 3


def test_a_module_removed_with_its_results_leaves_nothing_of_them(app: App) -> None:
    module = next(one for one in installed_modules(app.layout) if one.id == "bad-module")
    layout = app.layout
    answers, reference = layout.sample("me", "one") / module.id, layout.references(module.id)
    for folder in (answers, reference):
        folder.mkdir(parents=True)
        (folder / "annotations.parquet").write_bytes(b"what it said")
    (layout.sample("me", "one") / "variants").mkdir()
    actions.remove_module(app, module.id)
    assert answers.exists()
    assert [decision.installed for decision in actions.list_trust(app)] == [False]
    actions.roll_back_modules(app)
    actions.remove_module(app, module.id, with_results=True)
    assert not reference.exists()
    assert actions.list_trust(app) == []
    assert Preferences(layout.database).get(module.id) == {}
    assert versions(app) == {MILK: "1.1.0"}


@pytest.mark.parametrize("closed", [True, False])
def test_what_a_closed_box_keeps_in_is_not_among_what_is_trusted(
    app: App, monkeypatch: pytest.MonkeyPatch, *, closed: bool
) -> None:
    boxed = Decision(id="boxed", version="1.0.0", sha256="0" * 64, tier=Tier.ISOLATED, decided_at=datetime.now(UTC))
    Trust(app.layout.database).confirm(boxed, typed="boxed")
    monkeypatch.setattr("genoteca.store.trust.box_here", lambda: SimpleNamespace(closed=closed))
    assert ("boxed" in {one.id for one in actions.list_trust(app)}) is not closed
    Trust(app.layout.database).forget("boxed")
