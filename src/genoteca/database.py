"""`app.db`: one SQLite file that can be rebuilt from files and records, opened the same way everywhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep

from genoteca.seals import check_and_lift, lift, seal_path, set_seal

__all__ = ["connect", "seal_database", "write_ahead_log"]

PATIENCE = 30.0
"""Seconds that one piece of work waits for another's."""
BEAT = 0.02
"""Seconds between two tries where SQLite itself does not wait."""


@contextmanager
def connect(path: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """Open the database for one piece of work: commits at the end, rolls back on an error.

    `schema` is a script of `CREATE … IF NOT EXISTS` of the caller's own tables. Who writes takes the file's seal away
    while nobody else can write or seal it; who only reads leaves it.
    """
    if not path.exists():
        lift(path)  # of one that was deleted
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous=NORMAL")
        before = _shape(connection) if seal_path(path).exists() else -1
        connection.executescript(f"BEGIN IMMEDIATE;{schema}")
        yield connection
        if seal_path(path).exists() and (connection.total_changes or _shape(connection) != before):
            check_and_lift(path)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.close()


def write_ahead_log(path: Path) -> Path:
    """Say where SQLite keeps what was committed and not yet moved into the file."""
    return path.with_name(f"{path.name}-wal")


def seal_database(path: Path) -> bool:
    """Seal a SQLite file, whoever has it open; tell whether it could be: not while another writes all the time.

    It is sealed while nobody else can write, and while its log is empty: so the file is all there is.

    Raises:
        sqlite3.Error: it cannot be opened or read as a database.

    """
    with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.execute("BEGIN IMMEDIATE")
        log = write_ahead_log(path)
        at_rest = not log.exists() or log.stat().st_size == 0
        if at_rest:
            set_seal(path)
        connection.execute("ROLLBACK")
    return at_rest


def _shape(connection: sqlite3.Connection) -> int:
    """Give a number that every change of tables changes."""
    return int(connection.execute("PRAGMA schema_version").fetchone()[0])


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
