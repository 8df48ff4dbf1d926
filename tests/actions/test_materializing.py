"""Assets made by their keys: from the command line, and from Dagster's own screens through the app's queue."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.run_coordinator import SubmitRunContext
from genoteca_queue import GenotecaQueue

from genoteca import actions
from genoteca.actions import App, materializing
from genoteca.actions.dagster_ui import dagster_daemon_command
from genoteca.engine import records
from genoteca.engine.in_step import InStep
from genoteca.engine.settle import is_unsettled, settle
from genoteca.errors import InputError, NotFoundError
from genoteca.model.run import RunKind, RunStatus
from genoteca.settings import Settings

KEY = "demo/synthetic"
ANSWERS = "everyday-traits/annotations"


def definitions(app: App) -> dg.Definitions:
    """Give what Dagster's screens show of a data folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENOTECA_HOME", str(app.layout.home))
        patch.setattr(sys, "path", [*sys.path])  # loading a module appends its generation
        from genoteca.engine.location import location  # reads the data folder when it is imported

        return location(app.settings)


@dataclass(kw_only=True, slots=True)
class Screens:
    """Dagster's own programs as they open a data folder: by its `dagster.yaml`."""

    app: App
    instance: dg.DagsterInstance

    @property
    def queue(self) -> GenotecaQueue:
        found: Any = self.instance.run_coordinator
        assert isinstance(found, GenotecaQueue)
        return found

    def asked(self, *keys: str, partition: str = KEY, **tags: str) -> dg.DagsterRun:
        """Ask for assets as its screens do."""
        selection = [dg.AssetKey(key.split("/")) for key in keys]
        job = definitions(self.app).resolve_implicit_job_def_def_for_assets(selection)
        assert job is not None
        place = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("genoteca"), "__repository__")
        run = self.instance.create_run_for_job(
            job,
            asset_selection=frozenset(selection),
            tags={"dagster/partition": partition} | {f"dagster/{name}": value for name, value in tags.items()},
            remote_job_origin=RemoteJobOrigin(place, job.name),
        )
        workspace: Any = None
        return self.queue.submit_run(SubmitRunContext(run, workspace))

    def status(self, run_id: str) -> dg.DagsterRunStatus:
        found = self.instance.get_run_by_id(run_id)
        assert found is not None
        return found.status


@pytest.fixture(scope="module")
def screens(desk: App) -> Iterator[Screens]:
    """On the open desktop, which works its queue."""
    dagster_daemon_command(desk)
    instance = dg.DagsterInstance.from_config(str(desk.layout.dagster))
    yield Screens(app=desk, instance=instance)
    instance.dispose()


@pytest.fixture
def closed_app(desk: App, tmp_path: Path) -> Iterator[App]:
    """The same data folder elsewhere, where nobody works the queue."""
    home = tmp_path / "home"
    shutil.copytree(desk.layout.home, home, ignore=shutil.ignore_patterns("*.lock"))
    app = actions.open_app(Settings(home=home, standby_seconds=0, offline=True))
    yield app
    actions.close(app)


def test_what_dagster_wants_made_is_worked_by_the_app_under_the_same_id(screens: Screens) -> None:
    run = screens.asked(ANSWERS, "sample/annotated", backfill="many")
    over = screens.app.executor.run_until_over(run.run_id)
    assert over.status is RunStatus.SUCCEEDED, over
    assert over.request.kind is RunKind.JOIN
    assert screens.status(run.run_id) is dg.DagsterRunStatus.SUCCESS
    (stage,) = over.request.after
    for asset, made_by in (("sample/annotated", run.run_id), (ANSWERS, stage)):
        made = records.current(screens.app.layout, asset.split("/"), KEY)
        assert made is not None
        assert made.record.run == made_by
        event = screens.instance.get_latest_materialization_event(dg.AssetKey(asset.split("/")))
        assert event is not None
        assert event.run_id == made_by
    known = screens.instance.get_run_by_id(stage)
    assert known is not None
    assert known.tags["dagster/backfill"] == "many"
    assert known.tags["genoteca/stage of"] == run.run_id


def test_a_worker_that_starts_meanwhile_ends_no_run_that_the_app_is_about_to_take(
    screens: Screens, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another_starts(*command: str) -> dict[str, Any]:
        assert settle(screens.instance, screens.app.index) == 0
        return {"runs": [command[command.index("--as") + 1]]}

    monkeypatch.setattr(screens.queue, "_ask", another_starts)
    run = screens.asked(ANSWERS)
    assert screens.status(run.run_id) is dg.DagsterRunStatus.QUEUED
    assert settle(screens.instance, screens.app.index) == 1  # it is ours now


def test_without_an_open_app_it_waits_and_is_cancelled_from_dagster(closed_app: App) -> None:
    dagster_daemon_command(closed_app)  # the folder was moved: its settings name the new place
    with dg.DagsterInstance.from_config(str(closed_app.layout.dagster)) as instance:
        screens = Screens(app=closed_app, instance=instance)
        run = screens.asked(ANSWERS)
        waiting = closed_app.index.get(run.run_id)
        assert (waiting.status, screens.status(run.run_id)) == (RunStatus.QUEUED, dg.DagsterRunStatus.QUEUED)
        again = screens.asked(ANSWERS)
        assert again.status is dg.DagsterRunStatus.CANCELED  # the very same is not made twice
        assert [one.id for one in closed_app.index.with_status(RunStatus.QUEUED)] == [run.run_id]
        assert screens.queue.cancel_run(run.run_id)
        assert closed_app.index.get(run.run_id).status is RunStatus.CANCELLED
        assert screens.status(run.run_id) is dg.DagsterRunStatus.CANCELED
        with pytest.raises(RuntimeError, match="nobody/none"):
            screens.asked(ANSWERS, partition="nobody/none")


def test_what_is_cancelled_on_either_side_is_cancelled_on_the_other(closed_app: App) -> None:
    dagster_daemon_command(closed_app)
    index, layout = closed_app.index, closed_app.layout
    in_step = InStep(closed_app.settings, index)
    with dg.DagsterInstance.from_config(str(layout.dagster)) as instance:
        screens = Screens(app=closed_app, instance=instance)
        staged = screens.asked("sample/variants", ANSWERS)  # the reading, then the answers
        (reading,) = (one.id for one in index.with_status(RunStatus.QUEUED) if one.stage_of)
        in_step.heed()
        assert {one.id for one in index.with_status(RunStatus.QUEUED)} == {reading, staged.run_id}
        instance.report_run_canceled(staged, "as a backfill does that is cancelled")
        in_step.heed()
        assert {index.get(one).status for one in (reading, staged.run_id)} == {RunStatus.CANCELLED}
        assert not is_unsettled(layout, index)

        here = screens.asked(ANSWERS)
        index.cancel(here.run_id)
        assert is_unsettled(layout, index)
        in_step.settle_when_due()
        assert screens.status(here.run_id) is dg.DagsterRunStatus.CANCELED
        assert not is_unsettled(layout, index)

        due = screens.asked(ANSWERS, from_automation_condition="true")
        assert due.status is dg.DagsterRunStatus.CANCELED, "it is up to date: nobody wants it again"
        assert not index.with_status(RunStatus.QUEUED)

        unknown = screens.asked(ANSWERS)
        index.drop([unknown.run_id])
        assert screens.queue.cancel_run(unknown.run_id)
        assert screens.status(unknown.run_id) is dg.DagsterRunStatus.CANCELED
        assert not instance.run_launcher.terminate(unknown.run_id)


def test_a_mixed_choice_is_parted_into_the_runs_the_app_makes_anyway(closed_app: App) -> None:
    keys = ["sample/annotated", ANSWERS, "everyday-traits/reference", "sample/variants"]
    made = materializing.materialize(closed_app, keys, partition=KEY, run_id="the-last")
    runs = [closed_app.index.get(one).request for one in made]
    assert [run.kind for run in runs] == [RunKind.REFERENCE, RunKind.IMPORT, RunKind.ANNOTATE, RunKind.JOIN]
    assert made[-1] == "the-last"
    assert runs[0].build == "GRCh38"
    assert runs[2].after == [made[1]]  # the references are there: it waits for the reading alone
    assert runs[3].after == made[:3]
    assert [closed_app.index.get(one).stage_of for one in made] == ["the-last"] * 3 + [""]
    assert runs[3].modules == ["everyday-traits"]


def test_every_key_and_partition_there_is_can_be_named_and_no_other(closed_app: App) -> None:
    keys = materializing.asset_keys(closed_app)
    assert keys[ANSWERS]
    assert keys["sample/annotated"]
    assert keys["everyday-traits/reference"] is False
    assert set(keys) == {
        key.to_user_string() for key in definitions(closed_app).resolve_asset_graph().materializable_asset_keys
    }
    assert [(one.key, one.materialized > 0) for one in materializing.partitions(closed_app)] == [(KEY, True)]
    with pytest.raises(NotFoundError, match="everyday-traits/annotation'"):
        materializing.materialize(closed_app, ["everyday-traits/annotation"], partition=KEY)
    with pytest.raises(InputError, match="none is named"):
        materializing.materialize(closed_app, [ANSWERS])
    with pytest.raises(InputError, match="GRCh99"):
        materializing.materialize(closed_app, ["everyday-traits/reference"], build="GRCh99")
