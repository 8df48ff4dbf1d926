"""What the data folder takes: counted when asked for, with progress; and cleaning of the cache."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from nicegui import ui

from genoteca import actions
from genoteca.ui import words
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import box, card, facts, heading, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import told
from genoteca.ui.components.progress import Track
from genoteca.ui.desktop import Desktop, ask

__all__ = ["StorageCard"]

LOOK_EVERY = 0.3
MOST = 12
"""Lines of a list that are shown at once; the others are a press away."""


class StorageCard:
    """The data folder with its size, and what can be freed."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self._stop = threading.Event()
        self._share, self._bytes = 0.0, 0
        with card() as made:
            made.props("id=storage")
            heading("Data folder")
            facts((("It lies at", str(desktop.app.layout.home)),))
            said("Everything is in it; deleting it deletes everything. Files that were opened in place stay outside.")
            with row("tight"):
                self._count_act = act("Count what it takes", self._count, icon="straighten")
                act("Clean the cache", self._clean, icon="cleaning_services")
            self._place = stack()

    async def _count(self) -> None:
        self._stop.clear()
        self._count_act.disable()
        self._place.clear()
        with self._place:
            with row("keep"):
                told_so_far = said("Counting", "small grow").props("role=status")
                act("Stop", self._stop.set, more="small-act")
            track = Track("Counting the data folder")

        def show() -> None:
            track.show(self._share)
            told_so_far.set_text(f"Counted so far: {words.file_size(self._bytes)}")

        def heard(share: float, size: int) -> None:
            self._share, self._bytes = share, size

        with self._place:
            timer = ui.timer(LOOK_EVERY, show)
        try:
            with told():
                found = await ask(
                    actions.measure_storage, self._desktop.app, progress=heard, cancelled=self._stop.is_set
                )
                self._draw(found)
        finally:
            timer.deactivate()
            self._count_act.enable()

    def _draw(self, found: actions.Storage | None) -> None:
        self._place.clear()
        with self._place:
            if found is None:
                said("Stopped: it was not counted to its end.", "small")
                return
            free = f"{words.file_size(found.free)} are free on its disk"
            said(f"{words.file_size(found.bytes)} in all; {free}.", "strong").props("role=status")
            _list("Genomes, with all that was found out about them", found.by_sample())
            _list("Modules: their data, and their answers about every genome", found.by_module())
            _list("The rest", found.others())
            said("Answers count once under their genome and once under their module.", "faint")

    async def _clean(self) -> None:
        with told():
            parts = await ask(actions.cache_parts, self._desktop.app)
            if not parts:
                self._desktop.messages.say("The cache is empty.")
                return
            await self._offer(parts)

    async def _offer(self, parts: list[actions.CachePart]) -> None:
        with ui.dialog(value=True) as dialog, box("sheet"):
            heading("Clean the cache")
            said("Nothing in it is yours alone: it can all be had or made again.")
            boxes = {part.key: _tick(part) for part in parts}
            with row():
                act("Leave it", lambda: dialog.submit(None))
                act(
                    "Empty what is ticked",
                    lambda: dialog.submit([key for key, tick in boxes.items() if tick.value]),
                    kind="main-act",
                    more="push",
                )
        keys = await dialog
        dialog.delete()
        if keys:
            await self._empty([part for part in parts if part.key in keys])

    async def _empty(self, parts: list[actions.CachePart]) -> None:
        size = words.file_size(sum(part.bytes for part in parts))
        then = "\n\n".join(f"{part.name}: {part.then}" for part in parts)
        if await confirmed(f"Free {size}?", then, yes=f"Free {size}"):
            freed = await ask(actions.clean_cache, self._desktop.app, [part.key for part in parts])
            self._place.clear()
            with self._place:
                said(f"{words.file_size(freed)} were freed.", "strong").props("role=status")


def _tick(part: actions.CachePart) -> ui.checkbox:
    with stack("tight"):
        tick = ui.checkbox(f"{part.name}: {words.file_size(part.bytes)}", value=True)
        said(part.then, "faint")
    return tick


def _list(title: str, sizes: Mapping[str, int]) -> None:
    if not sizes:
        return
    heading(title, 3)
    pairs = [(name, words.file_size(size)) for name, size in sizes.items()]
    facts(pairs[:MOST])
    if pairs[MOST:]:
        with ui.expansion(f"{words.count(len(pairs) - MOST)} more"):
            facts(pairs[MOST:])
