"""The run index in `app.db`: the queue, what became of every run, and every line a worker spoke.

Screens and the command line read this and nothing else; it can be rebuilt from the records.
"""

from __future__ import annotations

import json
import os
import sqlite3
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

from genoteca.database import connect
from genoteca.engine.files import private_folder
from genoteca.engine.outside_log import forget_runs
from genoteca.errors import NotFoundError
from genoteca.model.run import Line, LineKind, Run, RunRequest, RunStatus

__all__ = ["RunIndex"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  partition TEXT,
  status TEXT NOT NULL,
  asked_by INTEGER NOT NULL,
  run TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS runs_by_status ON runs (status);
CREATE INDEX IF NOT EXISTS runs_by_partition ON runs (partition);
CREATE TABLE IF NOT EXISTS run_lines (
  run_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;
"""


# Inside the class `list` is the method.
Runs: TypeAlias = list[Run]
Lines: TypeAlias = list[Line]


class RunIndex:
    """The runs of one data folder. Every call is one short transaction, from any thread or process."""

    def __init__(self, database: Path) -> None:
        self.database = database

    def enqueue(self, request: RunRequest, *, run_id: str = "") -> Run:
        """Put a run at the end of the queue; `run_id`: the id that it has elsewhere already."""
        run = Run(id=run_id or str(uuid.uuid4()), request=request, status=RunStatus.QUEUED, queued=datetime.now(UTC))
        self.restore([run])
        return run

    def restore(self, runs: Sequence[Run]) -> None:
        """Write down whole runs: new ones, or those that records speak of; known ids stay as they are."""
        rows = [(run.id, run.request.partition, run.status.value, os.getpid(), run.model_dump_json()) for run in runs]
        with self._open() as db:
            db.executemany(
                "INSERT OR IGNORE INTO runs (id, partition, status, asked_by, run) VALUES (?, ?, ?, ?, ?)", rows
            )

    def asked_by(self, run_id: str) -> int | None:
        """Give the id of the process that queued a run."""
        with self._open() as db:
            found = db.execute("SELECT asked_by FROM runs WHERE id = ?", (run_id,)).fetchone()
        return None if found is None else int(found[0])

    def get(self, run_id: str) -> Run:
        """Give one run; the first characters of its id are enough where no other run begins so.

        Raises:
            NotFoundError: no run, or more than one.

        """
        with self._open() as db:
            found = _one(db, run_id) or _by_beginning(db, run_id)
        if found is None:
            raise NotFoundError(f"There is no run {run_id!r}.", hint="`genoteca runs list` shows the runs.")
        return found

    def list(self, sample: str | None = None, *, limit: int = 100) -> Runs:
        """Give the newest runs, newest first; of one sample (`user/sample`) where it is named."""
        with self._open() as db:
            rows = db.execute(
                "SELECT run FROM runs WHERE ? IS NULL OR partition = ? ORDER BY number DESC LIMIT ?",
                (sample, sample, limit),
            ).fetchall()
        return [_run(row) for row in rows]

    def with_status(self, *statuses: RunStatus) -> Runs:
        """Give every run of these statuses, oldest first."""
        with self._open() as db:
            return _with_status(db, *statuses)

    def claim_next(self) -> Run | None:
        """Take the oldest queued run whose `after` runs are over, and mark it running; None: nothing to do.

        One of which nothing is left to do, because what it waited for was cancelled, is cancelled as well.
        """
        with self._open() as db:
            for run in _with_status(db, RunStatus.QUEUED):
                before = _named(db, run.request.after)
                if all(one.status.over for one in before):
                    claimed = run.begun(before)
                    _save(db, claimed)
                    if not claimed.status.over:
                        return claimed
        return None

    def is_blank(self) -> bool:
        """Whether no run has ever succeeded, as far as this index knows."""
        with self._open() as db:
            found = db.execute("SELECT 1 FROM runs WHERE status = ? LIMIT 1", (RunStatus.SUCCEEDED.value,)).fetchone()
        return found is None

    def update(self, run_id: str, **changes: Any) -> Run:
        """Change fields of a run; a run that is over keeps its status.

        Raises:
            NotFoundError: no such run.

        """
        with self._open() as db:
            run = _one(db, run_id)
            if run is None:
                raise NotFoundError(f"There is no run {run_id!r}.")
            if run.status.over:
                changes = {name: value for name, value in changes.items() if name not in ("status", "ended")}
            changed = Run.model_validate({**run.model_dump(), **changes})
            _save(db, changed)
        return changed

    def cancel(self, run_id: str) -> Run:
        """Ask for the end of a run: a queued one is cancelled at once, a running one by whoever executes it."""
        with self._open() as db:
            run = _one(db, run_id) or _by_beginning(db, run_id)
            if run is None:
                raise NotFoundError(f"There is no run {run_id!r}.", hint="`genoteca runs list` shows the runs.")
            if run.status is RunStatus.QUEUED:
                run = run.model_copy(update={"status": RunStatus.CANCELLED, "ended": datetime.now(UTC)})
            elif run.status is RunStatus.RUNNING:
                run = run.model_copy(update={"status": RunStatus.CANCELLING, "message": "Stopping"})
            _save(db, run)
        return run

    def add_line(self, line: Line) -> Line:
        """Keep a worker's line under the next free number of its run, and give it back with that number."""
        with self._open() as db:
            last = db.execute("SELECT max(seq) FROM run_lines WHERE run_id = ?", (line.run_id,)).fetchone()[0]
            kept = line.model_copy(update={"seq": 1 + (last or 0)})
            # Progress overtakes itself: only the newest line of an asset is worth keeping.
            if kept.kind is LineKind.PROGRESS and last is not None:
                _forget_progress(db, kept, last)
            db.execute("INSERT INTO run_lines VALUES (?, ?, ?)", (kept.run_id, kept.seq, kept.model_dump_json()))
        return kept

    def lines(self, run_id: str, after: int = 0) -> Lines:
        """Give a run's lines whose number is above `after`, in their order."""
        with self._open() as db:
            rows = db.execute(
                "SELECT line FROM run_lines WHERE run_id = ? AND seq > ? ORDER BY seq", (run_id, after)
            ).fetchall()
        return [Line.model_validate_json(row["line"]) for row in rows]

    def forget_sample(self, key: str) -> Sequence[str]:
        """Remove every run of a sample and its lines; give the ids of the removed runs."""
        with self._open() as db:
            ids = [row["id"] for row in db.execute("SELECT id FROM runs WHERE partition = ?", (key,))]
        self.drop(ids)
        return ids

    def drop(self, runs: Sequence[str]) -> None:
        """Remove runs with their lines from the history; the requests they made stay on their list."""
        with self._open() as db:
            for table, column in (("run_lines", "run_id"), ("runs", "id")):
                db.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(run,) for run in runs])
            forget_runs(db, runs)

    def token(self) -> tuple[int, ...]:
        """Give something that changes whenever anybody writes to the database; costs two file look-ups."""
        found: list[int] = []
        for path in (self.database, self.database.with_name(f"{self.database.name}-wal")):
            with suppress(FileNotFoundError):  # the log comes and goes with whoever has the database open
                stat = path.stat()
                found += [stat.st_mtime_ns, stat.st_size]
        return tuple(found)

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """Open the database to read what no method of this class gives."""
        return self._open()

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        if not self.database.exists():
            private_folder(self.database.parent)
            self.database.touch(mode=0o600)
        return connect(self.database, SCHEMA)


def _run(row: sqlite3.Row) -> Run:
    return Run.model_validate_json(row["run"])


def _one(db: sqlite3.Connection, run_id: str) -> Run | None:
    row = db.execute("SELECT run FROM runs WHERE id = ?", (run_id,)).fetchone()
    return None if row is None else _run(row)


def _by_beginning(db: sqlite3.Connection, beginning: str) -> Run | None:
    rows = db.execute(
        "SELECT run FROM runs WHERE length(?1) >= 4 AND substr(id, 1, length(?1)) = ?1 LIMIT 2", (beginning,)
    ).fetchall()
    return _run(rows[0]) if len(rows) == 1 else None


def _with_status(db: sqlite3.Connection, *statuses: RunStatus) -> list[Run]:
    wanted = json.dumps([status.value for status in statuses])
    rows = db.execute(
        "SELECT run FROM runs WHERE status IN (SELECT value FROM json_each(?)) ORDER BY number", (wanted,)
    ).fetchall()
    return [_run(row) for row in rows]


def _named(db: sqlite3.Connection, run_ids: Sequence[str]) -> list[Run]:
    """Give the runs of these ids; a run nobody knows any more is left out."""
    rows = db.execute(
        "SELECT run FROM runs WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(run_ids)),)
    ).fetchall()
    return [_run(row) for row in rows]


def _save(db: sqlite3.Connection, run: Run) -> None:
    db.execute("UPDATE runs SET status = ?, run = ? WHERE id = ?", (run.status.value, run.model_dump_json(), run.id))


def _forget_progress(db: sqlite3.Connection, line: Line, last: int) -> None:
    row = db.execute("SELECT line FROM run_lines WHERE run_id = ? AND seq = ?", (line.run_id, last)).fetchone()
    before = Line.model_validate_json(row["line"])
    if before.kind is LineKind.PROGRESS and before.asset == line.asset:
        db.execute("DELETE FROM run_lines WHERE run_id = ? AND seq = ?", (line.run_id, last))
