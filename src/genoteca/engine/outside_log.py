"""The list of every request to another host, in `app.db`: kept until the person clears it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from genoteca.database import connect
from genoteca.engine.files import private_folder
from genoteca.model.outside import Asked, OnRequest, OutsideRequest

__all__ = ["OutsideLog", "forget_runs"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS outside_requests (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  time TEXT NOT NULL,
  run_id TEXT,
  purpose TEXT NOT NULL,
  url TEXT NOT NULL,
  bytes INTEGER,
  outcome TEXT NOT NULL
);
"""
NOT_NOTED = "not noted"
"""Outcome and purpose of requests that an older version of the app wrote down."""
BATCH = 1000


class OutsideLog:
    """The requests of one data folder. Every call is one short transaction, from any thread or process."""

    def __init__(self, database: Path) -> None:
        self.database = database

    def noting(self, purpose: str, *, run_id: str | None = None) -> OnRequest:
        """Give what writes down requests that are made for one purpose."""

        def note(asked: Asked) -> None:
            self.add(asked, purpose=purpose, run_id=run_id)

        return note

    def add(self, asked: Asked, *, purpose: str, run_id: str | None = None) -> None:
        """Write down one request."""
        row = (datetime.now(UTC).isoformat(), run_id, purpose, asked.address, asked.bytes, asked.outcome)
        with self._open() as db:
            db.execute(
                "INSERT INTO outside_requests (time, run_id, purpose, url, bytes, outcome) VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )

    def count(self, *, run_id: str | None = None) -> int:
        """Give how many requests are on the list; of one run where it is named."""
        with self._open() as db:
            found = db.execute(
                "SELECT count(*) FROM outside_requests WHERE ?1 IS NULL OR run_id = ?1", (run_id,)
            ).fetchone()
        return int(found[0])

    def newest(self, *, limit: int = BATCH, skip: int = 0, run_id: str | None = None) -> list[OutsideRequest]:
        """Give a page of the list, newest first; of one run where it is named."""
        with self._open() as db:
            rows = db.execute(
                "SELECT * FROM outside_requests WHERE ?1 IS NULL OR run_id = ?1 "
                "ORDER BY number DESC LIMIT ?2 OFFSET ?3",
                (run_id, limit, skip),
            ).fetchall()
        return [OutsideRequest.model_validate(dict(row)) for row in rows]

    def all(self) -> Iterator[OutsideRequest]:
        """Give the whole list, oldest first, a batch at a time."""
        after = 0
        while True:
            with self._open() as db:
                rows = db.execute(
                    "SELECT * FROM outside_requests WHERE number > ? ORDER BY number LIMIT ?", (after, BATCH)
                ).fetchall()
            if not rows:
                return
            for row in rows:
                yield OutsideRequest.model_validate(dict(row))
            after = int(rows[-1]["number"])

    def clear(self) -> int:
        """Empty the list; give how many requests were on it."""
        with self._open() as db:
            return db.execute("DELETE FROM outside_requests").rowcount

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if not self.database.exists():
            private_folder(self.database.parent)
            self.database.touch(mode=0o600)
        with connect(self.database, SCHEMA) as db:
            _take_over(db)
            yield db


def forget_runs(db: sqlite3.Connection, run_ids: Sequence[str]) -> None:
    """Forget which runs made requests, in an open database: the requests were made, and stay on the list."""
    if _is_there(db, "outside_requests"):
        db.executemany("UPDATE outside_requests SET run_id = NULL WHERE run_id = ?", [(one,) for one in run_ids])


def _take_over(db: sqlite3.Connection) -> None:
    """Take over the list of an older version of the app, which knew neither purpose nor outcome."""
    if _is_there(db, "requests_made"):
        db.execute(
            "INSERT INTO outside_requests (time, run_id, purpose, url, bytes, outcome) "
            "SELECT time, run_id, ?1, url, bytes, ?1 FROM requests_made ORDER BY number",
            (NOT_NOTED,),
        )
        db.execute("DROP TABLE requests_made")


def _is_there(db: sqlite3.Connection, table: str) -> bool:
    found = db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()
    return found is not None
