"""Annotate: choose modules for one genome, press the button, watch."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.actions.module_views import ModuleState
from genoteca.actions.views import AnswerState, ModuleAnswer, RunCard
from genoteca.model.run import Run, RunStatus
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.module_matrix import answer_pill
from genoteca.ui.components.needed import needed_module
from genoteca.ui.components.notice import notice, told
from genoteca.ui.components.run_live import RunLive
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show"]

LARGE = 1_000_000_000
"""Bytes; a module that would fetch more than this first is looked up only when the person ticks it."""


async def show(desktop: Desktop, key: str) -> None:
    """Draw the page."""
    page = Annotate(desktop, key)
    await page.draw()


class Annotate:
    """The choice of modules, then their progress."""

    def __init__(self, desktop: Desktop, key: str) -> None:
        self._desktop, self._key = desktop, key
        self._chosen: dict[str, ui.checkbox] = {}
        self._fetched: dict[str, int] = {}
        """Bytes that are fetched first, by module; 0: not known."""
        self._offered: dict[str, bool] = {}
        """How the page itself last set the tick of a module that is up to date."""
        self._titles: dict[str, str] = {}
        self._about: dict[str, str] = {}
        self._engine = desktop.app.settings.engine
        self._again = False
        link("‹ Genomes", "/genomes")
        self._head = stack("tight")
        self._body = stack("loose")

    async def draw(self) -> None:
        """Draw the choice."""
        sample = await ask(actions.show_sample, self._desktop.app, self._key)
        modules = await ask(actions.list_modules, self._desktop.app)
        self._fetched = await ask(actions.data_to_fetch, self._desktop.app, self._key)
        self._titles = {module.id: module.manifest.title for module in modules}
        self._about = {module.id: module.manifest.summary for module in modules}
        sizes = {module.id: module for module in modules if module.state is not ModuleState.AVAILABLE}
        with self._head:
            heading(f"Annotate {sample.sample.sample_name}", 1)
            self._lead = said(
                "Choose what to look up. Each module says afterwards how it knows every answer.", "lead"
            )
        with self._body:
            if not sample.answers:
                self._nothing()
                return
            with card():
                for answer in sample.answers:
                    self._choice(
                        answer,
                        sizes[answer.module].works_with.get(self._key, "yes") if answer.module in sizes else "yes",
                    )
            done = all(
                answer.state is AnswerState.UP_TO_DATE for answer in sample.answers if answer.module in self._chosen
            )
            self._go_act(done=done)

    def _nothing(self) -> None:
        with box("empty"):
            ui.icon("extension").props("aria-hidden=true")
            said("No module is installed yet.", "h3")
            said("Modules say what is known of places in a genome. Install one from the store first.")
            act("Open the store", lambda: ui.navigate.to("/store"), kind="main-act")

    def _choice(self, answer: ModuleAnswer, works: str) -> None:
        possible = works == "yes"
        with box(f"choice {'' if possible else 'off'}"):
            small = self._fetched.get(answer.module, 0) <= LARGE
            tick = ui.checkbox(value=possible and small and answer.state is not AnswerState.UP_TO_DATE)
            tick.props["aria-label"] = f"Look up with {answer.title}"
            tick.set_enabled(possible)
            if possible:
                self._chosen[answer.module] = tick
                if answer.state is AnswerState.UP_TO_DATE and small:
                    self._offered[answer.module] = False
            module_icon(answer.icon, "tiny")
            with stack("tight grow"):
                said(answer.title, "strong")
                note = works if not possible else answer.why or answer.words or self._about.get(answer.module, "")
                if note:
                    said(note, "faint")
                if possible and answer.module in self._fetched:
                    said(words.to_fetch(self._fetched[answer.module]), "faint")
                needed_module(answer)
            answer_pill(answer.state if possible else AnswerState.CANNOT_BE_TESTED)

    def _go_act(self, *, done: bool) -> None:
        if not self._chosen:
            with notice(
                "warn", "Nothing can be looked up in this genome yet", "Each module says above what it lacks."
            ):
                pass
            return
        if done:
            with notice("info", "Everything is up to date", "There is nothing to do, unless you want it done again."):
                pass
        self._advanced()
        with row():
            act("Annotate", self._go, kind="main-act", icon="play_arrow", more="big")

    def _advanced(self) -> None:
        """Offer what only some need: the engine, and looking up again what is up to date."""
        with ui.expansion("More choices").classes("more"), stack("tight"):
            ui.select(
                words.ENGINES,
                label="How it is looked up",
                value=self._engine,
                on_change=lambda event: setattr(self, "_engine", event.value),
            )
            said("Every way gives the same answers. With less memory it takes longer.", "faint")
            ui.switch("Do again what is up to date", on_change=lambda event: self._do_again(again=bool(event.value)))
            said("Answers whose file, module, data and limits are unchanged are otherwise kept as they are.", "faint")

    def _do_again(self, *, again: bool) -> None:
        """Tick what is up to date, or leave it out again; a tick that the person set or took away stays as it is."""
        self._again = again
        for name, offered in self._offered.items():
            if self._chosen[name].value is offered:
                self._chosen[name].value = self._offered[name] = again

    async def _go(self) -> None:
        wanted = [name for name, tick in self._chosen.items() if tick.value]
        if not wanted:
            self._desktop.messages.say("Tick at least one module.")
            return
        with told():
            run_id = await ask(
                actions.annotate, self._desktop.app, self._key, wanted, engine=self._engine, force=self._again
            )
            last = await ask(actions.show_run, self._desktop.app, run_id)
            self._watch(last)

    def _watch(self, last: RunCard) -> None:
        self._body.clear()
        self._lead.set_text("You can leave this page: the work goes on, and stands under Runs.")
        with self._body:
            for before in last.run.request.after:
                RunLive(self._desktop, before, self._titles)
            RunLive(self._desktop, last.run.id, self._titles, self._over)
            self._end = stack()

    async def _over(self, seen: RunCard) -> None:
        sample = await ask(actions.show_sample, self._desktop.app, self._key)
        self._lead.set_text("Each module says how it knows every answer.")
        with self._end:
            if seen.run.status is RunStatus.CANCELLED:
                self._cancelled(seen.run)
            else:
                failed = [answer for answer in sample.answers if answer.state is AnswerState.FAILED]
                self._outcome(failed, reused=list(seen.run.request.reused))
            with row():
                if seen.run.status is not RunStatus.SUCCEEDED:
                    act("Annotate again", ui.navigate.reload, icon="replay", more="big")
                act("See the results", lambda: ui.navigate.to(f"/results/{self._key}"), kind="main-act", more="big")
                link("The run in detail", f"/runs/{seen.run.id}")

    def _cancelled(self, run: Run) -> None:
        """Say what was not looked up: everything, or the modules whose data was not fetched."""
        stopped = {asset.split("/")[0] for asset in run.cancelled_assets}
        others = run.started is not None and stopped and stopped < set(run.request.modules)
        what = f"Cancelled: {', '.join(self._titles.get(one, one) for one in sorted(stopped))}"
        told_of = "Its data was not fetched. The others were looked up." if others else ""
        with notice("warn", what if others else "Cancelled", told_of or "What was known before is still there."):
            pass

    def _outcome(self, failed: list[ModuleAnswer], *, reused: list[str]) -> None:
        if reused:
            kept = ", ".join(self._titles.get(name, name) for name in reused)
            with notice("info", "Up to date, kept as it was", kept):
                said("To look it up all the same, choose “Do again what is up to date” under More choices.")
        if not failed:
            with notice("good", "Done", "Every module has answered, or said why it cannot."):
                pass
        for answer in failed:
            trouble = answer.trouble
            with notice("bad", f"{answer.title} failed", trouble.message if trouble else answer.why):
                if trouble and trouble.hint:
                    said(trouble.hint)
                link(f"Page and settings of {answer.title}", f"/store/{answer.module}")
