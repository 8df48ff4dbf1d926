"""Long work behind a screen: one thing at a time under each name, its progress seen from every page."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from nicegui import Event as Signal
from nicegui import background_tasks, run

from genoteca.errors import GenotecaError
from genoteca.ui import words

__all__ = ["MODULES", "Cancelled", "Progress", "Work", "Workshop"]

Progress = Callable[[float, str], None]
Cancelled = Callable[[], bool]

MODULES = "modules"
"""The line in which everything waits that changes the modules."""


@dataclass(kw_only=True)
class Work:
    """How far one long thing is."""

    title: str
    fraction: float = 0.0
    message: str = ""
    line: str = ""
    """Works of one line are done one after the other; empty: it waits for none."""
    over: bool = False
    trouble: GenotecaError | None = None
    waiting: bool = False
    """Whether another work of its line is being done before it."""
    can_be_cancelled: bool = False
    quiet: bool = False
    """Whether its end is told by the page that asked for it, and by nobody else."""
    _unwanted: Event = field(default_factory=Event, repr=False)

    def report(self, fraction: float, message: str) -> None:
        """Note how far it is; called from the thread that does it."""
        self.fraction, self.message = fraction, words.stage(message)

    def cancel(self) -> None:
        """Say that it is wanted no more: one that waits is over at once, one that is done stops at its next step."""
        self._unwanted.set()
        self.message = "Stopping"
        if self.waiting:
            self.over = True

    def cancelled(self) -> bool:
        """Whether it is wanted no more; called from the thread that does it."""
        return self._unwanted.is_set()


class Workshop:
    """What is being done right now, by name, and what waits for it."""

    def __init__(self) -> None:
        self._works: dict[str, Work] = {}
        self.changes = 0
        """How often the modules or the catalogues may have changed so far."""
        self.ended: Signal[[Work]] = Signal()
        """Tells how a work ended that is not quiet."""
        self._lines: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def find(self, name: str) -> Work | None:
        """Give the work of this name while it lasts, or its failure until it is looked at."""
        return self._works.get(name)

    def going(self, line: str) -> list[Work]:
        """Give the works of a line that are not over, in the order they are done in."""
        return [work for work in self._works.values() if work.line == line and not work.over]

    def all_going(self) -> list[Work]:
        """Give every work that is not over, in the order they were asked for."""
        return [work for work in self._works.values() if not work.over]

    def changed(self) -> None:
        """Note that the modules or the catalogues may have changed: what is shown of them is looked at again."""
        self.changes += 1

    def forget(self, name: str) -> None:
        """Drop a work that is over."""
        self._works.pop(name, None)

    def start(self, name: str, title: str, action: Callable[[Progress], object], *, quiet: bool = False) -> Work:
        """Do `action` in a thread; a second start of the same name follows the first."""
        return self._begin(name, Work(title=title, message="Starting", quiet=quiet), action)

    def queue(
        self, name: str, title: str, action: Callable[[Progress, Cancelled], object], *, line: str = MODULES
    ) -> Work:
        """Do `action` in a thread when all that was queued in its line before is over; it can be cancelled."""
        work = Work(title=title, message="Starting", line=line, can_be_cancelled=True)
        return self._begin(name, work, lambda progress: action(progress, work.cancelled))

    def _begin(self, name: str, work: Work, action: Callable[[Progress], object]) -> Work:
        known = self._works.get(name)
        if known and not known.over:
            return known
        ahead = self.going(work.line) if work.line else []
        if ahead:
            work.waiting, work.message = True, f"Waits for: {ahead[-1].title}"
        self._works.pop(name, None)  # a new one stands at the end
        self._works[name] = work
        background_tasks.create(self._in_line(work, action), name=work.title)
        return work

    async def _in_line(self, work: Work, action: Callable[[Progress], object]) -> None:
        if not work.line:
            await self._do(work, action)
            return
        async with self._lines[work.line]:
            work.waiting = False
            if work.cancelled():
                work.over = True
            else:
                await self._do(work, action)

    async def _do(self, work: Work, action: Callable[[Progress], object]) -> None:
        try:
            await run.io_bound(action, work.report)
        except GenotecaError as error:
            if not work.cancelled():
                work.trouble = error
        finally:
            work.over = True
            self.changed()
            if not work.quiet:
                self.ended.emit(work)
