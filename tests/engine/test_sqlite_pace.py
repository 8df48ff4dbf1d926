"""Dagster's databases are opened at a better pace, and stay Dagster's own."""

from __future__ import annotations

import importlib
import sqlite3
from contextlib import closing

import dagster as dg
import pytest

from genoteca.engine import sqlite_pace
from genoteca.engine.instance import open_instance
from genoteca.engine.sqlite_pace import STORAGES, _set_pace, held_open, keep_engines
from genoteca.settings import Settings


@dg.op
def one() -> None:
    """Do nothing."""


@dg.job
def little() -> None:
    one()


def test_a_run_makes_one_engine_for_each_database_that_does_not_wait_for_the_disk(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = open_instance(settings.layout)
    made: list[str] = []

    def counted(connection: sqlite3.Connection, record: object) -> None:
        made.append(connection.execute("PRAGMA database_list").fetchone()[2])
        _set_pace(connection, record)
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 1, "1 is NORMAL"

    monkeypatch.setattr(sqlite_pace, "_set_pace", counted)
    run_id = "0f" * 16
    with held_open(settings.layout, run_id):
        assert little.execute_in_process(instance=instance, run_id=run_id).success
    instance.dispose()
    own = [path for path in made if run_id in path]
    assert 0 < len(own) < 3, "Dagster connects for every event"
    engines = [engine for engine in _engines() if run_id in str(engine)]
    assert len(engines) == 1


def _engines() -> list[str]:
    """Give the addresses of the engines that are kept for events."""
    kept = vars(importlib.import_module(STORAGES[0]))["create_engine"]
    return list(vars(kept)["_engines"])


def test_what_was_written_is_in_the_databases_themselves_once_the_run_is_over(settings: Settings) -> None:
    instance = open_instance(settings.layout)
    run_id = "0e" * 16
    with held_open(settings.layout, run_id):
        little.execute_in_process(instance=instance, run_id=run_id)
    instance.dispose()
    runs = settings.layout.dagster / "history" / "runs"
    assert not [path for path in runs.rglob("*-wal") if path.stat().st_size]
    with closing(sqlite3.connect(f"file:{runs / f'{run_id}.db'}?mode=ro&immutable=1", uri=True)) as db:
        found = [row[0] for row in db.execute("SELECT dagster_event_type FROM event_logs ORDER BY id")]
    assert found[-1] == "PIPELINE_SUCCESS"
    assert "STEP_SUCCESS" in found


def test_this_version_of_dagster_makes_its_engines_where_they_are_kept() -> None:
    keep_engines()
    keep_engines()
    for name in STORAGES:
        assert type(vars(importlib.import_module(name))["create_engine"]).__name__ == "_Kept"
