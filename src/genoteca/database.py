"""`app.db`: one SQLite file that can be rebuilt from files and records, opened the same way everywhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

__all__ = ["connect"]

PATIENCE = 30.0
"""Seconds that one piece of work waits for another's."""
BEAT = 0.02
"""Seconds between two tries where SQLite itself does not wait."""


@contextmanager
def connect(path: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """Open the database for one piece of work: commits at the end, rolls back on an error.

    `schema` is a script of `CREATE … IF NOT EXISTS` of the caller's own tables.
    """
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.executescript(schema)
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.close()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch the file to write-ahead logging, for good; SQLite's own waiting does not hold for this statement.

    While another connection is at work in a file that is not switched yet, it says at once that it is locked.
    """
    until = monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
        else:
            return
        sleep(BEAT)
