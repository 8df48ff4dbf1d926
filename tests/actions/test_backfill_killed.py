"""Many genomes asked about by many modules, and killed in the middle: nothing is made twice, nothing is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from genoteca import actions
from genoteca.actions import App
from genoteca.actions.backfills import (
    cancel_backfill,
    feed_backfills,
    follow_backfill,
    going_backfills,
    list_backfills,
    pause_backfill,
    resume_backfill,
    show_backfill,
    start_backfill,
)
from genoteca.engine import records
from genoteca.engine.automation.backfills import Backfills
from genoteca.errors import InputError, NotFoundError
from genoteca.model.automation import BackfillState, CellState
from genoteca.model.run import INTERRUPTED, RunKind, RunStatus
from genoteca.settings import Settings

MODULES = ("blood-groups", "everyday-traits", "thrombophilia", "blood-lipids", "drug-response-alleles")


def filled(home: Path, genomes: int, modules: int) -> App:
    """An open app with genomes that were read and modules that were asked nothing."""
    app = actions.open_app(Settings(home=home, standby_seconds=0, offline=True))
    for module in MODULES[:modules]:
        actions.install_module(app, module)
    demo = actions.demo_genome(app)
    actions.start(app)
    for number in range(genomes):
        actions.add_sample(app, demo.model_copy(update={"user": f"p{number:02}", "sample": "one"}))
    while waiting := app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING):
        app.executor.run_until_over(waiting[0].id)
    return app


def killed(home: Path, after: int, chance: random.Random) -> None:
    """Begin the backfill by command, and kill it with all it started some time after so many answers."""
    command = [sys.executable, "-m", "genoteca", "--home", str(home), "backfill", "start"]
    environment = {**os.environ, "GENOTECA_OFFLINE": "1", "GENOTECA_STANDBY_SECONDS": "0"}
    backfills = Backfills(Settings(home=home).layout.database)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment, start_new_session=True) as child:
        while child.poll() is None and not any(one.over >= after for one in backfills.list()):
            with suppress(subprocess.TimeoutExpired):
                child.wait(0.05)
        try:
            child.wait(chance.uniform(0, 0.5))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL, "it was over before it was killed"


def at_work(app: App) -> set[tuple[str, str]]:
    """What the run at work when it was killed was asked for: of that alone a part may be made again."""
    ended = [run for run in app.index.list() if run.interrupted]
    return {(str(run.request.partition), module) for run in ended for module in run.request.modules}


def goes_on(home: Path, genomes: int, modules: int, chance: random.Random, *, kills: int) -> None:
    actions.close(filled(home, genomes, modules))
    after = [modules * (1 + number * genomes // (kills + 1)) for number in range(kills)]
    killed(home, after[0], chance)
    app = actions.open_app(Settings(home=home, standby_seconds=0, offline=True))
    (before,) = list_backfills(app)
    assert before.backfill.state is BackfillState.GOING
    assert after[0] <= before.backfill.over < genomes * modules
    broken = at_work(app)
    actions.start(app)
    try:
        *_, last = follow_backfill(app, before.backfill.id)
    finally:
        actions.close(app)
    assert last.backfill.counts == {CellState.DONE: genomes * modules}, show_backfill(
        app, last.backfill.id
    ).unanswered
    assert (last.backfill.state, last.words) == (BackfillState.DONE, f"{genomes * modules} looked up")
    for number in range(genomes):
        key = f"p{number:02}/one"
        for module in MODULES[:modules]:
            made = len(records.history(app.layout, [module, "annotations"], key))
            assert made in ((1, 2) if (key, module) in broken else (1,)), (key, module, made)
        runs = [run for run in app.index.list(key) if run.request.kind is RunKind.ANNOTATE]
        whole = Counter(run.status for run in runs)
        assert whole[RunStatus.SUCCEEDED] == 1, whole
        assert whole.total() == 1 or any(sample == key for sample, _ in broken), whole


@pytest.mark.skipif(os.name == "nt", reason="process groups are of the other systems")
def test_killed_in_the_middle_it_goes_on_and_nothing_is_made_twice_or_lost(tmp_path: Path) -> None:
    goes_on(tmp_path / "home", 3, 2, random.Random(7), kills=1)  # noqa: S311 - no secret


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_twelve_genomes_by_five_modules_go_on_after_a_kill(tmp_path: Path) -> None:
    goes_on(tmp_path / "home", 12, 5, random.Random(), kills=1)  # noqa: S311 - no secret


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> App:
    """An app whose queue nobody works, with two genomes that wait to be read and two modules."""
    made = actions.open_app(Settings(home=tmp_path_factory.mktemp("backfill") / "home", offline=True))
    for module in MODULES[:2]:
        actions.install_module(made, module)
    for user in ("anna", "ben", "cleo"):
        actions.add_sample(made, actions.demo_genome(made).model_copy(update={"user": user, "sample": "one"}))
    made.settings = made.settings.model_copy(update={"backfill_runs": 1})
    return made


def look_ups(app: App) -> list[str]:
    waiting = app.index.with_status(RunStatus.QUEUED)
    return [str(run.request.partition) for run in waiting if run.request.kind is RunKind.ANNOTATE]


def test_it_is_paused_resumed_and_cancelled_with_the_runs_that_it_queued(app: App) -> None:
    number = start_backfill(app).backfill.id
    feed_backfills(app)
    feed_backfills(app)
    assert look_ups(app) == ["anna/one"], "one at a time"
    assert [one.words for one in going_backfills(app)] == ["0 of 6"]
    assert pause_backfill(app, number).backfill.state is BackfillState.PAUSED
    assert going_backfills(app) == []
    (run,) = [one for one in app.index.with_status(RunStatus.QUEUED) if one.request.kind is RunKind.ANNOTATE]
    app.index.cancel(run.id)
    feed_backfills(app)
    assert look_ups(app) == []
    assert resume_backfill(app, number).backfill.state is BackfillState.GOING
    feed_backfills(app)
    assert look_ups(app) == ["ben/one"], "what was cancelled by hand is not wanted"
    over = cancel_backfill(app, number)
    assert look_ups(app) == []
    assert (over.backfill.state, over.backfill.counts) == (BackfillState.CANCELLED, {CellState.CANCELLED: 6})
    assert over.backfill.ended is not None
    with pytest.raises(InputError, match="is over"):
        resume_backfill(app, number)


def test_what_another_run_was_asked_for_is_waited_for_and_left_to_it(app: App) -> None:
    theirs = actions.annotate(app, "anna/one", ["blood-groups"])
    number = start_backfill(app, ["anna/one"], ["blood-groups"]).backfill.id
    feed_backfills(app)
    assert [(cell.run, cell.own) for cell in Backfills(app.layout.database).cells(number)] == [(theirs, False)]
    cancel_backfill(app, number)
    assert app.index.get(theirs).status is RunStatus.QUEUED
    app.index.cancel(theirs)


def test_what_was_made_of_older_data_because_its_preparing_was_interrupted_is_asked_again(app: App) -> None:
    number = start_backfill(app, ["ben/one"], ["everyday-traits"]).backfill.id
    feed_backfills(app)
    (first,) = [one for one in app.index.with_status(RunStatus.QUEUED) if one.request.partition == "ben/one"][-1:]
    (prepared,) = [one for one in map(app.index.get, first.request.after) if one.request.kind is RunKind.REFERENCE]
    app.index.update(prepared.id, status=RunStatus.FAILED, error={"title": INTERRUPTED, "message": "Closed."})
    app.index.update(first.id, status=RunStatus.SUCCEEDED)
    feed_backfills(app)
    (cell,) = Backfills(app.layout.database).cells(number)
    assert (cell.state, cell.run == first.id) == (CellState.QUEUED, False)
    cancel_backfill(app, number)


def test_a_genome_that_is_deleted_is_forgotten_by_it_and_the_others_go_on(app: App) -> None:
    number = start_backfill(app, modules=["blood-groups"]).backfill.id
    actions.forget_sample(app, "cleo/one")
    assert {cell.sample for cell in Backfills(app.layout.database).cells(number)} == {"anna/one", "ben/one"}
    assert show_backfill(app, number).title == "Ask Blood groups about 2 genomes"
    cancel_backfill(app, number)


def test_what_is_not_there_is_said_and_nothing_is_begun(app: App) -> None:
    before = len(list_backfills(app))
    with pytest.raises(NotFoundError, match="no sample zoe/one"):
        start_backfill(app, ["zoe/one"])
    with pytest.raises(NotFoundError, match="did you mean blood-groups"):
        start_backfill(app, modules=["blood-group"])
    assert len(list_backfills(app)) == before
