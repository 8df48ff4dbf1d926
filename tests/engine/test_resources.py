from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import pytest

from genoteca.engine import resources
from genoteca.engine.loading import load_module
from genoteca.engine.modules import ModuleRef
from genoteca.engine.outside_log import OutsideLog
from genoteca.engine.resources import RunChoice, RunPaths, Scope, resources_of
from genoteca.errors import DatasetError, FetchError, ModuleError, NotFoundError, RunError
from genoteca.model.build import Build
from genoteca.sdk.resources import ENGINE, FETCH, PATHS
from genoteca.settings import Settings

from .workshop import Workshop


def test_what_was_not_made_yet_is_named(settings: Settings) -> None:
    paths = RunPaths(settings, Scope())
    with pytest.raises(DatasetError, match="no sample/variants for anna/g1 yet"):
        paths.stored(["sample", "variants"], "anna/g1")
    with pytest.raises(DatasetError, match="no clinvar/reference for GRCh37 yet"):
        paths.reference("clinvar", Build.GRCH37)


def test_a_sample_that_is_not_there_is_told_with_those_that_are(workshop: Workshop) -> None:
    workshop.genome("anna", "g1")
    with pytest.raises(NotFoundError, match="no sample anna/g2") as caught:
        RunPaths(workshop.settings, Scope()).sample("anna/g2")
    assert "anna/g1" in caught.value.hint


def test_scratch_folders_are_apart_and_go_with_their_run(settings: Settings) -> None:
    paths = RunPaths(settings, Scope(run_id="r1"))
    first, second = paths.scratch(), paths.scratch()
    assert first != second
    assert list(first.iterdir()) == []
    (first / "x").touch()
    paths.remove_scratch()
    assert list(settings.layout.temporary.iterdir()) == []


def test_only_the_modules_of_a_run_have_a_folder(workshop: Workshop) -> None:
    ref = workshop.module("housed")
    paths = RunPaths(workshop.settings, Scope(modules=[load_module(ref)]))
    assert paths.module_folder("housed") == ref.folder
    with pytest.raises(ModuleError, match="not part of this run"):
        paths.module_folder("another")


@pytest.mark.parametrize(
    ("of_run", "of_settings", "chosen"),
    [
        ("auto", "auto", "polars"),
        ("duckdb", "polars", "duckdb"),
        ("auto", "duckdb", "duckdb"),
        ("polars", "duckdb", "polars"),
    ],
)
def test_the_engine_asked_for_with_the_run_wins(
    settings: Settings, of_run: str, of_settings: str, chosen: str
) -> None:
    settings = settings.model_copy(update={"engine": of_settings})
    assert RunChoice(settings, Scope(engine=of_run)).choose(10) == chosen


@pytest.mark.parametrize(("memory_gb", "large"), [(0.5, "duckdb"), (4, "polars")])
def test_a_large_join_in_the_little_memory_a_user_allows_is_given_to_duckdb(
    settings: Settings, memory_gb: float, large: str
) -> None:
    choice = RunChoice(settings.model_copy(update={"memory_gb": memory_gb}), Scope())
    assert choice.choose(40_000_000) == large
    assert choice.choose(1000) == "polars"


def test_without_a_limit_half_of_the_free_memory_is_aimed_at(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = psutil.virtual_memory()._replace(available=2_000_000_000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    assert resources.memory_of(settings) == 1_000_000_000
    assert RunChoice(settings, Scope()).choose(40_000_000) == "duckdb"


def test_a_reference_run_names_its_build(settings: Settings) -> None:
    assert RunChoice(settings, Scope(build="GRCh37")).build() is Build.GRCH37
    with pytest.raises(RunError, match="no genome build"):
        RunChoice(settings, Scope()).build()


def test_a_module_may_ask_only_hosts_of_its_manifest_and_of_the_user_s_own_setting(workshop: Workshop) -> None:
    ref = workshop.module("asking").model_copy(update={"settings": {"source": "http://127.0.0.1:9/x"}})
    workshop.settings.offline = True
    fetch = resources_of(workshop.settings, Scope(modules=[load_module(ref)]))[FETCH]
    with pytest.raises(FetchError, match="evil"):
        fetch.fetch("https://evil.example.org/x", progress=lambda _, __: None)  # type: ignore[attr-defined]
    with pytest.raises(FetchError, match="stay offline"):
        fetch.fetch("http://127.0.0.1:9/x", progress=lambda _, __: None)  # type: ignore[attr-defined]
    assert OutsideLog(workshop.settings.layout.database).count() == 0


def test_the_endpoint_set_for_the_hub_is_asked_by_modules_that_may_ask_the_hub(workshop: Workshop) -> None:
    workshop.settings.offline = True
    workshop.settings.hf_endpoint = "https://mirror.example.org"
    asked = "hf://datasets/acme/variants@main/data/1.parquet"
    hosts = {}
    for name, settings in (("asking", {"source": asked}), ("silent", {})):
        ref = workshop.module(name).model_copy(update={"settings": settings})
        fetch: Any = resources_of(workshop.settings, Scope(modules=[load_module(ref)]))[FETCH]
        with pytest.raises(FetchError) as caught:
            fetch.fetch("https://mirror.example.org/x", progress=lambda _, __: None)
        hosts[name] = caught.value.title
        with pytest.raises(FetchError, match=r"The commit of .* is not in the cache"):
            fetch.pin(asked, progress=lambda _, __: None)
    assert hosts == {"asking": "Not available offline", "silent": "The module may not ask this host"}


def test_every_resource_is_there(settings: Settings) -> None:
    assert set(resources_of(settings, Scope())) == {PATHS, FETCH, ENGINE}


def test_a_module_ref_travels_as_json(tmp_path: Path) -> None:
    ref = Workshop(Settings(home=tmp_path / "home"), tmp_path).module("travelling")
    assert ModuleRef.model_validate_json(ref.model_dump_json()) == ref
