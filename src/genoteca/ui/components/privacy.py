"""The privacy statement, and beside it the list of every request that ever went out."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.ui import words
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.notice import told
from genoteca.ui.components.outside import outside_table
from genoteca.ui.components.pager import pager
from genoteca.ui.desktop import Desktop, ask

__all__ = ["Privacy"]

PAGE = 25
LOOK_EVERY = 3.0
"""Seconds between two looks at whether something new went out."""
STATEMENT = """
Your genome, what was found in it, and what you write about it stay in the data folder on this computer. Genoteca
has no account, no server of its own and no telemetry, and sends none of it anywhere.

It asks other hosts for what is public, and only for that: reference data of modules when you annotate, catalogues
and modules that you add, whether there is newer data where you switched that on, packages that a module needs, and
Dagster's screens. A host that is asked learns your address on the internet and which public file was asked for.

Each of these requests is on this list, whether Genoteca made it, one of its workers, or the installer that it
starts. Not on it is what a program that you trusted with your rights may ask by itself, and what your browser asks
when you press a link out.
"""


class Privacy:
    """The statement with its live list."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop, self._page, self._count = desktop, 0, -1
        with card() as made:
            made.props("id=outside")
            heading("Privacy, and what was asked of the internet")
            with stack("tight"):
                for text in STATEMENT.strip().split("\n\n"):
                    said(text.replace("\n", " "), "soft readable")
            link("More on this ›", "/help/privacy")
            with row("tight"):
                self._save = act("Save the list", self._export, icon="download")
                self._wipe = act("Clear the list", self._clear, kind="danger-quiet")
            self._place = box("stack")
        ui.timer(LOOK_EVERY, self._look)

    async def draw(self) -> None:
        """Draw the list; later by itself whenever it has grown."""
        await self._look()

    async def _look(self) -> None:
        count = await ask(actions.count_outside_requests, self._desktop.app)
        if count != self._count:
            self._count = count
            await self._show()

    async def _turn(self, page: int) -> None:
        self._page = page
        await self._show()

    async def _show(self) -> None:
        self._page = min(self._page, max(self._count - 1, 0) // PAGE)
        asked = await ask(actions.outside_requests, self._desktop.app, limit=PAGE, skip=self._page * PAGE)
        self._save.set_enabled(bool(self._count))
        self._wipe.set_enabled(bool(self._count))
        self._place.clear()
        with self._place:
            if not asked:
                said("Nothing was asked so far.", "strong").props("role=status")
                return
            outside_table(asked)
            pager(self._page, PAGE, self._count, self._turn, of="request")

    async def _export(self) -> None:
        with told():
            path = self._desktop.downloads.place("csv")
            await ask(actions.export_outside_requests, self._desktop.app, path)
            name = "genoteca-outside-requests.csv"
            ui.download.from_url(self._desktop.downloads.offer(path, name), name)

    async def _clear(self) -> None:
        gone = f"{words.count(self._count)} lines are removed. What was asked stays asked; only this list forgets it."
        if await confirmed("Clear the list?", gone, yes="Clear it"):
            await ask(actions.clear_outside_requests, self._desktop.app)
            self._page = 0
            await self._look()
