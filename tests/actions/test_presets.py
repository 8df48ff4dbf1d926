"""Presets: sets of modules installed as one, and what is then shown of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from genoteca import actions
from genoteca.actions.presets import columns_of, filter_words, view_of
from genoteca.errors import InputError, InstallError, NotFoundError
from genoteca.model.column import ANNOTATIONS
from genoteca.model.filter import All, Any_, Condition, Not, Operator
from genoteca.settings import Settings
from genoteca.store.catalogue import bundled_catalogue
from genoteca.store.presets import ModuleViews, OfferedPreset, Preset, shipped_presets

from .stores import Store


@pytest.fixture
def app(settings: Settings) -> Iterator[actions.App]:
    made = actions.open_app(settings)
    yield made
    actions.close(made)


@pytest.mark.parametrize("preset", shipped_presets(), ids=lambda preset: preset.id)
def test_a_shipped_preset_names_shipped_modules_and_columns_that_they_have(preset: Preset) -> None:
    offered = {entry.id: entry.manifest for entry in bundled_catalogue()}
    assert set(preset.modules) <= offered.keys()
    for module in preset.modules:
        has = {column.name for column in (*ANNOTATIONS, *offered[module].columns)}
        assert set(preset.columns.get(module, ())) <= has
        assert module not in preset.filters or columns_of(preset.filters[module]) <= has


def test_a_preset_is_installed_as_one_change_and_decides_what_is_shown(app: actions.App) -> None:
    before = next(one for one in actions.list_presets(app) if one.preset.id == "first-look")
    assert (before.in_use, [one.id for one in before.missing]) == (False, ["everyday-traits", "liftover-chains"])
    card = actions.install_preset(app, "first-look")
    assert (card.in_use, card.missing) == (True, [])
    assert len(actions.module_history(app)) == 1
    view = view_of(app, "everyday-traits", ["effect", "trait", "genotype"])
    assert view is not None
    assert view.columns == ("trait", "effect", "genotype")
    actions.leave_preset(app, "everyday-traits")
    assert view_of(app, "everyday-traits", ["effect"]) is None
    assert not next(one for one in actions.list_presets(app) if one.preset.id == "first-look").in_use


def test_a_preset_that_was_cancelled_changed_nothing(app: actions.App) -> None:
    with pytest.raises(InstallError, match="cancelled"):
        actions.install_preset(app, "first-look", cancelled=lambda: True)
    assert actions.module_history(app) == []
    assert not ModuleViews(app.layout.database).all()


def test_there_is_no_preset_of_that_name(app: actions.App) -> None:
    with pytest.raises(NotFoundError, match="no-such") as raised:
        actions.install_preset(app, "no-such")
    assert "first-look" in raised.value.hint


LAB = """\
schema = 1
id = "{id}"
title = "Milk and traits"
summary = "What a lab looks at first."
modules = ["milk-story", "everyday-traits"]

[columns]
milk-story = ["note"]
"""


def lab(app: actions.App, folder: Path, *, name: str, preset: str = "milk-and-traits") -> None:
    store = Store(app, folder, name=name)
    presets = store.modules / "presets"
    presets.mkdir(parents=True)
    (presets / "one.toml").write_text(LAB.format(id=preset))
    (presets / "two.toml").write_text(LAB.format(id="lost").replace("everyday-traits", "no-such-module"))
    store.publish()
    store.add()


def test_a_catalogues_preset_is_installed_under_its_name_with_modules_of_both(
    app: actions.App, tmp_path: Path
) -> None:
    lab(app, tmp_path / "lab", name="Our lab")
    *shipped, card = actions.list_presets(app)
    assert {one.catalogue_name for one in shipped} == {""}
    assert (card.source, card.catalogue_name) == ("milk-and-traits@our-lab", "Our lab")
    assert [one.source for one in card.missing] == ["milk-story@our-lab", "everyday-traits"]
    done = actions.install_preset(app, "milk-and-traits")
    assert (done.in_use, done.missing, len(actions.module_history(app))) == (True, [], 1)
    view = view_of(app, "milk-story", ["note"])
    assert view is not None
    assert view.title == "Milk and traits (Our lab)"


def test_a_shipped_module_is_installed_from_its_card_though_a_catalogue_has_its_id(
    app: actions.App, tmp_path: Path
) -> None:
    store = Store(app, tmp_path / "lab")
    store.publish(module_id="liftover-chains")
    store.add()
    sources = {one.catalogue: one.source for one in actions.list_modules(app) if one.id == "liftover-chains"}
    assert sources == {"": "liftover-chains@shipped", "our-lab": "liftover-chains@our-lab"}
    assert actions.show_module(app, "liftover-chains").source == "liftover-chains@shipped"
    done = actions.install_preset(app, "first-look")
    assert (done.in_use, {one.catalogue for one in done.modules}) == (True, {""})


def test_a_preset_that_two_catalogues_offer_is_named_in_full_and_never_guessed(
    app: actions.App, tmp_path: Path
) -> None:
    lab(app, tmp_path / "one", name="One lab")
    lab(app, tmp_path / "two", name="Two labs")
    with pytest.raises(InputError, match="one-lab or milk-and-traits@two-labs"):
        actions.install_preset(app, "milk-and-traits")
    done = actions.install_preset(app, "milk-and-traits@two-labs")
    assert [one.catalogue_name for one in done.modules] == ["Two labs", ""]


def test_a_catalogues_preset_never_takes_the_place_of_a_shipped_one(app: actions.App, tmp_path: Path) -> None:
    lab(app, tmp_path / "lab", name="Our lab", preset="first-look")
    assert actions.find_preset(app, "first-look").catalogue == ""
    assert actions.find_preset(app, "first-look@our-lab").catalogue == "our-lab"


def test_a_filter_over_a_column_that_the_table_has_not_is_left_out_whole(app: actions.App) -> None:
    preset = next(one for one in shipped_presets() if one.id == "reported-variants")
    ModuleViews(app.layout.database).keep(OfferedPreset(preset=preset))
    whole = view_of(app, "clinvar", ["of_note", "evidence", "gene"])
    assert whole is not None
    assert whole.filter == preset.filters["clinvar"]
    partial = view_of(app, "clinvar", ["evidence", "gene"])
    assert partial is not None
    assert (partial.filter, partial.columns) == (None, ("gene", "evidence"))


def test_a_filter_is_said_in_words_with_the_columns_labels() -> None:
    stars = Condition(column="stars", op=Operator.AT_LEAST, value=2)
    kinds = Condition(column="evidence", op=Operator.IN, value=["called", "partial"])
    empty = Condition(column="dosage", op=Operator.EMPTY)
    told = All.model_validate({"and": [kinds, Any_.model_validate({"or": [stars, empty]})]})
    assert (
        filter_words(told, ANNOTATIONS)
        == "Evidence is called or partial and (stars is at least 2 or Copies is empty)"
    )
    flag = Condition(column="filtered", op=Operator.EQUAL, value=True)
    assert filter_words(flag, ANNOTATIONS) == "Filtered: yes"
    assert filter_words(Not.model_validate({"not": flag}), ANNOTATIONS) == "not (Filtered: yes)"
