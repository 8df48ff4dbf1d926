"""Deleting a person with all genomes, and the receipts of every deletion."""

from __future__ import annotations

from functools import partial

from nicegui import ui

from genoteca import actions
from genoteca.actions.forgetting import drop_receipt, receipts
from genoteca.model.receipt import Receipt
from genoteca.ui import words
from genoteca.ui.components.asking import confirmed, typed
from genoteca.ui.components.boxes import card, heading, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.deleting import deleted
from genoteca.ui.components.notice import told
from genoteca.ui.components.receipt import draw_receipt, save_receipt, show_forgotten
from genoteca.ui.desktop import Desktop, ask

__all__ = ["ReceiptsCard"]


class ReceiptsCard:
    """What was deleted, and deleting a person."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop, self._card = desktop, card()

    async def draw(self) -> None:
        """Draw it."""
        known = await ask(actions.known_samples, self._desktop.app)
        found = await ask(receipts, self._desktop.app)
        people = sorted({(one.key.split("/")[0], one.who) for one in known})
        self._card.clear()
        with self._card:
            heading("Deleting, and what was deleted")
            said(
                "A genome goes with everything that was made from it: the copy of its file, tables, answers, notes, "
                "reports, runs. Then every byte of the data folder is searched for names and rows of it.",
                "soft readable",
            )
            link("Delete one genome, on the Genomes page ›", "/genomes")
            for user, who in people:
                with row("keep"):
                    count = sum(one.key.startswith(f"{user}/") for one in known)
                    said(f"{who}: {'1 genome' if count == 1 else f'{count} genomes'}", "grow")
                    button = act("Delete this person", partial(self._forget, user, who, count), kind="danger-quiet")
                    button.props["aria-label"] = f"Delete {who} with every genome"
            heading("Receipts", 3)
            for receipt in found:
                self._receipt(receipt)
            if not found:
                said("Nothing was deleted yet.", "small")

    def _receipt(self, receipt: Receipt) -> None:
        genomes = "1 genome" if receipt.genomes == 1 else f"{receipt.genomes} genomes"
        size = words.file_size(receipt.bytes)
        with ui.expansion(f"{words.when(receipt.ended)}: {genomes}, {size}").classes("wide"), stack():
            draw_receipt(receipt)
            with row("tight"):
                act("Save", partial(save_receipt, self._desktop, receipt), icon="download", more="small-act")
                act("Throw away", partial(self._drop, receipt), kind="danger-quiet", more="small-act")

    async def _forget(self, user: str, who: str, count: int) -> None:
        genomes = "the genome" if count == 1 else f"all {count} genomes"
        sure = await typed(
            f"Delete {who}?",
            f"This deletes {genomes} of {who} with everything that was made from them, notes and reports included. "
            "Files that were opened where they lie are yours and stay. This cannot be undone.",
            word=user,
            yes="Delete everything",
        )
        if not sure:
            return
        with told():
            keys = [one.key for one in await ask(actions.known_samples, self._desktop.app)]
            done = await deleted(self._desktop, user)
            for key in keys:
                if key.startswith(f"{user}/"):
                    self._desktop.forget(key)
            await show_forgotten(self._desktop, done)
        await self.draw()

    async def _drop(self, receipt: Receipt) -> None:
        sure = await confirmed(
            "Throw this receipt away?", "What was deleted stays deleted.", yes="Throw away", no="Keep it"
        )
        if sure:
            with told():
                await ask(drop_receipt, self._desktop.app, receipt.number)
            await self.draw()
