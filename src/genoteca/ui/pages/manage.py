"""Where modules come from, whose code is trusted, and what was changed: with a way back."""

from __future__ import annotations

from functools import partial

from genoteca import actions
from genoteca.actions.module_views import GenerationCard, TrustDecision
from genoteca.ui import words
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import box, card, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.catalogues import CataloguesCard
from genoteca.ui.components.notice import told
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show"]

CHANGES = 12
"""Generations that are listed."""


async def show(desktop: Desktop) -> None:
    """Draw the page."""
    link("‹ Store", "/store")
    heading("Catalogues, trust and history", 1)
    await CataloguesCard(desktop).draw()
    await TrustCard(desktop).draw()
    await HistoryCard(desktop).draw()


class TrustCard:
    """The decisions to trust a program, each with the contents it is about."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop, self._card = desktop, card()

    async def draw(self) -> None:
        """Draw them."""
        decisions = await ask(actions.list_trust, self._desktop.app)
        self._card.clear()
        with self._card:
            heading("Programs that you trust")
            said(
                "Modules that run a program and did not come with Genoteca. A decision holds for these very "
                "contents: whatever changes is asked about again.",
                "faint",
            )
            for one in decisions:
                self._decision(one)
            if not decisions:
                said("None. What is shipped with Genoteca, only holds tables or runs in a closed box needs no trust.")

    def _decision(self, one: TrustDecision) -> None:
        with box("across keep top-line tight release"):
            with stack("tight grow"):
                with row("tight"):
                    said(f"{one.title} {one.version}", "strong")
                    pill("Installed" if one.installed else "Not installed", "good" if one.installed else "")
                said(f"{words.TIERS[one.tier]} · trusted {words.when(one.when)}", "faint")
                said(f"sha256 {one.sha256}", "mono faint")
            revoke = act("Revoke", partial(self._revoke, one), kind="danger-quiet")
            revoke.props["aria-label"] = f"Revoke the trust in {one.title} {one.version}"

    async def _revoke(self, one: TrustDecision) -> None:
        sure = await confirmed(
            f"Revoke the trust in {one.title} {one.version}?",
            "Where it is installed, it is set aside and not run any more until you trust it again. Its results stay.",
            yes="Revoke",
        )
        if sure:
            with told():
                await ask(actions.revoke_trust, self._desktop.app, one.id, one.sha256)
                await self.draw()


class HistoryCard:
    """What was installed, updated and removed; one button takes the last change back."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop, self._card = desktop, card()

    async def draw(self) -> None:
        """Draw the changes, newest first."""
        history = await ask(actions.module_history, self._desktop.app)
        now = next((place for place, one in enumerate(history) if one.current), None)
        self._card.clear()
        with self._card:
            with row():
                heading("History of your modules").classes("grow")
                if now is not None and now + 1 < len(history):
                    back = partial(self._back, history[now + 1])
                    act("Take the last change back", back, icon="undo", more="small-act")
            said("Results and settings stay as they are, whichever modules you go back to.", "faint")
            for one in history[:CHANGES]:
                self._change(one)
            if not history:
                said("Nothing was installed yet.")

    def _change(self, one: GenerationCard) -> None:
        with box("across keep top-line tight release"):
            with stack("tight grow"):
                with row("tight"):
                    said("; ".join(one.changes) or "No change", "strong")
                    if one.current:
                        pill("Now", "good", "check")
                count = f"{len(one.modules)} {'module' if len(one.modules) == 1 else 'modules'}"
                said(f"{words.when(one.when)} · {count}", "faint")
            if not one.current:
                go = act("Go to this", partial(self._back, one), kind="quiet", more="small-act")
                go.props["aria-label"] = f"Go to the modules of {words.when(one.when)}"

    async def _back(self, one: GenerationCard) -> None:
        with told():
            await ask(actions.roll_back_modules, self._desktop.app, one.number)
            self._desktop.works.changed()
            self._desktop.messages.say(f"The modules are as they were {words.when(one.when)}.", "good")
            await self.draw()
