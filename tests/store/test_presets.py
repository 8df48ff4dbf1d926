"""Presets as files, and what was chosen to be shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from genoteca.store.presets import ModuleViews, Preset, shipped_presets

TOLD = {"schema": 1, "id": "two", "title": "Two", "summary": "Two modules of some sort.", "modules": ["one", "two"]}
FILTER = {"and": [{"column": "stars", "op": ">=", "value": 2}]}


def test_what_is_no_preset_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("schema = 1\nid = ")
    (tmp_path / "foreign.toml").write_text('schema = 1\nid = "x"\n')
    (tmp_path / "good.toml").write_text(
        'schema = 1\nid = "good"\ntitle = "Good"\nsummary = "A good preset."\nmodules = ["one"]\n'
    )
    assert [preset.id for preset in shipped_presets(tmp_path)] == ["good"]


def test_a_preset_speaks_of_its_own_modules_only() -> None:
    with pytest.raises(ValidationError, match="three"):
        Preset.model_validate(TOLD | {"columns": {"three": ["a"]}})
    with pytest.raises(ValidationError, match="three"):
        Preset.model_validate(TOLD | {"filters": {"three": FILTER}})


def test_what_is_shown_is_kept_until_another_preset_or_nobody_says_so(tmp_path: Path) -> None:
    views = ModuleViews(tmp_path / "app.db")
    first = Preset.model_validate(TOLD | {"columns": {"one": ["b", "a"]}, "filters": {"one": FILTER}})
    views.keep(first)
    kept = views.find("one")
    assert kept is not None
    assert (kept.preset, kept.title, kept.columns, kept.filter) == ("two", "Two", ("b", "a"), first.filters["one"])
    views.keep(Preset.model_validate(TOLD | {"id": "other", "title": "Other", "modules": ["one"]}))
    again = views.find("one")
    assert again is not None
    assert (again.preset, again.columns, again.filter) == ("other", (), None)
    views.forget("one")
    assert views.all().keys() == {"two"}
