"""Executing a run that Dagster knows already: its screens or its daemon made it, and it waited in our queue."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dagster import AssetKey, DagsterRunStatus
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.events import DagsterEvent, DagsterEventType
from dagster._core.execution.api import execute_run

from genoteca.engine.settle import RUN_TAG
from genoteca.errors import RunError

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun, JobDefinition

__all__ = ["execute_known"]


def execute_known(
    job: JobDefinition,
    run: DagsterRun,
    selection: Sequence[AssetKey],
    instance: DagsterInstance,
    config: Mapping[str, object],
) -> None:
    """Execute a run under the id and the partition that Dagster gave it; `selection` is what the app makes of it.

    Raises:
        RunError: Dagster ended it meanwhile.

    """
    if run.is_finished or run.status is DagsterRunStatus.CANCELING:
        raise RunError(
            f"Dagster calls this run {run.status.value.lower()} already.",
            title="The run was ended in Dagster",
            hint="Materialize it again.",
        )
    instance.add_run_tags(run.run_id, {RUN_TAG: str(os.getpid())})
    # what Dagster's own launchers say before they execute; only then may it begin
    starting = DagsterEvent(event_type_value=DagsterEventType.RUN_STARTING.value, job_name=run.job_name)
    instance.report_dagster_event(starting, run_id=run.run_id)
    begun = instance.get_run_by_id(run.run_id)
    if begun is None:
        raise RunError(f"Dagster does not know the run {run.run_id} any more.", hint="Materialize it again.")
    chosen = begun._replace(
        asset_selection=frozenset(selection), asset_check_selection=None, step_keys_to_execute=None, run_config=config
    )
    execute_run(InMemoryJob(job), chosen, instance, raise_on_error=False)
