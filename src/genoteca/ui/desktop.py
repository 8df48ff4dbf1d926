"""The desktop's own state: one per process, handed to every page."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ParamSpec, TypeVar

from nicegui import Event, background_tasks, run

from genoteca import actions
from genoteca.actions import automation, ticking
from genoteca.actions.previewing import Preview
from genoteca.errors import GenotecaError
from genoteca.model.automation import Noted, Rule
from genoteca.ui.downloads import Downloads
from genoteca.ui.messages import Messages
from genoteca.ui.uploads import Uploads
from genoteca.ui.watching import Watch
from genoteca.ui.work import Workshop

__all__ = ["Desktop", "ask"]

P = ParamSpec("P")
R = TypeVar("R")

LOOK_EVERY = 600.0
"""Seconds between two looks at whether publishers are to be asked for newer data; a setting may change meanwhile."""
MOVED_EVERY = timedelta(seconds=30)
"""Between two notes that the person did something."""
LOOK_FOR_MODULES = 1.0
"""Seconds between two looks at whether an app that was opened without its modules has them again."""

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Desktop:
    """What the pages share. Nothing of it is kept when the app closes."""

    app: actions.App
    uploads: Uploads
    downloads: Downloads
    works: Workshop = field(default_factory=Workshop)
    messages: Messages = field(default_factory=Messages)
    watch: Watch = field(init=False)
    agreed: set[tuple[str, str, str]] = field(default_factory=set)
    """Gates that the person has opened since the app was opened: sample, module, and the text that was agreed to.

    A gate of two genomes that are compared stands under both keys, with a space between them.
    """
    resume: bool = True
    """Whether the next page at the start is the one that was looked at last; only the first is."""
    explored: dict[str, str] = field(default_factory=dict)
    """The explorer's address as it was left, by sample: where a variant's page leads back to."""
    genomes_changed: Event[[]] = field(default_factory=Event)
    """A genome has come, gone or been renamed on a page that lists them."""
    folded: bool = False
    """Whether the navigation shows icons only."""
    moved: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When the person last did something."""
    executing: bool = False
    preview: Preview | None = None
    """The module that is loaded from its author's folder; null: the desktop is no preview."""

    def __post_init__(self) -> None:
        self.watch = Watch(self.app, self.works, self.messages)
        self.works.ended.subscribe(self.watch.tell_of)

    def opened(self, sample: str, module: str) -> frozenset[str]:
        """Give the texts of the gates that are open; the gate of another subject stays closed."""
        return frozenset(gate for one, other, gate in self.agreed if (one, other) == (sample, module))

    def forget(self, sample: str) -> None:
        """Drop what was opened of a sample, alone or with another one, and what was said of it."""
        self.agreed = {gate for gate in self.agreed if sample not in gate[0].split()}
        self.messages.forget(sample)

    def opened_by_module(self, sample: str) -> dict[str, frozenset[str]]:
        """Give what the person has opened of one genome, by module."""
        modules = {module for one, module, _ in self.agreed if one == sample}
        return {module: self.opened(sample, module) for module in modules}

    def first_page(self) -> None:
        """Start executing the queue: only now, so that the first page does not wait for a worker."""
        self.resume = False
        if not self.executing:
            self.executing = True
            background_tasks.create(self._begin(), name="start executing")
            background_tasks.create(self._watch(), name="watch what is going on")

    def note_movement(self) -> None:
        """Note that the person does something."""
        self.moved = datetime.now(UTC)

    async def came_up(self) -> None:
        """Read all that pages read of the modules; only an app that can has started well."""
        await ask(actions.list_modules, self.app)
        await ask(actions.start_succeeded, self.app)

    async def _begin(self) -> None:
        """Work the queue, then see whether the modules still fit an app or a Python that is newer than they are."""
        # runs that wait ask modules that are not there now; a thread of an action brings them back
        while self.app.without_modules:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_FOR_MODULES)
        await run.io_bound(actions.start, self.app)
        try:
            await run.io_bound(actions.recheck_modules, self.app)
        except GenotecaError as error:
            log.warning("The modules could not be checked: %s", error)
        self._do_by_itself()
        while True:
            await self._look_for_newer_data()
            await asyncio.sleep(LOOK_EVERY)

    def _do_by_itself(self) -> None:
        """Begin to do what is due by itself; what came of it is said by the watch, in the thread of the pages."""
        noted: list[datetime] = []

        def tell_moved() -> None:
            if not noted or self.moved - noted[-1] >= MOVED_EVERY:
                noted[:] = [self.moved]
                automation.note_movement(self.app, self.moved)

        ticking.start_ticking(self.app, tell_moved, self._tell_noted)

    def _tell_noted(self, found: list[Noted]) -> None:
        for one in found:
            if one.failed:
                self.watch.hear(one.words, "warn", target="/automation", sample=one.sample)
            elif one.rule is Rule.INBOX:
                self.watch.hear(one.words, "good", target=f"/genomes/{one.sample}", sample=one.sample)

    async def _watch(self) -> None:
        """Learn which genes can be searched for, now and whenever a run may have brought others; follow the runs."""
        await run.io_bound(actions.learn_genes, self.app)
        await self.watch.follow(after_a_run=lambda: actions.learn_genes(self.app))

    async def _look_for_newer_data(self) -> None:
        """Ask the publishers and the catalogues, where the settings say so and it is time."""
        try:
            await run.io_bound(actions.refresh_catalogues_when_due, self.app)
            await run.io_bound(actions.check_updates_when_due, self.app)
        except GenotecaError as error:
            log.warning("The publishers could not be asked: %s", error)


async def ask(action: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call an action in a thread; a page never blocks.

    Raises:
        asyncio.CancelledError: the app is closing, and nothing was asked.

    """
    boxed: tuple[R] | None = await run.io_bound(lambda: (action(*args, **kwargs),))
    if boxed is None:  # what NiceGUI gives while it shuts down; an action's own None stands in the tuple
        raise asyncio.CancelledError
    return boxed[0]
