"""Tells Dagster how runs have ended whose worker could not: `python -m genoteca.engine.settle`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from genoteca.engine.dagster_runs import RUN_TAG, UNFINISHED, DagsterRuns
from genoteca.engine.index import RunIndex
from genoteca.errors import NotFoundError
from genoteca.model.run import RunStatus
from genoteca.settings import Layout, Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun

__all__ = ["is_unsettled", "settle", "tell_end"]


def settle(instance: DagsterInstance, index: RunIndex) -> int:
    """End every Dagster run that the run index knows to be over (or does not know); give how many there were."""
    from dagster import DagsterRunStatus, RunsFilter

    statuses = [DagsterRunStatus(one) for one in UNFINISHED]
    left = [run for run in instance.get_runs(RunsFilter(statuses=statuses)) if RUN_TAG in run.tags]
    return sum(tell_end(instance, run, _status(index, run.run_id)) for run in left)


def tell_end(instance: DagsterInstance, run: DagsterRun, status: RunStatus | None) -> bool:
    """Tell Dagster how a run of which it expects more has ended; false: it has not. `status` null: nobody knows."""
    if status is None or status is RunStatus.FAILED:
        instance.report_run_failed(run, "It ended before Dagster could see how.")
    elif status is RunStatus.CANCELLED:
        instance.report_run_canceled(run, "Cancelled in Genoteca.")
    else:
        return False
    return True


def is_unsettled(layout: Layout, index: RunIndex) -> bool:
    """Tell whether Dagster expects more of a run that is over."""
    known = [_status(index, one) for one in DagsterRuns(layout).unfinished()]
    return any(status is None or status.over for status in known)


def _status(index: RunIndex, run_id: str) -> RunStatus | None:
    try:
        return index.get(run_id).status
    except NotFoundError:
        return None


def main() -> None:
    """Settle the data folder that the environment names, making its Dagster home where there is none."""
    from genoteca.engine.instance import open_instance

    os.umask(0o077)
    layout: Layout = Settings().layout
    instance = open_instance(layout)
    settle(instance, RunIndex(layout.database))
    instance.dispose()


if __name__ == "__main__":
    main()
