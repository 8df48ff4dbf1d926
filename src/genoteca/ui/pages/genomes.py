"""Genomes: adding one, what was found in each, and deleting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from genoteca import actions
from genoteca.actions.views import SampleCard, SampleState
from genoteca.ui.components.add_genome import AddGenome
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import box, heading, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.demo_offer import DEMO_WORDS, demo_offer
from genoteca.ui.components.drop_zone import drop_zone
from genoteca.ui.components.file_browser import GENOME_ENDINGS, browse
from genoteca.ui.components.notice import notice, told
from genoteca.ui.components.sample_card import sample_card
from genoteca.ui.demo import DEMO, demo_key
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show"]


async def show(desktop: Desktop) -> None:
    """Draw the page."""
    page = Genomes(desktop)
    await page.draw()


class Genomes:
    """The drop zone, the genome about to be added, and those that are here."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        with box("heading"), stack("tight"):
            heading("Genomes", 1)
            said("Add a genome file. It is read on this computer, and every record of it is accounted for.", "lead")
        self._adding = stack()
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
        self._demo.clear()
        work = self._desktop.works.find(DEMO)
        known = demo_key(self._desktop) in {one.sample.id.key for one in samples}
        if not known or (work and (work.trouble or not work.over)):
            demo_offer(self._desktop, self._demo, self._offer_demo)
        self._list.clear()
        with self._list:
            if samples:
                heading("Your genomes")
            # The newest stands first: what was just added is then in sight.
            for sample in sorted(samples, key=lambda card: card.sample.added, reverse=True):
                sample_card(self._desktop, sample, on_forget=self._forget, on_change=self.draw)
        return any(sample.state is SampleState.IMPORTING for sample in samples)

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
        upload = self._desktop.uploads.find(handle)
        if upload is None:
            return
        self._trouble.clear()
        with self._adding:
            await self._preview(upload.path, upload.name, handle)

    async def _browse(self) -> None:
        path = await browse(GENOME_ENDINGS, title="Open a genome file on this computer")
        if path:
            await self._preview(path, path.name, None)

    async def _preview(self, path: Path, name: str, handle: str | None) -> None:
        with told(file=(path.name, name)):
            facts = await ask(actions.inspect_genome, self._desktop.app, path)
            self._adding.clear()
            with self._adding:
                AddGenome(self._desktop, facts, name=name, handle=handle, on_added=self.draw, on_done=self._back)
            return
        if handle:
            self._desktop.uploads.release(handle, delete=True)

    async def _back(self) -> None:
        self._adding.clear()
        with self._adding:
            self._offer()
        if await self._draw():
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
            await ask(actions.forget_sample, self._desktop.app, key)
            self._desktop.agreed = {pair for pair in self._desktop.agreed if pair[0] != key}
            self._desktop.messages.say("Deleted. Nothing of it is left.", "good")
        await self.draw()
