"""Works of one line are done one after the other, all are seen, and each can be cancelled."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest
from nicegui.testing.user_simulation import user_simulation

from genoteca.errors import InstallError
from genoteca.ui.work import MODULES, Cancelled, Progress, Work, Workshop


@pytest.fixture
async def works() -> AsyncIterator[Workshop]:
    async with user_simulation():
        yield Workshop()


async def over(*works: Work) -> None:
    await until(lambda: all(work.over for work in works))


async def until(there: Callable[[], bool]) -> None:
    while not there():  # noqa: ASYNC110 - a work is looked at as a screen looks at it
        await asyncio.sleep(0.01)


async def test_two_installs_asked_at_once_run_one_after_the_other_and_both_are_shown(works: Workshop) -> None:
    done: list[str] = []
    go_on = threading.Event()

    def first(progress: Progress, _cancelled: Cancelled) -> None:
        progress(0.5, "Checking")
        assert go_on.wait(60)
        done.append("first")

    one = works.queue("module a", "Installing A", first)
    two = works.queue("module b", "Installing B", lambda _progress, _cancelled: done.append("second"))
    assert works.queue("module b", "Installing B", first) is two
    assert works.going(MODULES) == [one, two]
    assert (two.waiting, two.message) == (True, "Waits for: Installing A")
    go_on.set()
    await over(one, two)
    assert done == ["first", "second"]
    assert works.going(MODULES) == []


async def test_one_that_waits_is_over_as_soon_as_it_is_cancelled_and_never_begins(works: Workshop) -> None:
    done: list[str] = []
    go_on = threading.Event()
    one = works.queue("module a", "Installing A", lambda _progress, _cancelled: go_on.wait(60))
    two = works.queue("module b", "Installing B", lambda _progress, _cancelled: done.append("second"))
    three = works.queue("module c", "Installing C", lambda _progress, _cancelled: done.append("third"))
    two.cancel()
    assert two.over
    assert works.going(MODULES) == [one, three]
    go_on.set()
    await over(one, three)
    assert done == ["third"]


async def test_one_that_is_done_is_told_that_it_is_wanted_no_more_and_its_end_is_no_trouble(works: Workshop) -> None:
    begun = threading.Event()

    def install(_progress: Progress, cancelled: Cancelled) -> None:
        begun.set()
        while not cancelled():
            pass
        raise InstallError("cancelled")

    work = works.queue("module a", "Installing A", install)
    await until(begun.is_set)
    work.cancel()
    await over(work)
    assert work.cancelled()
    assert work.trouble is None


async def test_what_goes_wrong_is_kept_until_it_is_looked_at(works: Workshop) -> None:
    def install(_progress: Progress, _cancelled: Cancelled) -> None:
        raise InstallError("no room")

    work = works.queue("module a", "Installing A", install)
    await over(work)
    assert work.trouble is not None
    assert works.find("module a") is work
    works.forget("module a")
    assert works.find("module a") is None


def test_how_far_an_install_is_is_said_in_plain_words() -> None:
    work = Work(title="Installing")
    work.report(0.3, "Resolving")
    assert work.message == "Finding what it needs"
    work.report(0.4, "Reading the file")
    assert work.message == "Reading the file"
