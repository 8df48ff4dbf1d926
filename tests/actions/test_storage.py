"""What the data folder takes, and what cleaning it frees."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from genoteca import actions
from genoteca.actions import App
from genoteca.engine.folder_sizes import size_below
from genoteca.errors import InputError
from genoteca.model.run import RunKind, RunRequest
from genoteca.settings import Settings


@pytest.fixture
def app(settings: Settings) -> Iterator[App]:
    app = actions.open_app(settings)
    yield app
    actions.close(app)


def write(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"0" * size)


def test_every_byte_is_counted_once_under_what_it_belongs_to(app: App) -> None:
    write(app.layout.references("everyday-traits") / "r1" / "GRCh38" / "reference-1.parquet", 1000)
    write(app.layout.references("someone-elses") / "r1" / "x.parquet", 500)
    write(app.layout.cache / "fetch" / "a.bin", 70)
    found = actions.measure_storage(app)
    assert found is not None
    assert found.by_module() == {"Everyday traits": 1000, "someone-elses": 500}
    assert found.others()["Downloads of reference data"] == 70
    there = sum(path.stat().st_size for path in app.layout.home.rglob("*") if path.is_file())
    assert found.bytes == there


def test_counting_can_be_stopped_and_says_how_far_it_is(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genoteca.engine.folder_sizes.OFTEN", 2)
    for number in range(5):
        write(app.layout.cache / "fetch" / str(number), 10)
    heard: list[tuple[float, int]] = []
    assert actions.measure_storage(app, progress=lambda *told: heard.append(told), cancelled=lambda: True) is None
    assert heard
    assert all(0 <= share <= 1 for share, _ in heard)


def test_a_file_with_two_names_counts_once_and_links_elsewhere_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a", 100)
    os.link(tmp_path / "in" / "a", tmp_path / "in" / "b")
    write(tmp_path / "out" / "c", 1000)
    (tmp_path / "in" / "link").symlink_to(tmp_path / "out")
    assert size_below(tmp_path / "in", seen=lambda *_: None, cancelled=lambda: False) == 100


def test_what_is_freed_is_said_before_and_is_what_goes(app: App) -> None:
    write(app.layout.cache / "fetch" / "a.bin", 70)
    write(app.layout.cache / "browse" / "b.duckdb", 30)
    said = {part.key: part.bytes for part in actions.cache_parts(app)}
    assert said == {"fetch": 70, "browse": 30}
    assert actions.clean_cache(app, ["fetch"]) == 70
    assert [part.key for part in actions.cache_parts(app)] == ["browse"]
    assert (app.layout.cache / "browse" / "b.duckdb").exists()


def test_nothing_is_cleaned_while_a_run_may_need_it(app: App) -> None:
    write(app.layout.cache / "fetch" / "a.bin", 70)
    app.index.enqueue(RunRequest(kind=RunKind.REFERENCE, assets=[["clinvar", "reference"]]))
    with pytest.raises(InputError, match="at work"):
        actions.clean_cache(app, ["fetch"])
    assert (app.layout.cache / "fetch" / "a.bin").exists()
    for key in ("explore", "compared", "genes"):
        write(app.layout.cache / key / "b", 30)
    assert {part.key for part in actions.cache_parts(app)} == {"fetch", "explore", "compared", "genes"}
    assert actions.clean_cache(app, ["explore", "compared", "genes"]) == 90
    assert [part.key for part in actions.cache_parts(app)] == ["fetch"]


@pytest.mark.parametrize("key", ["../users", "desktop", "", "users"])
def test_only_the_cache_can_be_cleaned(app: App, key: str) -> None:
    with pytest.raises(InputError):
        actions.clean_cache(app, [key])
    assert app.layout.users.is_dir()
