from __future__ import annotations

import pytest

from genoteca.engine.modules import loaded_modules, write_loaded_modules

from .workshop import Workshop


def test_the_dagster_ui_sees_the_core_and_every_module_that_loads(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = workshop.module("seen"), workshop.module("unseen", source="raise RuntimeError")
    write_loaded_modules(workshop.settings.layout, [bad, good])
    assert loaded_modules(workshop.settings.layout) == [bad, good]
    monkeypatch.setenv("GENOTECA_HOME", str(workshop.settings.home))
    from genoteca.engine.location import location  # reads the data folder when it is imported

    graph = location(workshop.settings).resolve_asset_graph()
    keys = {key.to_user_string() for key in graph.materializable_asset_keys}
    assert keys == {
        "sample/source", "sample/variants", "sample/coverage", "sample/structural",
        "sample/annotated",
        "seen/reference", "seen/annotations",
    }  # fmt: skip
    annotations = next(node for node in graph.asset_nodes if node.key.to_user_string() == "seen/annotations")
    assert {key.to_user_string() for key in annotations.parent_keys} == {
        "sample/variants", "sample/coverage", "sample/structural", "seen/reference",
    }  # fmt: skip
    assert annotations.partitions_def is not None
    joined = next(node for node in graph.asset_nodes if node.key.to_user_string() == "sample/annotated")
    assert {key.to_user_string() for key in joined.parent_keys} == {"sample/variants", "seen/annotations"}
    assert joined.partitions_def == annotations.partitions_def


def test_there_are_no_modules_before_the_first_install(workshop: Workshop) -> None:
    assert loaded_modules(workshop.settings.layout) == []
