"""What Dagster's own database says of runs: read as it lies there, so that the app need not load Dagster."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from genoteca.settings import Layout

__all__ = ["RUN_TAG", "UNFINISHED", "DagsterRuns"]

RUN_TAG = ".dagster/genoteca_worker"
"""Tag of the Dagster runs that a worker of ours executes; its screens do not show one that begins so."""
CANCELLED = ("CANCELING", "CANCELED")
UNFINISHED = ("NOT_STARTED", "QUEUED", "STARTING", "STARTED", "CANCELING")
"""What Dagster calls a run of which it expects more."""


class DagsterRuns:
    """The runs of one data folder as Dagster knows them."""

    def __init__(self, layout: Layout) -> None:
        self._database: Path = layout.dagster / "history" / "runs.db"

    def token(self) -> tuple[int, ...]:
        """Give something that changes whenever anybody writes there; empty: there is no Dagster home."""
        found: list[int] = []
        for path in (self._database, self._database.with_name(f"{self._database.name}-wal")):
            with suppress(FileNotFoundError):  # the log comes and goes with whoever has the database open
                stat = path.stat()
                found += [stat.st_mtime_ns, stat.st_size]
        return tuple(found)

    def cancelled(self, runs: Sequence[str]) -> list[str]:
        """Give those of these runs that were cancelled there, or are being cancelled."""
        return self._asked(
            "SELECT run_id FROM runs WHERE status IN (SELECT value FROM json_each(?1)) "
            "AND run_id IN (SELECT value FROM json_each(?2))",
            CANCELLED,
            runs,
        )

    def unfinished(self) -> list[str]:
        """Give the runs of ours of which more is expected there."""
        return self._asked(
            "SELECT run_id FROM runs WHERE status IN (SELECT value FROM json_each(?1)) AND run_id IN "
            "(SELECT run_id FROM run_tags WHERE key IN (SELECT value FROM json_each(?2)))",
            UNFINISHED,
            [RUN_TAG],
        )

    def _asked(self, question: str, *lists: Sequence[str]) -> list[str]:
        if not self._database.is_file():
            return []
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(self._database, timeout=30)) as db:
            return [str(row[0]) for row in db.execute(question, [json.dumps(one) for one in lists])]
        return []  # it is being made just now; or it is damaged, which `genoteca verify` says
