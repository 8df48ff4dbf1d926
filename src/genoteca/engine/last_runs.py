"""The newest run that asked a module about a sample, for all of them in one look at the index."""

from __future__ import annotations

import json
from collections.abc import Container
from datetime import datetime
from typing import NamedTuple

from genoteca.engine.index import RunIndex
from genoteca.model.run import RunKind, RunStatus

__all__ = ["LastRun", "last_runs"]

QUERY = """
SELECT id, partition, status, json_extract(run, '$.queued') AS queued,
       json_extract(run, '$.request.modules') AS modules, json_extract(run, '$.request.reused') AS reused
FROM runs
WHERE partition IS NOT NULL AND status != ? AND json_extract(run, '$.request.kind') = ?
  AND (NOT coalesce(json_extract(run, '$.request.held'), 0) OR coalesce(json_extract(run, '$.request.settles'), 0))
ORDER BY number DESC
"""


class LastRun(NamedTuple):
    """A run, as far as it says where an answer stands."""

    id: str
    over: bool
    queued: datetime


def last_runs(index: RunIndex, modules: Container[str]) -> dict[tuple[str, str], LastRun]:
    """Give by sample and module the newest run that asked it; of `modules` only.

    One that was cancelled says nothing, nor does a preview.
    """
    found: dict[tuple[str, str], LastRun] = {}
    with index.reading() as db:
        rows = db.execute(QUERY, (RunStatus.CANCELLED.value, RunKind.ANNOTATE.value)).fetchall()
    for row in rows:
        reused = json.loads(row["reused"] or "{}")
        told: LastRun | None = None
        for module in json.loads(row["modules"] or "[]"):
            if module in modules and module not in reused and (row["partition"], module) not in found:
                told = told or LastRun(
                    row["id"], RunStatus(row["status"]).over, datetime.fromisoformat(row["queued"])
                )
                found[row["partition"], module] = told
    return found
