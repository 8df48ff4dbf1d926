"""Genomes: adding one, what was found in each, and deleting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nicegui import ui

from genoteca import actions
from genoteca.actions.asides import modules_aside
from genoteca.actions.view import Trouble
from genoteca.actions.views import AnswerState, SampleCard, SampleState
from genoteca.errors import GenotecaError
from genoteca.model.sample import Sample
from genoteca.ui.address import replace_address
from genoteca.ui.components.add_genome import AddGenome
from genoteca.ui.components.asides import asides_note
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import box, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.deleting import deleted
from genoteca.ui.components.demo_offer import DEMO_WORDS, demo_offer
from genoteca.ui.components.drop_zone import drop_zone
from genoteca.ui.components.file_browser import GENOME_ENDINGS, browse
from genoteca.ui.components.notice import notice, told, trouble_box
from genoteca.ui.components.out_of_date import update_act
from genoteca.ui.components.receipt import show_forgotten
from genoteca.ui.components.sample_card import sample_card
from genoteca.ui.demo import DEMO, demo_key
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show"]

LEFT = "Deleted, but something of it was found; the receipt in the settings names the files."


async def show(desktop: Desktop, take: str = "") -> None:
    """Draw the page; `take` names files that were sent and wait for their preview, by handle, with commas."""
    page = Genomes(desktop, [handle for handle in take.split(",") if handle])
    await page.draw()
    await page.take_next()


class Genomes:
    """The drop zone, the genome about to be added, and those that are here."""

    def __init__(self, desktop: Desktop, waiting: list[str]) -> None:
        self._desktop, self._waiting = desktop, waiting
        with box("heading"), stack("tight"):
            heading("Genomes", 1)
            said("Add a genome file. It is read on this computer, and every record of it is accounted for.", "lead")
        self._refused_files: list[Trouble] = []
        self._drawn: list[Sample] | None = None
        self._not_taken = stack()
        self._looking = said("", "faint").props("role=status")
        self._looking.set_visibility(False)
        self._adding = stack("adding")
        with self._adding:
            self._offer()
        self._demo = stack()
        self._list = stack("loose")

    async def draw(self) -> None:
        """Draw the genomes that are here."""
        await self._draw()

    async def _draw(self) -> bool:
        """Draw the genomes that are here; tell whether any of them is being read."""
        samples = await ask(actions.list_samples, self._desktop.app)
        aside = await ask(modules_aside, self._desktop.app)
        self._demo.clear()
        work = self._desktop.works.find(DEMO)
        known = demo_key(self._desktop) in {one.sample.id.key for one in samples}
        if not known or (work and (work.trouble or not work.over)):
            demo_offer(self._desktop, self._demo, self._offer_demo)
        self._adding.classes(add="beside-genomes" if samples else "", remove="" if samples else "beside-genomes")
        self._list.clear()
        with self._list:
            if samples:
                self._heading(samples)
                asides_note(aside)
            shelf = box("genome-list several" if len(samples) > 2 else "genome-list")
        with shelf:
            # The newest stands first: what was just added is then in sight.
            for sample in sorted(samples, key=lambda card: card.sample.added, reverse=True):
                sample_card(
                    self._desktop, sample, others=len(samples) > 1, on_forget=self._forget, on_change=self.draw
                )
        drawn = [sample.sample for sample in samples]
        if self._drawn is not None and self._drawn != drawn:
            self._desktop.genomes_changed.emit()
        self._drawn = drawn
        return any(sample.state is SampleState.IMPORTING for sample in samples)

    def _heading(self, samples: list[SampleCard]) -> None:
        with row("genomes-top"):
            heading("Your genomes")
            if len(samples) > 1:
                pill(f"{len(samples)}")
            if any(answer.state is AnswerState.OUT_OF_DATE for one in samples for answer in one.answers):
                update_act(self._desktop, "Update everything out of date", more="small-act")
            if sum(sample.state is SampleState.READY for sample in samples) > 1:
                act("Compare two", lambda: ui.navigate.to("/compare"), icon="compare", more="push small-act")

    async def take_next(self) -> None:
        """Show the preview of the next file that was sent; one that is gone since is passed over."""
        while self._waiting:
            handle = self._waiting[0]
            upload = self._desktop.uploads.find(handle)
            if upload is not None and await self._preview(upload.path, upload.name, handle):
                return
            self._waiting.pop(0)
            self._keep_address()

    def _keep_address(self) -> None:
        """Let the address say which files wait, so that a reload, or another drop, loses none."""
        query = f"?take={','.join(self._waiting)}" if self._waiting else ""
        replace_address(self._desktop, f"/genomes{query}")

    def _offer(self) -> None:
        drop_zone(self._arrived, self._refused)
        self._trouble = stack()
        with row("tight").style("justify-content: center"):
            act("Open a file on this computer", self._browse, kind="quiet", icon="folder")
            said("Read where it lies, without a copy.", "faint")
            link("What can I open?", "/help/what-can-i-open")

    def _offer_demo(self, begin: Callable[[], None]) -> None:
        with row("tight").style("justify-content: center"):
            act("Try it with the demo genome", begin, kind="quiet", icon="play_arrow")
            said(DEMO_WORDS, "faint")

    def _refused(self, reason: str) -> None:
        self._trouble.clear()
        if reason:
            with self._trouble, notice("bad", "The file was not taken in", reason):
                pass

    async def _arrived(self, handle: str) -> None:
        self._trouble.clear()
        self._waiting.append(handle)
        self._keep_address()
        await self.take_next()

    async def _browse(self) -> None:
        path = await browse(GENOME_ENDINGS, title="Open a genome file on this computer")
        if path:
            await self._preview(path, path.name, None)

    async def _preview(self, path: Path, name: str, handle: str | None) -> bool:
        """Show what a file is; False: it is no genome, which was said."""
        self._looking.set_text(f"Looking at {name} …")
        self._looking.set_visibility(True)
        try:
            facts = await ask(actions.inspect_genome, self._desktop.app, path)
            plan = await ask(actions.plan_import, self._desktop.app, facts)
        except GenotecaError as error:
            message = error.message.replace(path.name, name)
            self._refused_files.append(Trouble(title=error.title, message=message, hint=error.hint))
            self._say_refused()
            if handle:
                self._desktop.uploads.release(handle, delete=True)
            return False
        finally:
            self._looking.set_visibility(False)
        self._adding.clear()
        more = max(len(self._waiting) - 1, 0) if handle else 0
        with self._adding:
            AddGenome(
                self._desktop,
                facts,
                plan=plan,
                name=name,
                handle=handle,
                more=more,
                on_added=self.draw,
                on_done=self._back,
            )
        return True

    def _say_refused(self) -> None:
        self._not_taken.clear()
        with self._not_taken:
            for trouble in self._refused_files:
                trouble_box(trouble)

    async def _back(self) -> None:
        if self._waiting:
            self._waiting.pop(0)
            self._keep_address()
        self._adding.clear()
        with self._adding:
            self._offer()
        reading = await self._draw()
        if self._waiting:
            await self.take_next()
        elif reading:
            # the form was as tall as the window, and what is being read stands below it
            self._list.run_method("scrollIntoView", {"block": "start", "behavior": "smooth"})

    async def _forget(self, sample: SampleCard) -> None:
        key = sample.sample.id.key
        sure = await confirmed(
            f"Delete {sample.sample.user_name} / {sample.sample.sample_name}?",
            "Its tables, its results, its runs and the copy of its file in Genoteca's folder are deleted, and "
            "nothing is left behind. A file that was opened where it lies is yours and stays. This cannot be undone.",
            yes="Delete everything",
        )
        if not sure:
            return
        with told():
            self._desktop.messages.say("Deleting it, and looking for it in every byte of the data folder.")
            done = await deleted(self._desktop, key)
            self._desktop.forget(key)
            clean = done.receipt.searched.clean
            self._desktop.messages.say(
                "Deleted. Nothing of it is left." if clean else LEFT, "good" if clean else "bad"
            )
            await show_forgotten(self._desktop, done)
        await self.draw()
