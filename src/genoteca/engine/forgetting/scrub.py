"""Every row of a SQLite file that mentions a sample, and the bytes that such rows leave behind."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from genoteca.seals import check_and_lift, lift

__all__ = ["compact", "mentions", "scrub"]

PATIENCE = 30.0
"""Seconds that others are waited for who read the same file."""
SLUG = "A-Za-z0-9._-"


def scrub(database: Path, keys: Iterable[str]) -> int:
    """Remove every row that mentions one of the samples, and the bytes of what was removed; give how many rows."""
    if not database.is_file():
        return 0
    with closing(sqlite3.connect(database, timeout=PATIENCE, isolation_level=None)) as db:
        db.create_function("mentions", 1, mentions(keys), deterministic=True)
        db.execute("BEGIN IMMEDIATE")
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE V%'")
        check_and_lift(database)
        removed = sum([_scrub_table(db, table) for (table,) in tables.fetchall()])
        db.execute("COMMIT")
    compact(database)
    return removed


def compact(database: Path) -> None:
    """Write a SQLite file anew without its free pages, and empty its write-ahead log.

    Raises:
        sqlite3.OperationalError: somebody went on reading it for half a minute.

    """
    with closing(sqlite3.connect(database, timeout=PATIENCE, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        check_and_lift(database)
        db.execute("COMMIT")
        db.execute("VACUUM")
        until = time.monotonic() + PATIENCE
        while db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > until:
                raise sqlite3.OperationalError(f"{database.name} is being read: its log could not be emptied")
            time.sleep(0.05)
    lift(database)  # one that was set between the two


def mentions(keys: Iterable[str]) -> Callable[[object], bool]:
    """Make a function that finds a key in a value, but not inside of a longer one (`anna/g1` in `anna/g10`).

    An address writes the slash as %2F; JSON may write it with a backslash, and letters of a file's name by number.
    """
    spelled = {
        way for key in keys for way in (key, quote(key, safe=""), key.replace("/", "\\/"), json.dumps(key)[1:-1])
    }
    told = "|".join(re.escape(way) for way in sorted(spelled))
    found = re.compile(rf"(?<![{SLUG}])(?:{told})(?![{SLUG}])", re.IGNORECASE)

    def mentioned(value: object) -> bool:
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        return isinstance(value, str) and found.search(value) is not None

    return mentioned


def _scrub_table(db: sqlite3.Connection, table: str) -> int:
    columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
    if table == "asset_keys":
        return _scrub_asset_keys(db, columns)
    told = " OR ".join(f'mentions("{column}")' for column in columns)
    return db.execute(f'DELETE FROM "{table}" WHERE {told}').rowcount


def _scrub_asset_keys(db: sqlite3.Connection, columns: list[str]) -> int:
    """Replace the cached last materialization of an asset, where it is the sample's, by the newest that is left."""
    changed = 0
    for column in columns:
        if column not in ("id", "asset_key"):
            query = f'UPDATE asset_keys SET "{column}" = NULL WHERE mentions("{column}")'
            changed += db.execute(query).rowcount
    # The rows may be scrubbed before or after the events: those of the sample are left out here.
    db.execute(
        """
        UPDATE asset_keys SET (last_materialization, last_run_id) = (
          SELECT event, run_id FROM event_logs
          WHERE event_logs.asset_key = asset_keys.asset_key
            AND dagster_event_type = 'ASSET_MATERIALIZATION' AND NOT mentions(event)
          ORDER BY id DESC LIMIT 1
        ) WHERE last_materialization IS NULL
        """
    )
    return changed
