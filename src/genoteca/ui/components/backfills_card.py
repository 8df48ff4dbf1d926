"""Many genomes asked about at once: a form to begin, and how far each is, with its buttons and its summary."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from genoteca.actions import backfills
from genoteca.actions.annotating import data_to_fetch
from genoteca.actions.app import App
from genoteca.actions.automation import show_automation
from genoteca.actions.backfills import BackfillView, Unanswered
from genoteca.actions.remembering import known_samples
from genoteca.model.automation import BackfillState, CellState
from genoteca.ui import words
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import box, card, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.notice import told
from genoteca.ui.components.progress import Track
from genoteca.ui.desktop import Desktop, ask

__all__ = ["BackfillsCard"]

LOOK_EVERY = 1.0
SHOWN = 10
STOPPING = "What was looked up stays. What waits is not asked."
STATES = {
    BackfillState.GOING: ("At work", "info", "autorenew"),
    BackfillState.PAUSED: ("Paused", "warn", "pause_circle"),
    BackfillState.CANCELLED: ("Stopped", "warn", "do_not_disturb_on"),
    BackfillState.DONE: ("Done", "good", "check_circle"),
}


class BackfillsCard:
    """The form, and the last ones; a line is drawn anew when its buttons change, and followed meanwhile."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self._lines: list[_Line] = []

    async def draw(self) -> None:
        """Draw it."""
        genomes = {one.key: f"{one.who} / {one.name}" for one in await ask(known_samples, self._desktop.app)}
        seen = await ask(show_automation, self._desktop.app)
        modules = {one.module: one.title for one in seen.policies if one.usable}
        with card() as made:
            made.props("id=backfills")
            heading("Many genomes at once")
            said(
                "Ask modules about several genomes. A few are worked on at a time; it goes on where it was when "
                "Genoteca is opened again, and what is up to date is left out."
            )
            if genomes and modules:
                fetched = await ask(data_to_fetch, self._desktop.app, next(iter(genomes)))
                self._form(genomes, modules, fetched)
            else:
                said("First a genome and a module are needed.", "faint")
            self._place = stack("loose")
        await self._look()
        ui.timer(LOOK_EVERY, self._look)

    def _form(self, genomes: dict[str, str], modules: dict[str, str], fetched: dict[str, int]) -> None:
        with row("top-line"):
            whose = _several(genomes, "Genomes", "All genomes")
            which = _several(modules, "Modules", "All modules")

        async def begin() -> None:
            with told():
                samples, chosen = list(whose.value or ()), list(which.value or ())
                await ask(backfills.start_backfill, self._desktop.app, samples, chosen)
                await self._look()

        if fetched:
            sizes = ((modules[one], words.file_size(size) if size else "") for one, size in fetched.items())
            told_of = ", ".join(f"{title} ({size} at most)" if size else title for title, size in sizes)
            said(f"Not on this computer yet, and fetched first: {told_of}.", "faint")
        with row():
            act("Ask them", begin, kind="main-act", more="push")

    async def _look(self) -> None:
        found = (await ask(backfills.list_backfills, self._desktop.app))[:SHOWN]
        if [(one.backfill.id, one.backfill.state, one.backfill.ended) for one in found] == [
            line.stands for line in self._lines
        ]:
            for line, seen in zip(self._lines, found, strict=True):
                line.show(seen)
            return
        self._place.clear()
        self._lines = []
        for seen in found:
            with self._place:
                self._lines.append(_Line(self._desktop, seen, self._look))


class _Line:
    """One of them."""

    def __init__(self, desktop: Desktop, seen: BackfillView, again: Callable[[], Awaitable[None]]) -> None:
        self._desktop, self._again = desktop, again
        self._id = seen.backfill.id
        self.stands = (seen.backfill.id, seen.backfill.state, seen.backfill.ended)
        word, kind, icon = STATES[seen.backfill.state]
        with stack("tight backfill"):
            with row():
                pill(word, kind, icon)
                said(seen.title, "strong grow")
                if seen.backfill.ended is None:
                    self._acts(seen)
            self._track = Track(seen.title)
            with row("tight"):
                self._words = said("", "small")
                said(f"begun {words.when(seen.backfill.created)}", "faint")
                if seen.backfill.counts.keys() & {CellState.FAILED, CellState.CANNOT}:
                    act("What gave no answer", self._unanswered, kind="quiet", more="small-act")
                if CellState.WAITS in seen.backfill.counts:
                    act("Have a look", self._waiting, kind="quiet", more="small-act", icon="rate_review")
        self.show(seen)

    def show(self, seen: BackfillView) -> None:
        """Say how far it is now."""
        over = "done" if seen.backfill.state is BackfillState.DONE else "stopped"
        self._track.show(seen.fraction, over if seen.backfill.ended is not None else "")
        self._words.set_text(seen.words)

    def _acts(self, seen: BackfillView) -> None:
        if seen.backfill.state is BackfillState.GOING:
            act("Pause", partial(self._do, backfills.pause_backfill), icon="pause", more="small-act")
        elif seen.backfill.state is BackfillState.PAUSED:
            act("Go on", partial(self._do, backfills.resume_backfill), icon="play_arrow", more="small-act")
        if seen.backfill.state is not BackfillState.CANCELLED:
            act("Stop", self._stop, more="small-act")

    async def _do(self, action: Callable[[App, int], BackfillView]) -> None:
        with told():
            await ask(action, self._desktop.app, self._id)
        await self._again()

    async def _stop(self) -> None:
        if await confirmed("Stop it?", STOPPING, yes="Stop it", no="Go on"):
            await self._do(backfills.cancel_backfill)

    async def _unanswered(self) -> None:
        seen = await ask(backfills.show_backfill, self._desktop.app, self._id)
        await self._list("What gave no answer", seen.unanswered, _unanswered_line)

    async def _waiting(self) -> None:
        seen = await ask(backfills.show_backfill, self._desktop.app, self._id)
        await self._list("New answers wait", seen.waiting, _waiting_line)

    async def _list(self, title: str, some: list[Unanswered], line: Callable[[Unanswered, str], None]) -> None:
        names = {one.key: f"{one.who} / {one.name}" for one in await ask(known_samples, self._desktop.app)}
        with ui.dialog(value=True) as dialog, box("sheet broad"):
            heading(title)
            for one in some:
                line(one, names.get(one.sample, one.sample))
            with row():
                act("Close", dialog.close, more="push")
        dialog.on("hide", dialog.delete)


def _waiting_line(one: Unanswered, genome: str) -> None:
    with box("message info"):
        ui.icon("rate_review").props("aria-hidden=true")
        with stack("tight grow"):
            said(f"{genome}: new answers of {one.title}", "strong")
            link("What would change ›", f"/changes/{one.sample}")


def _unanswered_line(one: Unanswered, genome: str) -> None:
    failed = one.state is CellState.FAILED
    with box(f"message {'bad' if failed else 'info'}"):
        ui.icon("error" if failed else "info").props("aria-hidden=true")
        with stack("tight grow"):
            said(f"{genome}: {one.title} {'failed' if failed else 'cannot be tested'}", "strong")
            said(one.reason, "small")
            if one.run:
                link("Its run", f"/runs/{one.run}")


def _several(options: dict[str, str], label: str, all_of_them: str) -> ui.select:
    """Offer to choose some; none chosen means all, and the field says so."""
    field = ui.select(options, multiple=True, label=label, value=[]).classes("grow several")
    return field.props(f'use-chips hint="{all_of_them}, where none is chosen"')
