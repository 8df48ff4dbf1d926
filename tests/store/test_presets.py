"""Presets as files, and what was chosen to be shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from genoteca.store.presets import ModuleViews, OfferedPreset, Preset, read_presets, shipped_presets

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
    views.keep(OfferedPreset(preset=first))
    kept = views.find("one")
    assert kept is not None
    assert (kept.preset, kept.title, kept.columns, kept.filter) == ("two", "Two", ("b", "a"), first.filters["one"])
    other = Preset.model_validate(TOLD | {"id": "other", "title": "Other", "modules": ["one"]})
    views.keep(OfferedPreset(preset=other, catalogue="lab", catalogue_name="Our lab"))
    again = views.find("one")
    assert again is not None
    assert (again.preset, again.title, again.columns, again.filter) == ("other@lab", "Other (Our lab)", (), None)
    views.forget("one")
    assert views.all().keys() == {"two"}


def test_a_preset_of_a_catalogue_that_cannot_be_read_leaves_the_others(caplog: pytest.LogCaptureFixture) -> None:
    told = [TOLD, {"schema": 2, "id": "later"}, "nothing", TOLD | {"title": "Again"}]
    assert [preset.title for preset in read_presets(told, where="Our lab")] == ["Two"]
    assert "Our lab" in caplog.text
