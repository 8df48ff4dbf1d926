"""Long work behind a screen: one thing at a time under each name, its progress seen from every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nicegui import background_tasks, run

from genoteca.errors import GenotecaError

__all__ = ["Cancelled", "Progress", "Work", "Workshop"]

Progress = Callable[[float, str], None]
Cancelled = Callable[[], bool]


@dataclass(kw_only=True)
class Work:
    """How far one long thing is."""

    title: str
    fraction: float = 0.0
    message: str = ""
    over: bool = False
    stoppable: bool = False
    """Whether it asks if it is still wanted."""
    stopped: bool = False
    """Whether it is not wanted any more."""
    trouble: GenotecaError | None = None

    def report(self, fraction: float, message: str) -> None:
        """Note how far it is; called from the thread that does it."""
        self.fraction, self.message = fraction, message

    def stop(self) -> None:
        """Say that it is not wanted any more; it ends at its next step."""
        self.stopped = True

    def is_stopped(self) -> bool:
        """Say whether it is not wanted any more; asked from the thread that does it."""
        return self.stopped


class Workshop:
    """What is being done right now, by name."""

    def __init__(self) -> None:
        self._works: dict[str, Work] = {}

    def find(self, name: str) -> Work | None:
        """Give the work of this name while it lasts, or its failure until it is looked at."""
        return self._works.get(name)

    def forget(self, name: str) -> None:
        """Drop a work that is over."""
        self._works.pop(name, None)

    def start(self, name: str, title: str, action: Callable[[Progress], object]) -> Work:
        """Do `action` in a thread; a second start of the same name follows the first."""
        known = self._works.get(name)
        if known and not known.over:
            return known
        return self._begin(name, Work(title=title, message="Starting"), action)

    def start_stoppable(self, name: str, title: str, action: Callable[[Progress, Cancelled], object]) -> Work:
        """Do `action` in a thread as `start` does; it asks often whether it was cancelled."""
        known = self._works.get(name)
        if known and not known.over:
            return known
        work = Work(title=title, message="Starting", stoppable=True)
        return self._begin(name, work, lambda progress: action(progress, work.is_stopped))

    def _begin(self, name: str, work: Work, action: Callable[[Progress], object]) -> Work:
        self._works[name] = work
        background_tasks.create(self._do(work, action), name=work.title)
        return work

    async def _do(self, work: Work, action: Callable[[Progress], object]) -> None:
        try:
            await run.io_bound(action, work.report)
        except GenotecaError as error:
            work.trouble = error
        finally:
            work.over = True
