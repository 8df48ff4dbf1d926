"""Tells Dagster how runs have ended whose worker could not: `python -m genoteca.engine.settle`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from genoteca.engine.index import RunIndex
from genoteca.errors import NotFoundError
from genoteca.model.run import RunStatus
from genoteca.settings import Layout, Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance

__all__ = ["RUN_TAG", "settle"]

RUN_TAG = "genoteca/worker"
"""Tag of the Dagster runs that a worker of ours executes."""


def settle(instance: DagsterInstance, index: RunIndex) -> int:
    """End every Dagster run that the run index knows to be over (or does not know); give how many there were."""
    from dagster import DagsterRunStatus, RunsFilter

    statuses = [
        DagsterRunStatus.NOT_STARTED,
        DagsterRunStatus.QUEUED,
        DagsterRunStatus.STARTING,
        DagsterRunStatus.STARTED,
        DagsterRunStatus.CANCELING,
    ]
    left = [run for run in instance.get_runs(RunsFilter(statuses=statuses)) if RUN_TAG in run.tags]
    ended = 0
    for run in left:
        status = _status(index, run.run_id)
        if status is None or status is RunStatus.FAILED:
            instance.report_run_failed(run, "The worker ended before this run was over.")
        elif status is RunStatus.CANCELLED:
            instance.report_run_canceled(run, "Cancelled; the worker had to be ended.")
        else:
            continue
        ended += 1
    return ended


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
