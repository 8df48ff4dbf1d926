"""Long work behind a screen: one thing at a time under each name, its progress seen from every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nicegui import background_tasks, run

from genoteca.errors import GenotecaError

__all__ = ["Progress", "Work", "Workshop"]

Progress = Callable[[float, str], None]


@dataclass(kw_only=True)
class Work:
    """How far one long thing is."""

    title: str
    fraction: float = 0.0
    message: str = ""
    over: bool = False
    trouble: GenotecaError | None = None

    def report(self, fraction: float, message: str) -> None:
        """Note how far it is; called from the thread that does it."""
        self.fraction, self.message = fraction, message


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
        work = self._works[name] = Work(title=title, message="Starting")
        background_tasks.create(self._do(work, action), name=title)
        return work

    async def _do(self, work: Work, action: Callable[[Progress], object]) -> None:
        try:
            await run.io_bound(action, work.report)
        except GenotecaError as error:
            work.trouble = error
        finally:
            work.over = True
