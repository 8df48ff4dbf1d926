"""Modules are asked by themselves when their time has come: real runs, and a clock that is given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from genoteca import actions
from genoteca.actions import AnswerState, App
from genoteca.actions.automation import change_automation, choose_policy, note_movement, policy_of, show_automation
from genoteca.actions.ticking import tick, what_is_due
from genoteca.engine.automation.memory import Memory
from genoteca.errors import NotFoundError
from genoteca.model.automation import Noted, Policy, Rule
from genoteca.model.run import RunKind, RunStatus
from genoteca.settings import Settings

KEY = "anna/one"
TRAITS = "everyday-traits"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An open app that works its queue, with two modules that make their data of what came with them."""
    home = tmp_path_factory.mktemp("by-itself") / "home"
    app = actions.open_app(Settings(home=home, standby_seconds=0, offline=True))
    actions.start(app)
    try:
        actions.install_module(app, TRAITS)
        actions.install_module(app, "clinvar")
        yield app
    finally:
        actions.close(app)


@pytest.fixture(autouse=True)
def by_hand(app: App) -> Iterator[None]:
    """Nothing is asked by itself before and after a test."""
    yield
    for module in (TRAITS, "clinvar"):
        choose_policy(app, module, Policy.MANUAL)
    work(app)


def add(app: App, user: str) -> str:
    added, _ = actions.add_sample(app, actions.demo_genome(app).model_copy(update={"user": user, "sample": "one"}))
    return added.key


def work(app: App) -> None:
    """Work the queue until it is empty."""
    while waiting := app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.CANCELLING):
        app.executor.run_until_over(waiting[0].id)


def state(app: App, key: str = KEY, module: str = TRAITS) -> AnswerState:
    return next(one.state for one in actions.show_sample(app, key).answers if one.module == module)


def asked(found: list[Noted]) -> list[tuple[Rule, str, str]]:
    return [(one.rule, one.sample, one.words) for one in found]


def test_a_new_genome_is_asked_about_as_soon_as_it_is_read_and_once(app: App) -> None:
    now = datetime.now(UTC)
    choose_policy(app, TRAITS, Policy.ON_IMPORT)
    add(app, "anna")
    assert state(app) is AnswerState.NOT_RUN
    work(app)
    assert asked(tick(app)) == [(Rule.ON_IMPORT, KEY, f"Asked: {TRAITS}")]
    assert tick(app) == [], "its run is queued or at work"
    work(app)
    assert state(app) is AnswerState.UP_TO_DATE
    runs = [run for run in app.index.list(KEY) if run.request.kind is RunKind.ANNOTATE]
    assert len(runs) == 1
    assert tick(app, now + timedelta(days=3)) == []
    assert show_automation(app).looks[Rule.ON_IMPORT].words == "Nothing is due."


def test_a_genome_that_was_there_before_is_not_new(app: App) -> None:
    add(app, "ben")
    work(app)
    choose_policy(app, TRAITS, Policy.ON_IMPORT)
    assert tick(app) == []
    assert state(app, "ben/one") is AnswerState.NOT_RUN


def test_at_night_all_is_asked_that_is_due_and_what_was_cancelled_waits_for_a_change(app: App) -> None:
    change_automation(app, night_time="03:00", time_zone="Europe/Berlin")
    choose_policy(app, TRAITS, Policy.NIGHTLY)
    night = datetime.now(UTC) + timedelta(days=1)
    assert tick(app) == [], "it is not night"
    app.executor.stop()
    (found,) = tick(app, night)
    assert (found.rule, found.sample) == (Rule.NIGHTLY, "ben/one"), "anna's answer is up to date"
    assert tick(app, night + timedelta(minutes=1)) == []
    actions.cancel_run(app, found.run)
    assert tick(app, night + timedelta(days=4)) == [], "whoever cancels it does not want it every night"
    actions.configure_module(app, TRAITS, {"apoe": True})
    due = tick(app, night + timedelta(days=5))
    assert [one.sample for one in due] == ["anna/one", "ben/one"]
    app.executor.start()
    work(app)
    assert {state(app), state(app, "ben/one")} == {AnswerState.UP_TO_DATE}
    actions.configure_module(app, TRAITS, {"apoe": ""})
    tick(app, night + timedelta(days=5, minutes=5))
    assert what_is_due(app, night + timedelta(days=5, minutes=6)) == []
    assert {one.sample for one in what_is_due(app, night + timedelta(days=6))} == {"anna/one", "ben/one"}


def test_while_nobody_is_at_work_means_that(app: App) -> None:
    assert state(app) is AnswerState.OUT_OF_DATE
    choose_policy(app, TRAITS, Policy.IDLE)
    later = datetime.now(UTC) + timedelta(hours=1)
    note_movement(app, later)
    assert tick(app, later + timedelta(minutes=9)) == []
    assert show_automation(app).looks[Rule.IDLE].words == "Somebody is using Genoteca."
    app.executor.stop()
    found = tick(app, later + timedelta(minutes=10))
    assert [one.sample for one in found] == ["anna/one", "ben/one"]
    assert tick(app, later + timedelta(minutes=20)) == []
    assert show_automation(app).looks[Rule.IDLE].words == "Something is at work."
    app.executor.start()
    work(app)
    assert tick(app, later + timedelta(minutes=20)) == [], "nothing is due any more"
    assert state(app) is AnswerState.UP_TO_DATE


def test_what_an_interruption_ended_is_asked_again(app: App) -> None:
    choose_policy(app, TRAITS, Policy.IDLE)
    actions.configure_module(app, TRAITS, {"apoe": True})
    later = datetime.now(UTC) + timedelta(hours=2)
    app.executor.stop()
    found = tick(app, later)
    claimed = app.index.claim_next()
    assert claimed is not None
    assert claimed.id == found[0].run
    app.executor.start()  # finds a run at work that nobody executes
    work(app)
    assert actions.show_run(app, claimed.id).run.interrupted
    (again,) = tick(app, later + timedelta(hours=1))
    assert again.sample == claimed.request.partition
    work(app)
    assert {state(app), state(app, "ben/one")} == {AnswerState.UP_TO_DATE}


def test_what_waits_behind_a_question_stays_there_and_what_would_be_fetched_is_not_asked_offline(app: App) -> None:
    choose_policy(app, TRAITS, Policy.ON_IMPORT)
    choose_policy(app, "clinvar", Policy.ON_IMPORT)
    add(app, "cleo")
    work(app)
    words = [one.words for one in tick(app)]
    assert words == ["Not asked while offline, its data is not here: clinvar", f"Asked: {TRAITS}"]
    work(app)
    before = len(app.index.list())
    tick(app)
    tick(app)
    assert len(app.index.list()) == before
    assert show_automation(app).noted[0].times == 2, "counted, not repeated"
    (answer,) = [one for one in actions.show_sample(app, "cleo/one").answers if one.module == TRAITS]
    assert (answer.state, answer.closed > 0) == (AnswerState.UP_TO_DATE, True)


def test_switched_off_nothing_is_done_whatever_is_due(app: App) -> None:
    choose_policy(app, TRAITS, Policy.IDLE)
    actions.configure_module(app, TRAITS, {"apoe": ""})
    change_automation(app, automation=False)
    later = datetime.now(UTC) + timedelta(days=9)
    try:
        assert tick(app, later) == []
        assert "Switched off" in show_automation(app).looks[Rule.IDLE].words
        assert len(what_is_due(app, later)) > 0
    finally:
        change_automation(app, automation=True)
        actions.configure_module(app, TRAITS, {"apoe": True})


def test_a_module_that_is_not_there_has_no_policy_and_one_that_went_can_be_let_go(app: App) -> None:
    with pytest.raises(NotFoundError, match="answers for a genome"):
        choose_policy(app, "liftover-chains", Policy.IDLE)
    Memory(app.layout.database).choose("gone", Policy.NIGHTLY, datetime.now(UTC))
    assert [(one.module, one.usable) for one in show_automation(app).policies if one.module == "gone"] == [
        ("gone", False)
    ]
    assert tick(app, datetime.now(UTC) + timedelta(days=20)) == []
    choose_policy(app, "gone", Policy.MANUAL)
    assert policy_of(app, "gone") is Policy.MANUAL


def test_a_genome_that_is_deleted_is_forgotten_here_as_well(app: App) -> None:
    actions.forget_sample(app, KEY)
    assert KEY not in {one.sample for one in show_automation(app).noted}
    assert KEY not in {sample for sample, _ in Memory(app.layout.database).tried()}
