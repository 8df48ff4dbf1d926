"""The history of runs, kept within bounds: by number and by age, some at a time, never what still says something.

A run stays, however old, while a table that is kept names it as its maker, and while Dagster's newest materialization
of an asset in a partition is its own: deleting a run in Dagster deletes what it materialized as well. The work in
Dagster is done by `python -m genoteca.engine.retention`.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from genoteca.engine import records
from genoteca.engine.files import below, size_of
from genoteca.engine.forgetting.scrub import compact
from genoteca.engine.index import RunIndex
from genoteca.engine.process import run_child
from genoteca.errors import DataFolderError
from genoteca.settings import Layout, Settings

__all__ = ["AT_ONCE", "HistorySize", "history_size", "outdated_runs", "prune_runs"]

AT_ONCE = 50
"""Runs that are dropped in one go: two seconds of Dagster's work, so that nobody waits for it."""
LONGEST = 600.0
LOOSE = 0.2
"""Share of free pages from which on a database is written anew."""


class HistorySize(BaseModel):
    """What the history takes."""

    model_config = ConfigDict(frozen=True)

    runs: int
    app_bytes: int
    """Of `app.db`, which also holds settings and the list of requests."""
    dagster_bytes: int
    older_results: int
    """Tables that are kept beside those in force."""
    older_bytes: int


def history_size(layout: Layout) -> HistorySize:
    """Count what the history takes."""
    current = {stored.path for stored in records.all_records(layout)}
    older = {stored.path for stored in records.all_records(layout, older=True) if stored.record.file} - current
    with RunIndex(layout.database).reading() as db:
        runs = int(db.execute("SELECT count(*) FROM runs").fetchone()[0])
    return HistorySize(
        runs=runs,
        app_bytes=sum(size_of(path) for path in layout.home.glob("app.db*")),
        dagster_bytes=sum(size_of(path) for path in below(layout.dagster) if path.is_file()),
        older_results=len(older),
        older_bytes=sum(size_of(path) for path in older),
    )


def outdated_runs(settings: Settings, now: datetime) -> list[str]:
    """Give the runs that the settings let go, the oldest first; those that still say something are not among them."""
    oldest = (
        now - timedelta(days=settings.keep_run_days) if settings.keep_run_days else datetime.min.replace(tzinfo=UTC)
    )
    newest = settings.keep_runs or -1
    with RunIndex(settings.layout.database).reading() as db:
        rows = db.execute(
            """
            SELECT id, place, coalesce(json_extract(run, '$.ended'), json_extract(run, '$.queued')) AS ended FROM (
              SELECT id, run, number, status, row_number() OVER (ORDER BY number DESC) AS place FROM runs
            ) WHERE status IN ('succeeded', 'failed', 'cancelled') ORDER BY number
            """
        ).fetchall()
    found = [row["id"] for row in rows if 0 <= newest < row["place"] or datetime.fromisoformat(row["ended"]) < oldest]
    if not found:  # the records need not be read
        return []
    telling = {stored.record.run for stored in records.all_records(settings.layout, older=True)}
    telling |= {stored.record.run for stored in records.all_records(settings.layout)} | _newest_in_dagster(settings)
    return [run for run in found if run not in telling]


def prune_runs(settings: Settings, runs: Sequence[str]) -> None:
    """Drop runs from Dagster, then from the app's own list: killed in between, they are dropped again.

    Raises:
        DataFolderError: Dagster could not do it.

    """
    if not runs:
        return
    layout = settings.layout
    if layout.dagster.is_dir():
        try:
            child = run_child(settings, "genoteca.engine.retention", "\n".join(runs), timeout=LONGEST)
            told = child.stderr.strip() if child.returncode else ""
        except subprocess.TimeoutExpired:
            told = f"it took longer than {LONGEST:.0f} seconds"
        if told:
            raise DataFolderError(f"Old runs could not be dropped: {told.splitlines()[-1]}")
    RunIndex(layout.database).drop(runs)
    for database in (layout.database, *below(layout.dagster, "index.db")):
        if _is_loose(database):
            compact(database)


def _newest_in_dagster(settings: Settings) -> set[str]:
    """Give the runs that made the newest materialization of any asset in any partition."""
    database = settings.layout.dagster / "history" / "runs" / "index.db"
    if not database.is_file():
        return set()
    with closing(sqlite3.connect(database, timeout=30)) as db:
        rows = db.execute(
            """
            SELECT run_id FROM event_logs WHERE id IN (
              SELECT max(id) FROM event_logs
              WHERE dagster_event_type = 'ASSET_MATERIALIZATION' GROUP BY asset_key, partition
            )
            """
        )
        return {row[0] for row in rows}


def _is_loose(database: Path) -> bool:
    with closing(sqlite3.connect(database, timeout=30)) as db:
        free, pages = (int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("freelist_count", "page_count"))
    return free > LOOSE * pages


def _drop_in_dagster(layout: Layout, runs: Sequence[str]) -> None:
    from genoteca.engine.instance import open_instance

    instance = open_instance(layout)
    for run in runs:
        if instance.has_run(run):
            instance.delete_run(run)
    instance.dispose()
    for run in runs:  # Dagster empties the run's own database, and leaves the file
        for path in below(layout.dagster, f"*{run}.db*"):
            path.unlink()


def main() -> None:
    """Drop the runs that the input names from the Dagster home of the data folder that the environment names."""
    os.umask(0o077)
    _drop_in_dagster(Settings().layout, sys.stdin.read().split())


if __name__ == "__main__":
    main()
