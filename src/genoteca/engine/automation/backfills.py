"""Many look-ups that were asked for at once, in `app.db`: which there are, and where each of them stands.

A look-up's row carries the key of its genome: it is forgotten with the genome.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from genoteca.database import connect
from genoteca.errors import NotFoundError
from genoteca.model.automation import Backfill, BackfillState, Cell, CellState

if TYPE_CHECKING:
    import sqlite3

__all__ = ["Backfills"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS backfills (
  id INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT NOT NULL, created TEXT NOT NULL, ended TEXT,
  modules TEXT NOT NULL, at_once INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS backfill_cells (
  backfill INTEGER NOT NULL, place INTEGER NOT NULL, sample TEXT NOT NULL, module TEXT NOT NULL,
  state TEXT NOT NULL, run TEXT NOT NULL, own INTEGER NOT NULL, tries INTEGER NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (backfill, place)
) WITHOUT ROWID;
"""
# Inside the class `list` is the method.
Found: TypeAlias = list[Backfill]
Cells: TypeAlias = list[Cell]


class Backfills:
    """The backfills of one data folder. Every call is one short transaction."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def start(self, samples: Sequence[str], modules: Sequence[str], *, at_once: int, now: datetime) -> Backfill:
        """Write down a backfill of these genomes by these modules, genome after genome."""
        pairs = [(sample, module) for sample in samples for module in modules]
        with self._open() as db:
            row = (BackfillState.GOING.value, now.isoformat(), " ".join(modules), at_once)
            made = db.execute("INSERT INTO backfills (state, created, modules, at_once) VALUES (?, ?, ?, ?)", row)
            cells = [(made.lastrowid, place, *pair, CellState.WAITING.value) for place, pair in enumerate(pairs)]
            db.executemany("INSERT INTO backfill_cells VALUES (?, ?, ?, ?, ?, '', 0, 0, '')", cells)
            return _backfill(db, _row(db, int(made.lastrowid or 0)))

    def get(self, number: int) -> Backfill:
        """Give one.

        Raises:
            NotFoundError: there is none of this number.

        """
        with self._open() as db:
            return _backfill(db, _row(db, number))

    def list(self, *states: BackfillState, limit: int = 50) -> Found:
        """Give the newest, newest first; of some states only, where they are named."""
        with self._open() as db:
            rows = db.execute("SELECT * FROM backfills ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
            return [_backfill(db, row) for row in rows if not states or row["state"] in states]

    def cells(self, number: int) -> Cells:
        """Give the look-ups of one, in their order."""
        with self._open() as db:
            rows = db.execute("SELECT * FROM backfill_cells WHERE backfill = ? ORDER BY place", (number,)).fetchall()
        return [Cell.model_validate({name: row[name] for name in Cell.model_fields}) for row in rows]

    def save(self, number: int, cells: Sequence[Cell]) -> None:
        """Write down where look-ups stand now; one whose genome was forgotten meanwhile stays forgotten."""
        rows = [(c.state.value, c.run, int(c.own), c.tries, c.reason, number, c.place) for c in cells]
        with self._open() as db:
            db.executemany(
                "UPDATE backfill_cells SET state = ?, run = ?, own = ?, tries = ?, reason = ? "
                "WHERE backfill = ? AND place = ?",
                rows,
            )

    def change(self, number: int, state: BackfillState, *, ended: datetime | None = None) -> Backfill:
        """Pause, resume or end one; one that is over stays as it is.

        Raises:
            NotFoundError: there is none of this number.

        """
        with self._open() as db:
            before = _backfill(db, _row(db, number))
            if before.ended is None:
                row = (state.value, ended.isoformat() if ended else None, number)
                db.execute("UPDATE backfills SET state = ?, ended = ? WHERE id = ?", row)
            return _backfill(db, _row(db, number))

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        return connect(self._database, SCHEMA)


def _row(db: sqlite3.Connection, number: int) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM backfills WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFoundError(f"There is no backfill {number}.", hint="`genoteca backfill list` shows them.")
    return row


def _backfill(db: sqlite3.Connection, row: sqlite3.Row) -> Backfill:
    counted = "SELECT state, count(*) AS number FROM backfill_cells WHERE backfill = ? GROUP BY state"
    genomes = "SELECT count(DISTINCT sample) FROM backfill_cells WHERE backfill = ?"
    return Backfill(
        id=row["id"],
        state=row["state"],
        created=row["created"],
        ended=row["ended"],
        modules=tuple(row["modules"].split()),
        at_once=row["at_once"],
        genomes=db.execute(genomes, (row["id"],)).fetchone()[0],
        counts={CellState(one["state"]): one["number"] for one in db.execute(counted, (row["id"],))},
    )
