"""What is going on is seen once for every page, and how it ended is said and kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from nicegui.testing.user_simulation import user_simulation

from genoteca import actions
from genoteca.actions import App
from genoteca.errors import InstallError
from genoteca.model.run import RunKind, RunRequest, RunStatus
from genoteca.settings import Settings
from genoteca.ui.messages import MOST, Messages
from genoteca.ui.watching import Watch
from genoteca.ui.work import MODULES, Work, Workshop


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[App]:
    async with user_simulation():
        yield actions.open_app(settings)


def ask(app: App, partition: str = "me/mine") -> str:
    """Queue a run that nobody executes."""
    request = RunRequest(kind=RunKind.ANNOTATE, partition=partition, assets=[["traits", "annotations"]])
    return app.index.enqueue(request).id


async def test_a_run_is_shown_while_it_goes_and_told_of_when_it_has_ended(app: App) -> None:
    messages = Messages()
    watch = Watch(app, Workshop(), messages)
    changes: list[int] = []
    watch.changed.subscribe(lambda: changes.append(len(watch.going)))
    run = ask(app)
    assert await watch.look() is False
    assert [(one.run, one.stage, one.target) for one in watch.going] == [(run, "Waits for its turn", f"/runs/{run}")]
    app.index.update(run, status=RunStatus.RUNNING, fraction=0.4, message="Reading")
    await watch.look()
    assert (watch.going[0].fraction, watch.going[0].stage) == (0.4, "Reading")
    app.index.update(run, status=RunStatus.SUCCEEDED, ended=datetime.now(UTC))
    assert await watch.look() is True
    assert watch.going == []
    assert changes == [1, 1, 0]
    assert [(one.kind, one.target) for one in messages.kept] == [("good", "/results/me/mine")]
    assert await watch.look() is False
    assert len(messages.kept) == 1, "it is told once"


@pytest.mark.parametrize(
    ("status", "kind", "words"), [(RunStatus.FAILED, "bad", "Failed: "), (RunStatus.CANCELLED, "info", "Cancelled: ")]
)
async def test_a_run_that_began_and_ended_between_two_looks_is_told_of(
    app: App, status: RunStatus, kind: str, words: str
) -> None:
    messages = Messages()
    watch = Watch(app, Workshop(), messages)
    run = ask(app)
    app.index.update(run, status=status, ended=datetime.now(UTC))
    await watch.look()
    (told,) = messages.kept
    assert (told.kind, told.target) == (kind, f"/runs/{run}")
    assert told.text.startswith(words)


async def test_what_ended_before_the_app_was_opened_is_not_told(app: App) -> None:
    run = ask(app)
    app.index.update(run, status=RunStatus.SUCCEEDED, ended=datetime.now(UTC))
    messages = Messages()
    await Watch(app, Workshop(), messages).look()
    assert messages.kept == []


async def test_how_a_work_ended_is_said_also_where_its_page_was_left(app: App) -> None:
    messages = Messages()
    watch = Watch(app, Workshop(), messages)
    watch.tell_of(Work(title="Installing A", over=True))
    watch.tell_of(Work(title="Installing B", over=True, trouble=InstallError("broken", title="It cannot be read")))
    stopped = Work(title="Installing C", line=MODULES)
    stopped.cancel()
    watch.tell_of(stopped)
    assert [(one.kind, one.text) for one in messages.kept] == [
        ("info", "Installing C: cancelled; the modules are as they were"),
        ("bad", "Installing B: It cannot be read"),
        ("good", "Installing A: done"),
    ]


async def test_messages_are_kept_newest_first_and_the_same_again_is_one(app: App) -> None:
    messages = Messages()
    for number in range(MOST + 5):
        messages.say(f"message {number}")
    messages.say(f"message {MOST + 4}")
    assert (len(messages.kept), messages.unread) == (MOST, MOST + 5)
    assert messages.kept[0].text == f"message {MOST + 4}"
    messages.read()
    assert messages.unread == 0
    messages.clear()
    assert messages.kept == []


async def test_what_was_said_of_a_sample_goes_with_it_and_nothing_else(app: App) -> None:
    messages = Messages()
    watch = Watch(app, Workshop(), messages)
    for partition, status in (("me/mine", RunStatus.SUCCEEDED), ("me/mine", RunStatus.FAILED)):
        app.index.update(ask(app, partition), status=status, ended=datetime.now(UTC))
    app.index.update(ask(app, "me/mine10"), status=RunStatus.SUCCEEDED, ended=datetime.now(UTC))
    await watch.look()
    watch.tell_of(Work(title="Putting answers beside the variants of me/mine", over=True))
    messages.say("Kept.", "good")
    assert len(messages.kept) == 5
    messages.forget("me/mine")
    assert [one.target for one in messages.kept] == ["", "/results/me/mine10"]
    assert messages.unread == 2
