"""Runs: what is being made, and everything that was made, narrowed down and searched a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from nicegui import ui

from genoteca import actions
from genoteca.actions.views import RunCard
from genoteca.model.run import RunStatus
from genoteca.ui import words
from genoteca.ui.address import replace_address
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.pager import pager
from genoteca.ui.components.run_line import run_line
from genoteca.ui.components.run_live import RunLive
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show"]

PAGE = 50
GOING = (RunStatus.RUNNING, RunStatus.CANCELLING, RunStatus.QUEUED)
OVER = (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED)
MOST_LIVE = 20
"""Runs at work or waiting that are followed at once; the others are counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Narrowed:
    """What the list is narrowed down to; the address says it, so that coming back finds it again."""

    text: str = ""
    sample: str = ""
    module: str = ""
    status: str = ""
    page: int = 0

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Narrowed:
        """Read it from an address; what is unknown is left aside."""
        page = asked.get("page", "")
        status = asked.get("status", "")
        return cls(
            text=asked.get("text", ""),
            sample=asked.get("sample", ""),
            module=asked.get("module", ""),
            status=status if status in OVER else "",
            page=int(page) if page.isdecimal() and len(page) < 9 else 0,
        )

    @property
    def address(self) -> str:
        """Give the address of the list that is narrowed down so."""
        told = {name: str(value) for name in self.__slots__ if (value := getattr(self, name))}
        return f"/runs?{urlencode(told)}" if told else "/runs"

    @property
    def is_bare(self) -> bool:
        """Whether everything is shown."""
        return replace(self, page=0) == Narrowed()


async def show(desktop: Desktop, asked: Mapping[str, str]) -> None:
    """Draw the page; `asked` is what its address says."""
    with stack("tight"):
        heading("Runs", 1)
        said("Everything Genoteca has worked on: what was made, how long it took and what it needed.", "lead")
    await _going(desktop)
    await RunList(desktop, Narrowed.read(asked)).draw()


async def _going(desktop: Desktop) -> None:
    """Follow what is at work and what waits, oldest first: the order in which it is worked."""
    going = await ask(actions.find_runs, desktop.app, statuses=GOING, size=MOST_LIVE)

    async def again(_: RunCard) -> None:
        ui.navigate.reload()

    for one in reversed(going.runs):
        RunLive(desktop, one.run.id, going.titles, again)
    if going.matched > len(going.runs):
        said(f"{words.count(going.matched - len(going.runs))} more are waiting.", "faint")


class RunList:
    """The runs that are over."""

    def __init__(self, desktop: Desktop, narrowed: Narrowed) -> None:
        self._desktop, self._narrowed = desktop, narrowed

    async def draw(self) -> None:
        """Draw the filters, then the list."""
        choices = await ask(actions.run_choices, self._desktop.app)
        with card():
            heading("What is over")
            with row("narrowing"):
                self._search()
                self._choice("Genome", "sample", choices.samples)
                self._choice("Module", "module", choices.modules)
            self._chips = box("chips").props("role=group aria-label='How it ended'")
            self._list = stack("runs-list")
        await self._show()

    def _search(self) -> None:
        field = ui.input(placeholder="Search runs", value=self._narrowed.text).classes("search")
        field.props["aria-label"] = "Search runs"
        field.props("debounce=250 clearable type=search")
        with field.add_slot("prepend"):
            ui.icon("search").props("aria-hidden=true")
        field.on_value_change(lambda event: self._narrow(text=event.value or ""))

    def _choice(self, label: str, name: str, options: dict[str, str]) -> None:
        chosen = getattr(self._narrowed, name)
        known = {"": "All", **options} | ({chosen: chosen} if chosen and chosen not in options else {})
        field = ui.select(known, value=chosen, label=label).classes("choose-run")
        field.on_value_change(lambda event: self._narrow(**{name: event.value or ""}))

    async def _narrow(self, **changed: str) -> None:
        await self._turn(replace(self._narrowed, page=0, **changed))

    async def _turn(self, narrowed: Narrowed) -> None:
        self._narrowed = narrowed
        replace_address(self._desktop, narrowed.address)
        await self._show()

    async def _show(self) -> None:
        asked = self._narrowed
        found = await ask(
            actions.find_runs,
            self._desktop.app,
            text=asked.text,
            sample=asked.sample,
            module=asked.module,
            statuses=(RunStatus(asked.status),) if asked.status else OVER,
            page=asked.page,
            size=PAGE,
        )
        if asked is not self._narrowed:  # an answer to what was asked before
            return
        self._draw_chips(found)
        self._list.clear()
        with self._list:
            for one in found.runs:
                run_line(self._desktop, one, found.titles)
            if not found.runs:
                self._nothing()
            pager(asked.page, PAGE, found.matched, self._to_page, of="run")

    async def _to_page(self, page: int) -> None:
        await self._turn(replace(self._narrowed, page=page))

    def _draw_chips(self, found: actions.RunPage) -> None:
        self._chips.clear()
        counts = {status: found.by_status.get(status, 0) for status in OVER}
        with self._chips:
            self._chip("All", "", sum(counts.values()))
            for status, number in counts.items():
                self._chip(words.STATUS[status][0], status.value, number)

    def _chip(self, text: str, status: str, number: int) -> None:
        chip = box(f"chip {'' if number else 'none'}", "button").props("type=button")
        chip.props["aria-pressed"] = "true" if self._narrowed.status == status else "false"
        chip.on("click", lambda: self._narrow(status=status))
        with chip:
            ui.label(f"{text} {words.count(number)}")

    def _nothing(self) -> None:
        with box("empty"):
            ui.icon("autorenew").props("aria-hidden=true")
            if self._narrowed.is_bare:
                said("Nothing has been run yet.", "h3")
                said("Reading a genome and annotating it appear here.")
            else:
                said("No run fits.", "h3")
                act("Show all runs", lambda: self._turn(Narrowed()))
