from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from genoteca.engine.executor import Executor
from genoteca.engine.index import RunIndex
from genoteca.engine.retention import history_size, outdated_runs, prune_runs
from genoteca.model.run import Run, RunKind, RunRequest, RunStatus
from genoteca.settings import Settings

from .workshop import Workshop, import_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def past(index: RunIndex, count: int, *, partition: str = "anna/g1") -> list[str]:
    """Write down runs that ended well, one a day up to the day before `NOW`."""
    request = RunRequest(kind=RunKind.ANNOTATE, partition=partition, assets=[["x", "annotations"]])
    runs = [
        Run(
            id=f"{number:08x}-0000-4000-8000-000000000000",
            request=request,
            status=RunStatus.SUCCEEDED,
            queued=NOW - timedelta(days=count - number),
            ended=NOW - timedelta(days=count - number),
        )
        for number in range(count)
    ]
    index.restore(runs)
    return [run.id for run in runs]


@pytest.mark.parametrize(
    ("limits", "gone"),
    [
        ({"keep_runs": 0}, 0),
        ({"keep_runs": 7}, 3),
        ({"keep_runs": 0, "keep_run_days": 4}, 6),
        ({"keep_runs": 9, "keep_run_days": 4}, 6),
        ({"keep_runs": 20}, 0),
    ],
)
def test_the_oldest_runs_go_by_number_or_by_age(settings: Settings, limits: dict[str, int], gone: int) -> None:
    index = RunIndex(settings.layout.database)
    runs = past(index, 10)
    chosen = settings.model_copy(update=limits)
    assert outdated_runs(chosen, NOW) == runs[:gone]
    prune_runs(chosen, outdated_runs(chosen, NOW))
    assert [run.id for run in reversed(index.list())] == runs[gone:]


def test_a_run_that_waits_or_works_never_goes(settings: Settings) -> None:
    index = RunIndex(settings.layout.database)
    index.enqueue(RunRequest(kind=RunKind.ANNOTATE, partition="anna/g1", assets=[]))
    past(index, 2)
    assert len(outdated_runs(settings.model_copy(update={"keep_runs": 1}), NOW)) == 1
    assert index.with_status(RunStatus.QUEUED)


def test_what_made_a_table_that_is_kept_stays_and_dagster_loses_no_newest_materialization(
    workshop: Workshop, executors: Callable[..., Executor]
) -> None:
    samples = [workshop.genome("anna", name) for name in ("g1", "g2")]
    executor = executors(workshop)
    first = [executor.run_until_over(executor.index.enqueue(import_of(one)).id) for one in samples]
    again = executor.run_until_over(executor.index.enqueue(import_of(samples[0])).id)
    assert {run.status for run in (*first, again)} == {RunStatus.SUCCEEDED}
    executor.stop()
    layout = workshop.settings.layout
    strict = workshop.settings.model_copy(update={"keep_runs": 1})
    assert outdated_runs(strict, NOW) == [], "an older version of the tables names it"
    for path in layout.users.rglob(f"*-{first[0].id[:8]}.*"):
        path.unlink()
    assert outdated_runs(strict, NOW) == [first[0].id]
    before, size = _newest(workshop), history_size(layout)
    prune_runs(strict, outdated_runs(strict, NOW))
    assert _newest(workshop) == before
    assert {partition for _, partition in before} == {"anna/g1", "anna/g2"}
    assert {run.id for run in executor.index.list()} == {first[1].id, again.id}
    assert not list(layout.dagster.rglob(f"{first[0].id}.db*"))
    after = history_size(layout)
    assert after.dagster_bytes < size.dagster_bytes
    assert (size.runs, after.runs) == (3, 2)


def _newest(workshop: Workshop) -> dict[tuple[str, str], str]:
    """Give the run of the newest materialization by asset and partition, as Dagster has it."""
    database = workshop.settings.layout.dagster / "history" / "runs" / "index.db"
    with closing(sqlite3.connect(database)) as db:
        rows = db.execute(
            "SELECT asset_key, partition, run_id FROM event_logs "
            "WHERE dagster_event_type = 'ASSET_MATERIALIZATION' ORDER BY id"
        )
        return {(asset, partition): run for asset, partition, run in rows}
