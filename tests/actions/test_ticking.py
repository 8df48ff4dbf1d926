"""Modules are asked by themselves when their time has come, by ticks of a given clock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from genoteca import actions
from genoteca.actions import AnswerState, App
from genoteca.actions.automation import change_automation, choose_policy, note_movement, policy_of, show_automation
from genoteca.actions.backfills import alone
from genoteca.actions.forgetting import forget
from genoteca.actions.ticking import tick, what_is_due
from genoteca.engine import held, records
from genoteca.engine.automation.giving_way import asked_to_give_way, asking_to_give_way
from genoteca.engine.automation.memory import Memory
from genoteca.engine.limits import rules_of
from genoteca.engine.recovery import recover
from genoteca.engine.tally import Tally
from genoteca.errors import NotFoundError, RunError
from genoteca.model.automation import Noted, Policy, Rule
from genoteca.model.run import RunKind, RunStatus
from genoteca.model.sample import CallLimits

KEY, TRAITS = "demo/synthetic", "everyday-traits"


@pytest.fixture(scope="module")
def app(own_desk: App) -> App:
    """An app whose queue is worked where a test says so."""
    return own_desk


@pytest.fixture(autouse=True)
def by_hand(app: App) -> Iterator[None]:
    """Nothing is asked by itself, and nothing waits, after a test."""
    yield
    choose_policy(app, TRAITS, Policy.MANUAL)
    for run in app.index.with_status(RunStatus.QUEUED):
        app.index.cancel(run.id)


def state(app: App, key: str = KEY) -> AnswerState:
    return next(one.state for one in actions.show_sample(app, key).answers if one.module == TRAITS)


def look_ups(app: App, key: str = KEY) -> int:
    return sum(run.request.kind is RunKind.ANNOTATE for run in app.index.list(key, limit=1000))


def asked(found: list[Noted]) -> list[tuple[Rule, str, str]]:
    return [(one.rule, one.sample, one.words) for one in found]


def test_a_new_genome_is_asked_about_as_soon_as_it_is_read_and_once_and_closed_answers_stay_so(app: App) -> None:
    choose_policy(app, TRAITS, Policy.ON_IMPORT)
    assert tick(app) == [], "what was there before is not new"
    demo = actions.demo_genome(app).model_copy(update={"user": "anna", "sample": "one"})
    added, run = actions.add_sample(app, demo)
    assert tick(app) == [], "it is not read yet"
    app.executor.start()
    try:
        app.executor.run_until_over(run)
        (noted,) = tick(app)
        assert asked([noted]) == [(Rule.ON_IMPORT, added.key, f"Asked: {TRAITS}")]
        assert tick(app) == [], "its run is queued or at work"
        app.executor.run_until_over(noted.run)
    finally:
        app.executor.stop()
    try:
        (answer,) = actions.show_sample(app, added.key).answers
        assert (answer.state, answer.closed > 0) == (AnswerState.UP_TO_DATE, True)
        actions.change_settings(app, min_depth=5)
        assert tick(app, datetime.now(UTC) + timedelta(days=3)) == [], "out of date is another matter than new"
        assert look_ups(app, added.key) == 1
    finally:
        actions.forget_sample(app, added.key)
    assert added.key not in {one.sample for one in show_automation(app).noted}
    assert added.key not in {sample for sample, _ in Memory(app.layout.database).tried()}


def test_at_night_what_is_due_is_asked_once_and_what_was_cancelled_waits_for_a_change(app: App) -> None:
    actions.change_settings(app, min_depth=6)
    change_automation(app, night_time="03:00", time_zone="Europe/Berlin")
    choose_policy(app, TRAITS, Policy.NIGHTLY)
    night = datetime.now(UTC) + timedelta(days=1)
    assert tick(app) == [], "it is not night"
    assert [(one.sample, one.modules) for one in what_is_due(app, night)] == [(KEY, (TRAITS,))]
    assert tick(app, night, only=[Rule.IDLE, Rule.ON_IMPORT]) == [], "it is another look's work"
    before = show_automation(app).looks
    (noted,) = tick(app, night, only=[Rule.NIGHTLY])
    assert asked([noted]) == [(Rule.NIGHTLY, KEY, f"Asked: {TRAITS}")]
    after = show_automation(app).looks
    assert [rule for rule in after if after[rule] != before.get(rule)] == [Rule.NIGHTLY], "nothing else was looked at"
    assert tick(app, night + timedelta(minutes=1)) == []
    actions.cancel_run(app, noted.run)
    assert tick(app, night + timedelta(days=4)) == [], "whoever cancels it does not want it every night"
    actions.change_settings(app, min_depth=7)
    assert len(tick(app, night + timedelta(days=5))) == 1


def test_while_nobody_is_at_work_means_that(app: App) -> None:
    actions.change_settings(app, min_depth=8)
    choose_policy(app, TRAITS, Policy.IDLE)
    later = datetime.now(UTC) + timedelta(hours=1)
    note_movement(app, later)
    assert tick(app, later + timedelta(minutes=9)) == []
    assert show_automation(app).looks[Rule.IDLE].words == "Somebody is using Genoteca."
    assert [one.sample for one in tick(app, later + timedelta(minutes=10))] == [KEY]
    assert tick(app, later + timedelta(minutes=20)) == []
    assert show_automation(app).looks[Rule.IDLE].words == "Something is at work."


def test_switched_off_nothing_is_done_whatever_is_due(app: App) -> None:
    actions.change_settings(app, min_depth=10)
    choose_policy(app, TRAITS, Policy.IDLE)
    change_automation(app, automation=False)
    later = datetime.now(UTC) + timedelta(days=9)
    try:
        assert tick(app, later) == []
        assert "Switched off" in show_automation(app).looks[Rule.IDLE].words
        assert len(what_is_due(app, later)) == 1
    finally:
        change_automation(app, automation=True)


def test_where_new_answers_wait_for_the_person_nothing_is_decided_by_itself(app: App) -> None:
    actions.change_settings(app, min_depth=11)
    choose_policy(app, TRAITS, Policy.IDLE)
    path = records.record_path(app.layout, [TRAITS, "annotations"], KEY)
    later = datetime.now(UTC) + timedelta(days=2)
    record = records.read_record(path)
    now = {**record.metadata, "limits": rules_of(app.settings, CallLimits()).plain()}
    run = "beefbeef-0000-4000-8000-000000000000"
    held.hold(path, record.model_copy(update={"run": run, "metadata": now}))
    try:
        assert (state(app), what_is_due(app, later)) == (AnswerState.WAITING, [])
        actions.change_settings(app, min_depth=13)
        assert [one.sample for one in what_is_due(app, later)] == [KEY], "what waits is old itself by now"
    finally:
        path.with_name("annotations-beefbeef.json").unlink()


def test_what_an_interruption_ended_is_asked_again(app: App) -> None:
    actions.change_settings(app, min_depth=9)
    choose_policy(app, TRAITS, Policy.IDLE)
    later = datetime.now(UTC) + timedelta(hours=2)
    (noted,) = tick(app, later)
    claimed = app.index.claim_next()
    assert claimed is not None
    assert claimed.id == noted.run
    recover(app.layout, app.index)  # as the next start does, where nobody executes it any more
    assert app.index.get(noted.run).interrupted
    assert state(app) is AnswerState.FAILED
    (again,) = tick(app, later + timedelta(hours=1))
    assert (again.sample, again.run != noted.run) == (KEY, True)


def test_what_failed_is_tried_once_more_and_then_once_a_day(app: App) -> None:
    actions.change_settings(app, min_depth=12)
    choose_policy(app, TRAITS, Policy.IDLE)
    morning = (datetime.now(UTC) + timedelta(days=6)).replace(hour=8)
    asked_at = list[datetime]()
    for hours in (0, 2, 4, 6, 24, 26):
        moment = morning + timedelta(hours=hours)
        for noted in tick(app, moment):
            asked_at.append(moment)
            run = app.index.claim_next()
            assert run is not None
            assert run.id == noted.run
            app.index.update(
                run.id, **Tally(run.wanted).end_without_word(RunError("The publisher is away.", hint=""))
            )
            assert state(app) is AnswerState.FAILED
    assert asked_at == [morning + timedelta(hours=hours) for hours in (0, 2, 24)]


def test_a_damaged_answer_is_due_and_keeps_nothing_else_from_being_looked_at(app: App) -> None:
    choose_policy(app, TRAITS, Policy.IDLE)
    later = datetime.now(UTC) + timedelta(days=4)
    path = records.record_path(app.layout, [TRAITS, "annotations"], KEY)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"rows"', b'"r\xffws"'))
    try:
        (wanted,) = what_is_due(app, later)
        assert (wanted.sample, wanted.modules) == (KEY, (TRAITS,))
    finally:
        path.write_bytes(whole)


def test_while_a_genome_is_deleted_nothing_is_done_by_itself(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = list[bool]()

    def deleted(*_: object) -> None:
        with alone(app) as may:
            seen.append(may)

    monkeypatch.setattr("genoteca.actions.forgetting.purge", deleted)
    actions.forget_sample(app, KEY)
    assert seen == [False]
    monkeypatch.setattr("genoteca.actions.forgetting.PATIENCE", 0)
    with alone(app), pytest.raises(RunError, match="by itself"):
        actions.forget_sample(app, KEY)
    assert seen == [False]


def test_who_deletes_is_told_what_is_waited_for_and_what_is_at_work_gives_way(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("genoteca.actions.forgetting.purge", lambda *_: None)
    heard, begun, asked = list[str](), threading.Event(), threading.Event()

    def works(here: App, *_: object) -> str:
        begun.set()
        assert asked.wait(30)
        return "gave way" if asked_to_give_way(here.layout) else "went on"

    patched = {
        "ticking.look_into_inbox": works,
        "forgetting.asking_to_give_way": lambda layout: _said(asking_to_give_way(layout), asked),
    }
    for name, work in patched.items():
        monkeypatch.setattr(f"genoteca.actions.{name}", work)
    clock = threading.Thread(target=tick, args=(app, datetime.now(UTC)))
    clock.start()
    assert begun.wait(30)
    forget(app, KEY, waits=heard.append)
    clock.join()
    assert (len(heard), "asked to stop" in heard[0]) == (1, True)
    looks = {rule: look.words for rule, look in Memory(app.layout.database).looks().items()}
    assert looks[Rule.INBOX] == "gave way"
    assert "next look" in looks[Rule.RELEASES]


@contextmanager
def _said(asking: AbstractContextManager[None], asked: threading.Event) -> Iterator[None]:
    with asking:
        asked.set()
        yield


def test_a_module_that_is_not_there_has_no_policy_and_one_that_went_can_be_let_go(app: App) -> None:
    with pytest.raises(NotFoundError, match="answers for a genome"):
        choose_policy(app, "liftover-chains", Policy.IDLE)
    Memory(app.layout.database).choose("gone", Policy.NIGHTLY, datetime.now(UTC))
    seen = {one.module: one.usable for one in show_automation(app).policies}
    assert seen == {"gone": False, TRAITS: True}
    assert tick(app, datetime.now(UTC) + timedelta(days=20)) == []
    choose_policy(app, "gone", Policy.MANUAL)
    assert policy_of(app, "gone") is Policy.MANUAL
