"""The catalogues that modules come from: added with their key looked at, refreshed, removed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import partial

from nicegui import ui

from genoteca import actions
from genoteca.actions import CatalogueCard
from genoteca.ui import words
from genoteca.ui.components.asking import answered, confirmed
from genoteca.ui.components.boxes import box, card, facts, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import notice, told, trouble_box
from genoteca.ui.desktop import Desktop, ask

__all__ = ["CataloguesCard"]

SOON = timedelta(days=14)
"""Before a catalogue expires, from when that is said."""
KINDS = {"web": "public", "folder": "folder", "hub": "hub"}


class CataloguesCard:
    """The card; it draws itself anew when something of it changed."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop, self._card = desktop, card()

    async def draw(self) -> None:
        """Draw the catalogues that are there."""
        self._desktop.works.changed()
        found = await ask(actions.list_catalogues, self._desktop.app)
        self._card.clear()
        with self._card:
            with row():
                heading("Catalogues").classes("grow")
                if found:
                    act("Refresh all", partial(self._refresh, None), icon="refresh", kind="quiet", more="small-act")
                act("Add a catalogue", self._add, icon="add", more="small-act")
            with box("stack tight release"):
                said("Genoteca", "strong")
                said("The modules shipped with the app: trusted with it, and there with the network off.", "faint")
            for one in found:
                self._catalogue(one)

    def _catalogue(self, one: CatalogueCard) -> None:
        with box("stack tight release"):
            with box("across keep top-line tight"):
                ui.icon(KINDS[one.kind], size="20px").props("aria-hidden=true")
                with stack("tight grow"):
                    with row("tight"):
                        said(one.name, "strong")
                        pill(f"{one.modules} {'module' if one.modules == 1 else 'modules'}")
                        _expiry(one)
                    said(f"{one.location} · verified {words.when(one.refreshed)}", "faint")
                    _key(one.fingerprint)
            if one.trouble:
                trouble_box(one.trouble)
            with row("tight"):
                for word, does, kind in (
                    ("Refresh", self._refresh, "quiet"),
                    ("Remove", self._remove, "danger-quiet"),
                ):
                    made = act(word, partial(does, one), more="small-act")
                    made.classes(add=kind, remove="plain").props["aria-label"] = f"{word} {one.name}"

    async def _refresh(self, one: CatalogueCard | None) -> None:
        with told():
            await ask(actions.refresh_catalogues, self._desktop.app, one.slug if one else None)
            await self.draw()

    async def _remove(self, one: CatalogueCard) -> None:
        sure = await confirmed(
            f"Remove {one.name}?",
            "Modules that came from it stay installed, and have no updates any more.",
            yes="Remove",
        )
        if sure:
            with told():
                await ask(actions.remove_catalogue, self._desktop.app, one.slug)
                await self.draw()

    async def _add(self) -> None:
        location = await _location()
        if not location:
            return
        with told():
            found = await ask(actions.look_at_catalogue, self._desktop.app, location)
            if await _agreed(found):
                await ask(actions.add_catalogue, self._desktop.app, found.location, found.fingerprint)
                self._desktop.messages.say(f"{found.name} was added; its modules are in the store.", "good")
            await self.draw()


async def _location() -> str:
    """Ask where a catalogue is; empty: the person left."""
    with ui.dialog() as dialog, box("sheet"):
        heading("Add a catalogue")
        said(
            "Somebody else's store: an https address, a folder on this computer, or hub://OWNER/NAME. It is looked "
            "at first; nothing is installed from it until you say so.",
        )
        field = ui.input("Where it is").props("autocomplete=off")
        field.on("keydown.enter", lambda: dialog.submit(field.value))
        with row():
            act("Leave it", lambda: dialog.submit(""), more="push")
            act("Look at it", lambda: dialog.submit(field.value), kind="main-act")
    return str(await answered(dialog) or "").strip()


async def _agreed(found: CatalogueCard) -> bool:
    """Show a catalogue's name and key; True when the person agrees to the key."""
    with ui.dialog() as dialog, box("sheet"):
        heading(f"Add {found.name}?")
        facts(
            (
                ("From", found.location),
                ("Modules", str(found.modules)),
                ("Signed until", words.when(found.expires)),
                ("Commit", found.pinned),
            )
        )
        said("The fingerprint of its key", "strong")
        _key(found.fingerprint)
        with notice(
            "warn",
            "Compare it with what its publisher told you",
            "By another way than this address: on their own page, by phone. Whoever has this key decides what the "
            "catalogue offers. Modules that run a program still ask you before they are installed.",
        ):
            pass
        with row():
            act("Leave it", lambda: dialog.submit(result=False), more="push")
            act("It is the same: add it", lambda: dialog.submit(result=True), kind="main-act")
    return bool(await answered(dialog))


def _key(fingerprint: str) -> None:
    """Write a fingerprint in groups of four, as people compare it."""
    said(" ".join(re.findall(".{1,4}", fingerprint)), "mono faint fingerprint")


def _expiry(one: CatalogueCard) -> None:
    if one.expires is None:
        return
    now = datetime.now(UTC)
    if one.expires <= now:
        pill("Expired: nothing new is installed from it", "bad", "event_busy")
    elif one.expires - now < SOON:
        pill(f"Signed until {words.when(one.expires)}", "warn", "event")
