from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import polars as pl
import pytest
from filelock import FileLock

from genoteca import actions
from genoteca.engine import migrating, records
from genoteca.engine.files import sha256_of
from genoteca.engine.migrating import bring_up_to_date, seal_records, version_of
from genoteca.engine.records import record_path
from genoteca.engine.sealing import is_sealed, unsealed
from genoteca.engine.verifying import verify_files
from genoteca.errors import DataFolderError
from genoteca.genome.schema import polars_schema
from genoteca.model.column import ANNOTATIONS, AnnotationColumn, ColumnType
from genoteca.model.form import declared_form
from genoteca.sdk.dataset import Dataset, Written
from genoteca.settings import DATA_FOLDER_VERSION, Layout, Settings

EXTRA = AnnotationColumn(name="conclusion", label="What it says", type=ColumnType.CATEGORY, values=("a", "b"))


@pytest.fixture
def old(settings: Settings) -> Layout:
    """Give a data folder of version 1, whose records carry no seal; one of them is damaged."""
    layout = settings.layout
    actions.close(actions.open_app(settings))
    for name in ("one", "two"):
        path = record_path(layout, [name, "annotations"], "anna/g1")
        path.parent.mkdir(parents=True)
        file = Written(file=None, rows=0, bytes=0, sha256="0" * 64)
        if name == "one":
            table = path.with_name("annotations-abababab.parquet")
            pl.DataFrame(schema=polars_schema((*ANNOTATIONS, EXTRA))).write_parquet(table)
            file = Written(file=table.name, rows=0, bytes=table.stat().st_size, sha256=sha256_of(table))
        told = Dataset(table=None).record(
            asset=[name, "annotations"], partition="anna/g1", run="ab" * 16, written=file
        )
        records.write_record(path, told)
    for path in [*layout.users.rglob("*.json")]:
        path.write_bytes(unsealed(path.read_bytes()))
    (layout.sample("anna", "g1") / "two" / "annotations.json").write_text("{\n}")
    (layout.home / "version").write_text("1\n")
    return layout


def state(layout: Layout) -> dict[str, bytes]:
    """Give every file but locks and seals."""
    files = (path for path in layout.home.rglob("*") if path.is_file() and path.suffix not in (".lock", ".seal"))
    return {path.relative_to(layout.home).as_posix(): path.read_bytes() for path in files}


def test_an_old_folder_is_brought_up_to_date_when_it_is_opened(old: Layout) -> None:
    actions.close(actions.open_app(Settings(home=old.home)))
    assert version_of(old) == DATA_FOLDER_VERSION == 3
    sealed = {path.name: is_sealed(path.read_bytes()) for path in (old.sample("anna", "g1") / "one").glob("*.json")}
    assert sealed == {"annotations.json": True, "annotations-abababab.json": True}
    assert [one.place for one in verify_files(old).damage] == ["users/anna/g1/two/annotations.json"]
    forms = {records.read_record(path).form for path in (old.sample("anna", "g1") / "one").glob("*.json")}
    assert forms == {declared_form(["one", "annotations"], (*ANNOTATIONS, EXTRA))}
    assert not (old.home / "migrating").exists()
    assert bring_up_to_date(old) == []


def test_a_folder_of_a_newer_app_is_refused_and_not_touched(old: Layout) -> None:
    (old.home / "version").write_text("4\n")
    before = state(old)
    with pytest.raises(DataFolderError, match="version '4'; this Genoteca knows versions 1 to 3"):
        actions.open_app(Settings(home=old.home))
    assert state(old) == before


def test_what_is_no_version_is_called_damaged(old: Layout) -> None:
    (old.home / "version").write_text("what\n")
    with pytest.raises(DataFolderError, match="which is no version"):
        version_of(old)


def test_a_folder_that_another_process_works_on_is_not_migrated(old: Layout) -> None:
    before = state(old)
    with FileLock(old.worker_lock), pytest.raises(DataFolderError, match="another Genoteca has it open"):
        bring_up_to_date(old)
    assert state(old) == before


@pytest.mark.parametrize("moment", range(4))
def test_a_migration_that_is_killed_leaves_the_old_state_or_goes_on_to_the_new(
    old: Layout, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed: while staging, before the list, after the first file is in place, before the version is written."""
    before = state(old)
    pid = os.fork()
    if pid == 0:
        _die_at(moment, monkeypatch)
        try:
            bring_up_to_date(old)
        finally:
            os._exit(1)
    assert os.waitpid(pid, 0)[1] == 9
    staged = (old.home / "migrating" / "list.json").exists()
    assert staged is (moment >= 2)
    if not staged:
        assert {name: data for name, data in state(old).items() if not name.startswith("migrating/")} == before
    assert bring_up_to_date(old) == [2, 3]
    after = state(old)
    assert after.keys() == before.keys()
    changed = {name for name in after if after[name] != before[name]}
    good = {"users/anna/g1/one/annotations.json", "users/anna/g1/one/annotations-abababab.json"}
    assert changed == {"version", "users/anna/g1/two/annotations-abababab.json", *good}


def _die_at(moment: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> NoReturn:
        os.kill(os.getpid(), 9)
        raise SystemExit

    replace, placed = Path.replace, list[Path]()

    def place(path: Path, target: Path) -> Path:
        if path.parent.name == "after" and placed:
            die()
        placed.extend([path] if path.parent.name == "after" else [])
        return replace(path, target)

    if moment == 0:
        monkeypatch.setattr(migrating, "_sync", die)
    elif moment == 1:
        monkeypatch.setattr(migrating.Planned, "model_dump_json", die)
    elif moment == 2:
        monkeypatch.setattr(Path, "replace", place)
    else:
        monkeypatch.setattr(
            Path, "replace", lambda path, target: die() if target.name == "version" else replace(path, target)
        )


def test_a_migration_that_fails_half_way_puts_everything_back(old: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state(old)
    replace = Path.replace

    def fails(path: Path, target: Path) -> Path:
        if path.parent.name == "after" and path.name == "2":
            raise OSError(28, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(DataFolderError, match="No space left"):
        bring_up_to_date(old)
    assert state(old) == before


def test_a_migration_that_cannot_be_planned_changes_nothing(old: Layout) -> None:
    before = state(old)

    def broken(layout: Layout) -> Iterator[tuple[Path, bytes]]:
        yield from seal_records(layout)
        raise ValueError("a file that makes no sense")

    with pytest.raises(DataFolderError, match="makes no sense"):
        bring_up_to_date(old, {1: broken})
    assert state(old) == before
