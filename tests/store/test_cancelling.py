"""Installs that are cancelled, that wait for each other, that find no room, and that outlive a power cut."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock

from genoteca.errors import InstallError
from genoteca.store.generations import Generations
from genoteca.store.installed import InstalledModule, installed_modules
from genoteca.store.sources import install_source

from .workshop import Shop, data_folder, project, snapshot

STAGES = ["Building", "Reading", "Resolving", "Installing", "Checking", "Switching"]


def state(shop: Shop) -> dict[str, object]:
    modules = shop.layout.modules
    return {
        "current": (modules / "current").read_bytes(),
        "generations": {path.name: snapshot(path) for path in modules.glob("generation-*")},
        "half made": [path.name for path in modules.glob(".prepare-*")],
    }


@pytest.mark.parametrize("stage", STAGES)
def test_an_install_that_is_cancelled_at_any_stage_changes_nothing(shop: Shop, tmp_path: Path, stage: str) -> None:
    shop.install(data_folder(tmp_path / "old"))
    before, told = state(shop), list[str]()

    def cancelled() -> bool:
        return stage in told

    def progress(_fraction: float, said: str) -> None:
        told.append(said)

    def install() -> None:
        source = install_source(str(data_folder(tmp_path / "new", version="1.1.0")), [])
        prepared = shop.generations.prepare(source, progress=progress, cancelled=cancelled)
        shop.generations.install(prepared, check=shop.check, progress=progress, cancelled=cancelled)

    with pytest.raises(InstallError, match="cancelled") as raised:
        install()
    assert raised.value.title == "Cancelled"
    assert told[-1] == stage
    assert state(shop) == before
    assert shop.install(data_folder(tmp_path / "again", version="1.2.0")).version == "1.2.0"


def test_two_installs_asked_at_once_run_one_after_the_other_and_the_second_says_that_it_waits(
    shop: Shop, tmp_path: Path
) -> None:
    first_checks, second_waits = threading.Event(), threading.Event()
    patient = Generations(shop.layout, developer=True)
    milk = patient.prepare(install_source(str(data_folder(tmp_path / "milk")), []))
    other = patient.prepare(install_source(str(data_folder(tmp_path / "wax", "ear-wax")), []))

    def hold(_module: InstalledModule, _others: list[InstalledModule]) -> None:
        first_checks.set()
        assert second_waits.wait(60)

    first = threading.Thread(target=lambda: patient.install(milk, check=hold))
    first.start()
    assert first_checks.wait(60)

    def progress(_fraction: float, stage: str) -> None:
        if stage == "Waiting for another install":
            second_waits.set()

    patient.install(other, check=shop.check, progress=progress)
    first.join()
    assert second_waits.is_set()
    assert {module.id for module in installed_modules(shop.layout)} == {"milk-traits", "ear-wax"}
    assert shop.checked == [("ear-wax", ["milk-traits"])]


def test_one_that_waits_can_be_cancelled_too(shop: Shop, tmp_path: Path) -> None:
    patient = Generations(shop.layout)
    prepared = patient.prepare(install_source(str(data_folder(tmp_path / "milk")), []))
    waits = threading.Event()
    lock = FileLock(shop.layout.modules / "modules.lock")
    with lock, pytest.raises(InstallError, match="cancelled"):
        patient.install(prepared, check=shop.check, progress=lambda _f, _s: waits.set(), cancelled=waits.is_set)
    assert installed_modules(shop.layout) == []


def test_several_modules_are_one_change(shop: Shop, tmp_path: Path) -> None:
    milk = shop.prepare(data_folder(tmp_path / "milk"))
    needy = shop.prepare(project(tmp_path / "needy", "needy-code", requires=["milk-traits"]))
    shop.trust(needy)
    with pytest.raises(InstallError, match="needs milk-traits"):
        shop.generations.install_together([needy], check=shop.check)
    shop.generations.install_together([needy, milk], check=shop.check)
    assert [record.number for record in shop.generations.history()] == [1]
    assert sorted(shop.checked) == [("milk-traits", ["needy-code"]), ("needy-code", ["milk-traits"])]
    with pytest.raises(InstallError, match="twice at once"):
        shop.generations.install_together([milk, milk], check=shop.check)


def test_the_history_says_what_became_of_every_module(shop: Shop, tmp_path: Path) -> None:
    shop.install(data_folder(tmp_path / "old"))
    shop.install(data_folder(tmp_path / "new", version="1.1.0"))
    shop.install(data_folder(tmp_path / "more", version="1.1.0", LICENSE__txt="CC0"))
    shop.generations.remove("milk-traits")
    told = [[(c.title, c.before, c.after) for c in record.changes] for record in shop.generations.history()]
    assert told == [
        [("Milk traits", "", "1.0.0")],
        [("Milk traits", "1.0.0", "1.1.0")],
        [("Milk traits", "1.1.0", "1.1.0")],
        [("Milk traits", "1.1.0", "")],
    ]


def test_too_little_room_is_refused_before_anything_is_written(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = data_folder(tmp_path / "milk")
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=1_000_000))
    with pytest.raises(InstallError, match="1 MB are free") as raised:
        shop.prepare(source)
    assert "room" in raised.value.title
    assert not shop.layout.modules.exists()


def test_too_little_room_for_what_is_unpacked_leaves_the_current_generation(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.install(data_folder(tmp_path / "old"))
    prepared = shop.prepare(data_folder(tmp_path / "new", version="1.1.0"))
    before = state(shop)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=(64 << 20) + 100))
    with pytest.raises(InstallError, match="needs 67 MB"):
        shop.generations.install(prepared, check=shop.check)
    assert state(shop) == before


@pytest.mark.skipif(sys.platform != "linux", reason="which file was synced is told by Linux only")
def test_every_unpacked_file_is_on_the_disk_before_anything_points_to_it(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, really = list[str](), os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    module = shop.install(data_folder(tmp_path / "milk"))
    generation = shop.layout.modules / "generation-1"
    there = {str(path) for path in generation.rglob("*") if path.name != "generation.json"} | {str(generation)}
    pointed = next(number for number, name in enumerate(synced) if "/.current." in name)
    assert there <= set(synced[:pointed])
    assert any(module.sha256 in name for name in synced[:pointed])


def test_code_from_a_folder_is_for_developers_and_data_is_not(shop: Shop, tmp_path: Path) -> None:
    everybody = Generations(shop.layout)
    with pytest.raises(InstallError, match="installed as wheels only") as raised:
        everybody.prepare(install_source(str(project(tmp_path / "tiny")), []))
    assert "Developer mode" in raised.value.hint
    data = everybody.prepare(install_source(str(project(tmp_path / "data", "milk-traits", code="")), []))
    assert data.wheel.id == "milk-traits"
    wheel = shop.prepare(project(tmp_path / "again")).wheel
    assert everybody.prepare(install_source(str(wheel.path), [])).wheel.sha256 == wheel.sha256
