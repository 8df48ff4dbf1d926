"""Dagster's migrations are read once, and say the same as ever."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from alembic.script import Script, ScriptDirectory

from genoteca.sdk.migrations import read_migrations_once


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Folders of migrations that were read since the test began."""
    read_migrations_once()
    monkeypatch.setattr(ScriptDirectory.from_config, "_scripts", {})
    seen: list[Path] = []
    really = Script._list_py_dir

    def listed(scripts: ScriptDirectory, path: Path) -> list[Path]:
        seen.append(path)
        return really(scripts, path)

    monkeypatch.setattr(Script, "_list_py_dir", staticmethod(listed))
    return seen


def test_however_many_databases_are_made_the_migrations_are_read_once(read: list[Path]) -> None:
    for _ in range(2):
        dg.DagsterInstance.ephemeral().dispose()
    assert len(read) == 1


def test_a_new_database_is_stamped_with_the_newest_migration(read: list[Path], tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        stamped, newest = instance.run_storage.alembic_version() or ("", "")
    heads = ScriptDirectory(str(read[0].parent)).get_heads()
    assert [stamped] == [newest] == heads


def test_it_is_put_in_place_once() -> None:
    read_migrations_once()
    first = ScriptDirectory.from_config
    read_migrations_once()
    assert ScriptDirectory.from_config is first
