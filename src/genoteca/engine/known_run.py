"""Executing a run that Dagster knows already: its screens or its daemon made it, and it waited in our queue."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from dagster import AssetKey, DagsterRunStatus
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.events import DagsterEvent, DagsterEventType
from dagster._core.execution.api import execute_run

from genoteca.engine.dagster_runs import RUN_TAG
from genoteca.engine.index import RunIndex
from genoteca.errors import NotFoundError, RunError

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun, JobDefinition

__all__ = ["execute_known", "tags_for", "was_cancelled"]

BACKFILL_TAG = "dagster/backfill"
STAGE_TAG = "genoteca/stage of"
"""On a run that makes a part of what a run of Dagster's was asked for: that run."""


def tags_for(run_id: str, instance: DagsterInstance, index: RunIndex) -> dict[str, str]:
    """Give the tags of a run that Dagster does not know yet.

    A stage of a run of Dagster's says so, and belongs to the same backfill: what it makes counts there.
    """
    tags, asking = {RUN_TAG: str(os.getpid())}, ""
    with suppress(NotFoundError):  # it was forgotten meanwhile, with its genome
        asking = index.get(run_id).stage_of
    if asking and (known := instance.get_run_by_id(asking)):
        tags[STAGE_TAG] = asking
        tags |= {name: value for name, value in known.tags.items() if name == BACKFILL_TAG}
    return tags


def was_cancelled(run: DagsterRun) -> bool:
    """Tell whether somebody cancelled a run in Dagster before the app could begin it."""
    return run.status in (DagsterRunStatus.CANCELING, DagsterRunStatus.CANCELED)


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
    if run.is_finished:
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
