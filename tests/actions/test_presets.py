"""Presets: sets of modules installed as one, and what is then shown of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from genoteca import actions
from genoteca.actions.presets import columns_of, filter_words, view_of
from genoteca.errors import InstallError, NotFoundError
from genoteca.model.column import ANNOTATIONS
from genoteca.model.filter import All, Any_, Condition, Not, Operator
from genoteca.settings import Settings
from genoteca.store.catalogue import bundled_catalogue
from genoteca.store.presets import ModuleViews, Preset, shipped_presets


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
    assert (before.in_use, before.missing) == (False, ["everyday-traits", "liftover-chains"])
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


def test_a_filter_over_a_column_that_the_table_has_not_is_left_out_whole(app: actions.App) -> None:
    preset = next(one for one in shipped_presets() if one.id == "reported-variants")
    ModuleViews(app.layout.database).keep(preset)
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
