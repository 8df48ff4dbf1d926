"""The store: a gallery of modules, searched as one types, and installs from a file or folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from nicegui import ui
from pydantic import ValidationError

from genoteca import actions
from genoteca.actions import Shelf, Wanted
from genoteca.actions.module_views import ModuleCard
from genoteca.ui import words
from genoteca.ui.address import replace_address
from genoteca.ui.components.asking import answered
from genoteca.ui.components.boxes import box, facts, heading, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.file_browser import MODULE_ENDINGS, browse
from genoteca.ui.components.gallery_filters import GalleryFilters
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.import_just_dna import just_dna_dialog, start_import
from genoteca.ui.components.install import start_install, work_name
from genoteca.ui.components.module_card import module_card
from genoteca.ui.components.notice import notice, told
from genoteca.ui.components.permissions import permissions_card
from genoteca.ui.components.preset_card import preset_card
from genoteca.ui.components.standing import catalogue_warning
from genoteca.ui.components.trusting import needs_trust, trusts
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show"]


MANAGE = "/settings/modules"
MOST_DRAWN = 60
"""Cards drawn at once; the others are a press away."""


async def show(desktop: Desktop, asked: Mapping[str, str]) -> None:
    """Draw the gallery; `asked` is what the address says is wanted of it."""
    gallery = Gallery(desktop, _wanted(asked))
    await gallery.draw()


def _wanted(asked: Mapping[str, str]) -> Wanted:
    """Read what is wanted from an address; what it does not know is left aside."""
    try:
        return Wanted.model_validate({name: asked[name] for name in Wanted.model_fields if name in asked})
    except ValidationError:
        return Wanted()


class Gallery:
    """The gallery with what is wanted of it; the address says what, so that coming back finds it again."""

    def __init__(self, desktop: Desktop, wanted: Wanted) -> None:
        self._desktop, self._wanted, self._all = desktop, wanted, False
        self._shelf = Shelf(cards=[])
        with box("heading"):
            with stack("tight"):
                heading("Store", 1)
                said(
                    "Modules look things up in your genome. Each says what it knows, from where, and how surely.",
                    "lead",
                )
            search = ui.input(placeholder="Search titles, genes, tags", value=wanted.text)
            search.props("clearable debounce=120 type=search").classes("search")
            search.props["aria-label"] = "Search modules"
            search.on_value_change(
                lambda event: self._want(self._wanted.model_copy(update={"text": event.value or ""}))
            )
            self._search = search
        self._filters = GalleryFilters(wanted, self._want)
        self._warnings = stack()
        self._presets = stack()
        with row("keep found"):
            self._count = said("", "faint grow").props("aria-live=polite")
            self._clear = act("Clear all", self._anything, kind="quiet", icon="filter_alt_off", more="small-act")
        self._cards = box("gallery")
        with box("across own-modules"):
            if not desktop.app.without_modules:
                said("A module of your own, or of somebody you know:", "faint")
                act("Install from a file", self._from_file, kind="quiet", icon="folder_open")
                act("Make a module from a table", lambda: ui.navigate.to("/author"), kind="quiet", icon="table_view")
                act("Import a just-dna module", self._from_just_dna, kind="quiet", icon="input")
            act("Catalogues, trust and history", lambda: ui.navigate.to(MANAGE), kind="quiet", icon="inventory_2")

    async def draw(self) -> None:
        """Look anew at what is on offer, and draw it."""
        seen = -1
        while seen != self._desktop.works.changes:  # what ended while we looked would be drawn as it was before
            seen = self._desktop.works.changes
            self._shelf = await ask(actions.shelf, self._desktop.app)
            presets = await ask(actions.list_presets, self._desktop.app)
        self._warnings.clear()
        with self._warnings:
            for catalogue in await ask(actions.list_catalogues, self._desktop.app):
                catalogue_warning(catalogue)
        self._presets.clear()
        with self._presets:
            heading("Sets to start with", 2)
            with box("presets").props("role=list"):
                for preset in presets:
                    preset_card(self._desktop, preset, self.draw)
        self._show()

    def _want(self, wanted: Wanted) -> None:
        """Show what is wanted now; nothing is asked of the disk, so that it keeps up with the typing."""
        self._wanted, self._all = wanted, False
        asked = wanted.model_dump(mode="json", exclude_defaults=True)
        replace_address(self._desktop, f"/store?{urlencode(asked)}" if asked else "/store")
        self._show()

    def _anything(self) -> None:
        self._search.set_value("")
        self._want(Wanted(order=self._wanted.order))

    def _show(self) -> None:
        fitting = actions.search_shelf(self._shelf, self._wanted)
        narrowed = self._wanted.model_copy(update={"order": Wanted().order}) != Wanted()
        self._filters.show(self._shelf, self._wanted)
        self._presets.set_visibility(not narrowed)
        self._clear.set_visibility(narrowed)
        every = len(self._shelf.cards)
        self._count.set_text(f"{len(fitting)} of {every} modules" if narrowed else f"{every} modules")
        self._cards.clear()
        with self._cards:
            for card in fitting if self._all else fitting[:MOST_DRAWN]:
                module_card(self._desktop, card, self.draw)
            if not fitting:
                self._nothing()
            elif len(fitting) > MOST_DRAWN and not self._all:
                act(f"Show {len(fitting) - MOST_DRAWN} more", self._more)

    def _more(self) -> None:
        self._all = True
        self._show()

    def _nothing(self) -> None:
        with box("empty").style("grid-column: 1 / -1"):
            ui.icon("search_off").props("aria-hidden=true")
            said("No module fits this search.", "h3")
            said("Try fewer letters, or clear what narrows it down.")
            act("Clear all", self._anything)

    async def _from_file(self) -> None:
        path = await browse(
            MODULE_ENDINGS, title="Choose a module: a wheel, or a folder with module.toml", folders=True
        )
        if path is None:
            return
        with told():
            found = await ask(actions.module_source, self._desktop.app, str(path))
            await self._ask_and_install(found, path)

    async def _ask_and_install(self, found: ModuleCard, path: Path) -> None:
        if not await _looked_over(found, path):
            return
        if await trusts(found, seen=True):
            title, asked = found.manifest.title, needs_trust(found)
            start_install(self._desktop, found.id, str(path), title, trusted=asked)
            self._wait_for_new(found.id)
        await self.draw()

    async def _from_just_dna(self) -> None:
        found = await just_dna_dialog(self._desktop)
        if found is not None:
            start_import(self._desktop, found, work_name(found.card.id))
            self._wait_for_new(found.card.id)

    def _wait_for_new(self, module_id: str) -> None:
        """Draw all anew once it is there, unless its card does: one that is drawn twice takes no press between."""
        ended = False

        async def look() -> None:
            nonlocal ended
            work = self._desktop.works.find(work_name(module_id))
            if work is not None and not (work.over and ended):
                ended = work.over  # a card that follows it has told of it by the next look
                return
            timer.deactivate()
            if work is not None:
                with told():
                    if work.trouble:
                        raise work.trouble
                await self.draw()

        timer = ui.timer(0.3, look)


async def _looked_over(found: ModuleCard, path: Path) -> bool:
    """Show what would be installed; True when the person goes on."""
    manifest = found.manifest
    with ui.dialog() as dialog, box("sheet broad"):
        with row("keep top-line"):
            module_icon(found.icon, "large")
            with stack("tight grow"):
                heading(f"Install {manifest.title}?")
                said(manifest.summary)
        if found.trouble:
            with notice("warn", found.trouble.title, found.trouble.message):
                said(found.trouble.hint)
        facts(
            (
                ("Version", found.version),
                ("From", str(path)),
                ("Made by", ", ".join(author.name for author in manifest.authors)),
                ("Licence", f"{words.licence(manifest.licence.code)}; data: {words.licence(manifest.licence.data)}"),
            )
        )
        permissions_card(found)
        with row():
            act("Leave it", lambda: dialog.submit(result=False), more="push")
            act("Install", lambda: dialog.submit(result=True), kind="main-act")
    return bool(await answered(dialog))
