"""What is going on, looked at once for all open pages: runs and long work, and what became of a run that ended."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nicegui import Event, run

from genoteca import actions
from genoteca.actions.backfills import going_backfills
from genoteca.errors import GenotecaError
from genoteca.model.run import RunKind, RunStatus
from genoteca.ui.work import MODULES

if TYPE_CHECKING:
    from genoteca.actions.backfills import BackfillView
    from genoteca.actions.views import RunCard
    from genoteca.ui.messages import Kind, Messages
    from genoteca.ui.work import Work, Workshop

__all__ = ["Going", "Watch"]

LOOK_EVERY = 1.0
"""Seconds between two looks while nothing is going on."""
LOOK_AT_WORK = 0.7
"""Seconds between two looks while something is."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Going:
    """One thing that is being done, or waits to be."""

    title: str
    stage: str
    """What it is doing now, and how long it will take."""
    fraction: float | None
    """Null: not known yet."""
    target: str = ""
    """Address of its own page."""
    run: str = ""
    """Id of the run; empty: work of the app itself."""
    work: Work | None = None
    stopping: bool = False
    can_be_cancelled: bool = True


class Watch:
    """Looks at the queue and at the workshop, and tells the pages when anything changed."""

    def __init__(self, app: actions.App, works: Workshop, messages: Messages) -> None:
        self._app, self._works, self._messages = app, works, messages
        self.going: list[Going] = []
        self.changed: Event[[]] = Event()
        self._looked = datetime.now(UTC)
        """What ended before was told, or seen by nobody who waits for it."""
        self._stamp: object = None
        self._heard: deque[tuple[str, Kind, str, str]] = deque()

    async def follow(self, *, after_a_run: Callable[[], object]) -> None:
        """Look again and again; `after_a_run` is called in a thread when one is over. Never ends of itself."""
        while True:
            try:
                if await self.look():
                    await run.io_bound(after_a_run)
            except GenotecaError as error:
                log.warning("What is going on could not be looked at: %s", error)
            await asyncio.sleep(LOOK_AT_WORK if self.going else LOOK_EVERY)

    async def look(self) -> bool:
        """Look once; whether a run has ended since the look before. Where nobody wrote anything, nothing is read."""
        while self._heard:
            text, kind, target, sample = self._heard.popleft()
            self._messages.say(text, kind, target=target, sample=sample)
        stamp = await run.io_bound(actions.runs_stamp, self._app)
        if stamp is None:  # what NiceGUI gives while it shuts down
            raise asyncio.CancelledError
        if stamp == self._stamp and not self.going and not self._works.all_going():
            return False
        self._stamp = stamp
        ended = await run.io_bound(actions.ended_runs, self._app, self._looked) or []
        for card in ended:
            sample = card.run.request.partition or ""
            self._messages.say(*_said_of(card), target=_page_of(card), sample=sample)
            self._looked = max(self._looked, card.run.ended or self._looked)
        cards = await run.io_bound(actions.going_runs, self._app) or []
        backfills = await run.io_bound(going_backfills, self._app) or []
        going = [_of_backfill(one) for one in backfills] + [_of_run(card) for card in cards]
        going += [_of_work(work) for work in self._works.all_going()]
        if going != self.going:
            self.going = going
            self.changed.emit()
        return bool(ended)

    def hear(self, text: str, kind: Kind, *, target: str = "", sample: str = "") -> None:
        """Take something to say from any thread; it is said at the next look."""
        self._heard.append((text, kind, target, sample))

    def tell_of(self, work: Work) -> None:
        """Say how a work of the app itself ended, also where its page was left."""
        if work.trouble is not None:
            self._messages.say(f"{work.title}: {work.trouble.title}", "bad")
        elif work.cancelled():
            kept = "; the modules are as they were" if work.line == MODULES else ""
            self._messages.say(f"{work.title}: cancelled{kept}")
        else:
            self._messages.say(f"{work.title}: done", "good")


def _said_of(card: RunCard) -> tuple[str, Kind]:
    """Say in a line what became of a run."""
    if card.run.status is RunStatus.SUCCEEDED:
        return f"{'New answers wait' if _waits(card) else 'Done'}: {card.title}", "good"
    if card.run.status is RunStatus.CANCELLED:
        return f"Cancelled: {card.title}", "info"
    return f"Failed: {card.title}", "bad"


def _page_of(card: RunCard) -> str:
    request = card.run.request
    answered = card.run.status is RunStatus.SUCCEEDED and request.kind is RunKind.ANNOTATE
    if answered and _waits(card):
        return f"/changes/{request.partition}"
    return f"/results/{request.partition}" if answered and request.partition else f"/runs/{card.run.id}"


def _waits(card: RunCard) -> bool:
    return any(one.waits for one in card.outcomes.values())


def _of_run(card: RunCard) -> Going:
    waiting = card.run.status is RunStatus.QUEUED
    stage = "Waits for its turn" if waiting else ", ".join(filter(None, (card.run.message, card.left)))
    return Going(
        title=card.title,
        stage=stage,
        fraction=0.0 if waiting else card.run.fraction,
        target=f"/runs/{card.run.id}",
        run=card.run.id,
        stopping=card.run.status is RunStatus.CANCELLING,
    )


def _of_backfill(seen: BackfillView) -> Going:
    return Going(
        title=seen.title,
        stage=seen.words,
        fraction=seen.fraction,
        target="/automation#backfills",
        can_be_cancelled=False,
    )


def _of_work(work: Work) -> Going:
    return Going(
        title=work.title,
        stage=work.message,
        fraction=work.fraction,
        work=work,
        stopping=work.cancelled(),
        can_be_cancelled=work.can_be_cancelled,
    )
