from __future__ import annotations

import uuid

import dagster as dg
import pytest

from genoteca.engine.dagster_runs import RUN_TAG
from genoteca.engine.home import dagster_yaml, is_complete
from genoteca.engine.index import RunIndex
from genoteca.engine.instance import open_instance
from genoteca.engine.settle import settle
from genoteca.model.run import RunKind, RunRequest, RunStatus
from genoteca.settings import Settings

REQUEST = RunRequest(kind=RunKind.REFERENCE, assets=[["tiny", "reference"]], build="GRCh38")


@dg.job
def nothing() -> None:
    """Do nothing."""


def started(instance: dg.DagsterInstance, run_id: str, *, ours: bool = True) -> None:
    """Leave a run as a worker that was killed does."""
    tags = {RUN_TAG: "1"} if ours else {}
    instance.create_run_for_job(nothing, run_id=run_id, status=dg.DagsterRunStatus.STARTED, tags=tags)


def status_of(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def test_nothing_is_reported_to_anybody_and_no_output_is_captured(settings: Settings) -> None:
    instance = open_instance(settings.layout)
    assert instance.telemetry_enabled is False
    assert type(instance.compute_log_manager).__name__ == "NoOpComputeLogManager"
    assert (settings.layout.dagster / "dagster.yaml").read_text() == dagster_yaml(settings.layout.dagster)
    instance.dispose()


def test_a_home_that_was_only_half_made_is_made_anew(settings: Settings) -> None:
    half = settings.layout.dagster / "history" / "runs.db"
    half.parent.mkdir(parents=True)
    half.write_text("not a database")
    open_instance(settings.layout).dispose()
    assert is_complete(settings.layout.dagster)
    assert half.read_bytes().startswith(b"SQLite format 3")


def test_a_home_that_is_complete_is_kept(settings: Settings) -> None:
    instance = open_instance(settings.layout)
    instance.add_dynamic_partitions("samples", ["anna/g1"])
    instance.dispose()
    again = open_instance(settings.layout)
    assert list(again.get_dynamic_partitions("samples")) == ["anna/g1"]
    again.dispose()


@pytest.fixture
def index(settings: Settings) -> RunIndex:
    return RunIndex(settings.layout.database)


def test_dagster_learns_how_runs_ended_whose_worker_could_not_say(settings: Settings, index: RunIndex) -> None:
    instance = open_instance(settings.layout)
    cancelled, failed, working = (index.enqueue(REQUEST).id for _ in range(3))
    index.update(cancelled, status=RunStatus.CANCELLED)
    index.update(failed, status=RunStatus.FAILED)
    index.update(working, status=RunStatus.RUNNING)
    unknown, foreign = str(uuid.uuid4()), str(uuid.uuid4())
    for run_id in (cancelled, failed, working, unknown):
        started(instance, run_id)
    started(instance, foreign, ours=False)
    assert settle(instance, index) == 3
    assert status_of(instance, cancelled) is dg.DagsterRunStatus.CANCELED
    assert status_of(instance, failed) is dg.DagsterRunStatus.FAILURE
    assert status_of(instance, unknown) is dg.DagsterRunStatus.FAILURE
    assert status_of(instance, working) is dg.DagsterRunStatus.STARTED
    assert status_of(instance, foreign) is dg.DagsterRunStatus.STARTED
    instance.dispose()
