"""What automation remembers, in `app.db`: policies, what was tried, what was done, and when it was looked at last.

Rows about a genome carry its key, and no name: what is forgotten with the genome is found by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from genoteca.database import connect
from genoteca.model.automation import ChosenPolicy, Look, Noted, Policy, Rule, Tried, Wanted

if TYPE_CHECKING:
    import sqlite3

__all__ = ["KEPT", "Memory"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS automation_policies (
  module TEXT PRIMARY KEY, policy TEXT NOT NULL, since TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS automation_tried (
  sample TEXT NOT NULL, module TEXT NOT NULL, state TEXT NOT NULL, run TEXT, PRIMARY KEY (sample, module)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS automation_marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS automation_looks (rule TEXT PRIMARY KEY, looked TEXT NOT NULL, words TEXT NOT NULL)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS automation_log (
  number INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
  times INTEGER NOT NULL, sample TEXT NOT NULL, words TEXT NOT NULL, run TEXT NOT NULL, failed INTEGER NOT NULL
);
"""
KEPT = 500
"""Lines of what was done that are kept."""


class Memory:
    """Everything that is remembered of one data folder. Every call is one short transaction."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def policies(self) -> dict[str, ChosenPolicy]:
        """Give the policy of every module that is not asked by hand only."""
        with self._open() as db:
            rows = db.execute("SELECT module, policy, since FROM automation_policies ORDER BY module").fetchall()
        return {row["module"]: ChosenPolicy(policy=Policy(row["policy"]), since=row["since"]) for row in rows}

    def choose(self, module: str, policy: Policy, now: datetime) -> None:
        """Set a module's policy; the one that it has already keeps its beginning."""
        with self._open() as db:
            if policy is Policy.MANUAL:
                db.execute("DELETE FROM automation_policies WHERE module = ?", (module,))
                return
            db.execute(
                "INSERT INTO automation_policies VALUES (?1, ?2, ?3) ON CONFLICT (module) "
                "DO UPDATE SET policy = ?2, since = ?3 WHERE policy != ?2",
                (module, policy.value, now.isoformat()),
            )

    def tried(self) -> dict[tuple[str, str], Tried]:
        """Give what was tried last, by genome and module."""
        with self._open() as db:
            rows = db.execute("SELECT sample, module, state, run FROM automation_tried").fetchall()
        return {(row["sample"], row["module"]): Tried(state=row["state"], run=row["run"]) for row in rows}

    def remember_tried(self, wanted: Wanted, run: str | None) -> None:
        """Note that a run was queued for what was wanted; None: none could be."""
        rows = [(wanted.sample, module, state, run) for module, state in wanted.states.items()]
        with self._open() as db:
            db.executemany("INSERT OR REPLACE INTO automation_tried VALUES (?, ?, ?, ?)", rows)

    def settle_tried(self, sample: str, module: str, *, helped: bool) -> None:
        """Note how a try ended: one that helped is forgotten, any other is not repeated while nothing changes."""
        with self._open() as db:
            if helped:
                db.execute("DELETE FROM automation_tried WHERE sample = ? AND module = ?", (sample, module))
            else:
                db.execute("UPDATE automation_tried SET run = NULL WHERE sample = ? AND module = ?", (sample, module))

    def mark(self, name: str) -> str:
        """Give what is kept under a name; empty: nothing."""
        with self._open() as db:
            row = db.execute("SELECT value FROM automation_marks WHERE name = ?", (name,)).fetchone()
        return "" if row is None else str(row["value"])

    def moment(self, name: str) -> datetime | None:
        """Give the moment that is kept under a name."""
        told = self.mark(name)
        return datetime.fromisoformat(told) if told else None

    def set_mark(self, name: str, value: str) -> None:
        """Keep a value under a name; empty forgets it."""
        with self._open() as db:
            if value:
                db.execute("INSERT OR REPLACE INTO automation_marks VALUES (?, ?)", (name, value))
            else:
                db.execute("DELETE FROM automation_marks WHERE name = ?", (name,))

    def looked(self, looks: Sequence[Look]) -> None:
        """Note that rules were looked at."""
        rows = [(one.rule.value, one.when.isoformat(), one.words) for one in looks]
        with self._open() as db:
            db.executemany("INSERT OR REPLACE INTO automation_looks VALUES (?, ?, ?)", rows)

    def looks(self) -> dict[Rule, Look]:
        """Give the last look at every rule."""
        with self._open() as db:
            rows = db.execute("SELECT rule, looked, words FROM automation_looks").fetchall()
        found = (Look(rule=Rule(row["rule"]), when=row["looked"], words=row["words"]) for row in rows)
        return {one.rule: one for one in found}

    def note(
        self, rule: Rule, now: datetime, words: str, *, sample: str = "", run: str = "", failed: bool = False
    ) -> None:
        """Write down what was done; the same again right after is counted, not repeated."""
        with self._open() as db:
            last = db.execute("SELECT * FROM automation_log ORDER BY number DESC LIMIT 1").fetchone()
            if last and not run and (last["rule"], last["sample"], last["words"]) == (rule.value, sample, words):
                again = (now.isoformat(), last["number"])
                db.execute("UPDATE automation_log SET last = ?, times = times + 1 WHERE number = ?", again)
                return
            row = (rule.value, now.isoformat(), now.isoformat(), sample, words, run, int(failed))
            db.execute(
                "INSERT INTO automation_log (rule, first, last, times, sample, words, run, failed) "
                "VALUES (?, ?, ?, 1, ?, ?, ?, ?)",
                row,
            )
            db.execute(
                "DELETE FROM automation_log WHERE number <= (SELECT max(number) FROM automation_log) - ?", (KEPT,)
            )

    def last_number(self) -> int:
        """Give the number of the last line of what was done; 0: nothing was."""
        with self._open() as db:
            return int(db.execute("SELECT coalesce(max(number), 0) FROM automation_log").fetchone()[0])

    def noted(self, limit: int = 50, *, after: int = 0) -> list[Noted]:
        """Give what was done last, newest first; `after`: only lines with a higher number."""
        with self._open() as db:
            rows = db.execute(
                "SELECT * FROM automation_log WHERE number > ? ORDER BY number DESC LIMIT ?", (after, limit)
            ).fetchall()
        return [Noted.model_validate({name: row[name] for name in Noted.model_fields}) for row in rows]

    def asked(self, *, after: int = 0) -> list[tuple[int, Noted]]:
        """Give the lines behind one with that number that queued a run about a genome, oldest first, numbered."""
        with self._open() as db:
            asked = "SELECT * FROM automation_log WHERE number > ? AND run != '' AND sample != '' ORDER BY number"
            rows = db.execute(asked, (after,)).fetchall()
        fields = Noted.model_fields
        return [(row["number"], Noted.model_validate({name: row[name] for name in fields})) for row in rows]

    def own_runs(self) -> set[str]:
        """Give the runs that were queued without being asked for, as far back as the log goes."""
        with self._open() as db:
            return {row["run"] for row in db.execute("SELECT run FROM automation_log WHERE run != ''")}

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        return connect(self._database, SCHEMA)
