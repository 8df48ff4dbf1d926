"""The one SQLite file is opened while others are at work in it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from genoteca import database
from genoteca.database import connect

SCHEMA = "CREATE TABLE IF NOT EXISTS word (text TEXT NOT NULL)"


def test_a_file_that_another_is_just_making_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "app.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute(SCHEMA)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO word VALUES ('first')")
    waited = list[float]()

    def the_other_ends(seconds: float) -> None:
        waited.append(seconds)
        other.execute("COMMIT")

    monkeypatch.setattr(database, "sleep", the_other_ends)
    with connect(path, SCHEMA) as connection:
        connection.execute("INSERT INTO word VALUES ('second')")
    assert len(waited) == 1
    assert [row[0] for row in other.execute("SELECT text FROM word")] == ["first", "second"]
    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.close()


def test_who_never_ends_is_not_waited_for_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "app.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute(SCHEMA)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO word VALUES ('first')")
    monkeypatch.setattr(database, "PATIENCE", 0.0)
    with pytest.raises(sqlite3.OperationalError, match="locked"), connect(path, SCHEMA):
        pass
    other.close()


def test_an_error_takes_the_work_back(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    with pytest.raises(sqlite3.IntegrityError), connect(path, SCHEMA) as connection:
        connection.executemany("INSERT INTO word VALUES (?)", [("lost",), (None,)])
    with connect(path, SCHEMA) as connection:
        assert connection.execute("SELECT count(*) FROM word").fetchone()[0] == 0
