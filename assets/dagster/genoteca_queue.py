"""Hands what Dagster's screens and daemon want run to Genoteca's own queue; nothing is ever run from there.

It is imported by Dagster's web server and daemon, in an environment that knows nothing of Genoteca but this file: so
it asks the app by its command line. One queue and one lock: what is asked for here waits like any other run.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from typing import Any, Self

from dagster import DagsterInstance, DagsterRun, DagsterRunStatus
from dagster._config.config_schema import UserConfigSchema
from dagster._core.events import DagsterEvent
from dagster._core.launcher.base import LaunchRunContext, RunLauncher
from dagster._core.run_coordinator import RunCoordinator, SubmitRunContext
from dagster._serdes import ConfigurableClass, ConfigurableClassData

__all__ = ["GenotecaLauncher", "GenotecaQueue"]

WORKER_TAG = ".dagster/genoteca_worker"
"""Says to the app that it must tell Dagster how this run ended, should its worker not be able to."""
PARTITION_TAG = "dagster/partition"
BY_ITSELF_TAG = "dagster/from_automation_condition"
RANGE_TAG = "dagster/asset_partition_range_start"
BUILD_TAG = "genoteca/build"
CANCELLED = "cancelled"
SECONDS = 60
"""How long the app may take to answer; it only writes the run down."""


class UnknownError(RuntimeError):
    """The app knows nothing of what was named."""


class _Configured(ConfigurableClass):
    """Made from what `dagster.yaml` says."""

    _inst_data: ConfigurableClassData | None

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        """Give what `dagster.yaml` says."""
        return self._inst_data

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """Make it from what `dagster.yaml` says."""
        return cls(inst_data=inst_data, **config_value)  # type: ignore[call-arg] # each takes what it names below


class GenotecaQueue(RunCoordinator[DagsterInstance], _Configured):
    """A run coordinator whose queue is Genoteca's.

    `python`: the app's interpreter. `home`: its data folder. Both stand in `dagster.yaml`, which the app writes.
    """

    def __init__(self, python: str, home: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._python = python
        self._home = home
        self._inst_data = inst_data
        super().__init__()  # type: ignore[no-untyped-call] # Dagster has no types there

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """Name what `dagster.yaml` must say."""
        return {"python": str, "home": str}

    def submit_run(self, context: SubmitRunContext) -> DagsterRun:
        """Queue a run with the app under Dagster's own id; an error of the app fails it."""
        run = context.dagster_run
        if run.status is not DagsterRunStatus.NOT_STARTED:
            return run
        # The event comes first: as soon as the app knows of the run, its worker may begin it.
        self._instance.report_dagster_event(DagsterEvent.job_enqueue(run), run_id=run.run_id)
        told = self._ask(*_wanted(run))
        # The tag comes last: a worker that starts ends tagged runs that the app does not know.
        self._instance.add_run_tags(run.run_id, {WORKER_TAG: "queued"})
        if run.run_id not in told["runs"]:
            others = ", ".join(one[:8] for one in told["runs"])
            self._end(run.run_id, f"Not queued: the same is up to date, queued or at work; see {others} in Genoteca.")
        return self._reloaded(run.run_id)

    def cancel_run(self, run_id: str) -> bool:
        """Ask the app to stop a run, with the stages that were queued for it; one that only waits is over at once."""
        try:
            status = self._ask("runs", "cancel", run_id, "--stages")["run"]["run"]["status"]
        except UnknownError:  # it has not come to the app yet, or was forgotten there: whoever takes it later sees it
            status = CANCELLED
        run = self._instance.get_run_by_id(run_id)
        if status == CANCELLED and run is not None and not run.is_finished:
            self._end(run_id, "Cancelled before Genoteca began it.")
        return True

    def _end(self, run_id: str, why: str) -> None:
        self._instance.report_run_canceling(self._reloaded(run_id), why)
        self._instance.report_run_canceled(self._reloaded(run_id), why)

    def _reloaded(self, run_id: str) -> DagsterRun:
        run = self._instance.get_run_by_id(run_id)
        if run is None:
            raise RuntimeError(f"Dagster does not know the run {run_id} any more.")
        return run

    def _ask(self, *command: str) -> dict[str, Any]:
        """Run a command of the app and give the document it prints."""
        asked = [self._python, "-m", "genoteca", "--home", self._home, *command, "--json"]
        done = subprocess.run(
            asked, capture_output=True, text=True, timeout=SECONDS, stdin=subprocess.DEVNULL, check=False
        )
        try:
            told: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            raise RuntimeError(f"Genoteca did not answer: {done.stderr.strip() or done.stdout.strip()}") from None
        if error := told.get("error"):
            kind = UnknownError if error["kind"] == "NotFoundError" else RuntimeError
            raise kind(f"{error['title']}: {error['message']} {error['hint']}")
        return told


class GenotecaLauncher(RunLauncher[DagsterInstance], _Configured):
    """Launches nothing: the app's workers take their runs from its queue. It ends what a cancelled backfill runs."""

    def __init__(self, inst_data: ConfigurableClassData | None = None) -> None:
        self._inst_data = inst_data
        super().__init__()  # type: ignore[no-untyped-call] # Dagster has no types there

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """Name what `dagster.yaml` must say: nothing."""
        return {}

    def launch_run(self, context: LaunchRunContext) -> None:
        """Refuse: whoever comes here went around the queue."""
        raise RuntimeError(f"The run {context.dagster_run.run_id} must wait in Genoteca's queue.")

    def terminate(self, run_id: str) -> bool:
        """Say that a run is to end; the app sees it at once, where it works the queue, and ends its worker."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        return True


def _wanted(run: DagsterRun) -> list[str]:
    """Give the command that queues what a run of Dagster's was asked to make."""
    if not run.asset_selection:
        raise RuntimeError("Genoteca runs assets: choose the assets to materialize.")
    if RANGE_TAG in run.tags:
        raise RuntimeError("Genoteca makes one genome at a time: choose one run for each partition.")
    command = ["runs", "materialize", *sorted("/".join(key.path) for key in run.asset_selection)]
    for option, tag in (("--partition", PARTITION_TAG), ("--build", BUILD_TAG)):
        if tag in run.tags:
            command += [option, run.tags[tag]]
    if BY_ITSELF_TAG in run.tags:  # the app may have seen before Dagster that it was due
        command.append("--unless-up-to-date")
    return [*command, "--as", run.run_id, "--no-wait"]
