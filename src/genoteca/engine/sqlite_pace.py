"""Dagster's SQLite databases at a better pace: it opens each of them anew for every event that it writes.

A run of twelve modules does that some 1,100 times. Each time SQLAlchemy makes an engine and compiles the same
statements again; closing the last connection moves the whole log into the database; and every commit waits for the
disk. Nothing else changes: tables, statements and the one writer at a time are Dagster's own, and another program
reads them as ever.
"""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from genoteca.sdk.migrations import read_migrations_once
from genoteca.seals import check_and_lift, seal_path
from genoteca.settings import Layout

__all__ = ["close_connections", "held_open", "keep_engines"]

STORAGES = (
    "dagster._core.storage.event_log.sqlite.sqlite_event_log",
    "dagster._core.storage.runs.sqlite.sqlite_run_storage",
    "dagster._core.storage.schedules.sqlite.sqlite_schedule_storage",
)
"""Where Dagster makes engines; a version of it that has none there goes on as slowly as before."""
MAKES = "create_engine"
# The write-ahead log is whole after a crash; a power cut may lose the last events, which are told in records anyway
# (https://www.sqlite.org/pragma.html#pragma_synchronous).
PACE = "PRAGMA synchronous = NORMAL"


class _Kept:
    """Makes an engine for each database once, which keeps its connections, and gives it again."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._engines: dict[str, Any] = {}

    def __call__(self, address: str, **options: Any) -> Any:
        from sqlalchemy import event
        from sqlalchemy.pool import QueuePool

        if address not in self._engines:
            engine = self._engines[address] = self._make(address, **(options | {"poolclass": QueuePool}))
            event.listen(engine, "connect", _set_pace)
            event.listen(engine, "commit", _take_seal_away)
            engine.dispose = _not_yet  # Dagster asks for it after every event
        return self._engines[address]

    def close(self) -> None:
        """Close the connections; the engines make new ones when they are asked."""
        for engine in self._engines.values():
            type(engine).dispose(engine)


def keep_engines() -> None:
    """Let Dagster, in this process, make the engine of each of its databases once; safe to call again."""
    read_migrations_once()
    for name in STORAGES:
        known = vars(importlib.import_module(name))
        if MAKES in known and not isinstance(known[MAKES], _Kept):
            known[MAKES] = _Kept(known[MAKES])


def close_connections() -> None:
    """Close what `keep_engines` keeps open: a database at rest is whole in its one file."""
    for name in STORAGES:
        kept = vars(importlib.import_module(name)).get(MAKES)
        if isinstance(kept, _Kept):
            kept.close()


@contextmanager
def held_open(layout: Layout, run_id: str) -> Iterator[None]:
    """Keep the databases that a run writes open for as long as it lasts, and no longer."""
    history = layout.dagster / "history"
    with ExitStack() as stack:
        for path in (history / "runs.db", history / "runs" / "index.db", history / "runs" / f"{run_id}.db"):
            connection = stack.enter_context(closing(sqlite3.connect(path, timeout=30)))
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()  # only now is the file open
        try:
            yield
        finally:
            close_connections()


def _not_yet(*_: object, **__: object) -> None:
    """Leave connections open until `close_connections`."""


def _take_seal_away(connection: Any) -> None:
    """Take the file's seal away before its first change; nobody else can write or seal it at this moment."""
    path = Path(connection.engine.url.database)
    if seal_path(path).exists():
        check_and_lift(path)


def _set_pace(connection: Any, _: object) -> None:
    connection.execute(PACE)
