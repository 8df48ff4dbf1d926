"""The store: a gallery of modules, searched as one types, and installs from a file or folder."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from genoteca import actions
from genoteca.actions.views import ModuleCard
from genoteca.model.module import Tier
from genoteca.ui import words
from genoteca.ui.components.asking import answered, typed
from genoteca.ui.components.boxes import box, facts, heading, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.file_browser import MODULE_ENDINGS, browse
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.import_just_dna import just_dna_dialog, start_import
from genoteca.ui.components.install import start_install, work_name
from genoteca.ui.components.module_card import module_card
from genoteca.ui.components.notice import notice, told
from genoteca.ui.components.permissions import permissions_card
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show"]


async def show(desktop: Desktop) -> None:
    """Draw the gallery."""
    gallery = Gallery(desktop)
    await gallery.draw()


class Gallery:
    """The gallery with what is searched for and which category is chosen."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self._text = ""
        self._category = ""
        with box("heading"):
            with stack("tight"):
                heading("Store", 1)
                said(
                    "Modules look things up in your genome. Each says what it knows, from where, and how surely.",
                    "lead",
                )
            search = (
                ui.input(placeholder="Search modules").props("clearable debounce=120 type=search").classes("search")
            )
            search.props["aria-label"] = "Search modules"
            search.on_value_change(lambda event: self._search(event.value or ""))
        with box("across"):
            self._chips = box("chips grow").props("role=group aria-label='Category'")
            act("Install from a file", self._from_file, kind="quiet", icon="folder_open")
            act("Make a module from a table", lambda: ui.navigate.to("/author"), kind="quiet", icon="table_view")
            act("Import a just-dna module", self._from_just_dna, kind="quiet", icon="input")
        self._cards = box("gallery")

    async def draw(self) -> None:
        """Draw the chips and the cards that fit."""
        everything = await ask(actions.list_modules, self._desktop.app)
        fitting = await ask(actions.list_modules, self._desktop.app, text=self._text, category=self._category)
        self._chips.clear()
        with self._chips:
            for name in ("", *sorted({card.manifest.category for card in everything})):
                self._chip(name)
        self._cards.clear()
        with self._cards:
            for card in fitting:
                module_card(self._desktop, card, self.draw)
            if not fitting:
                self._nothing()

    def _chip(self, name: str) -> None:
        pressed = "true" if name == self._category else "false"
        made = ui.element("button").classes("chip").props(f"type=button aria-pressed={pressed}")
        made.on("click", lambda: self._choose(name), [])
        with made:
            ui.label(name or "All")

    def _nothing(self) -> None:
        with box("empty").style("grid-column: 1 / -1"):
            ui.icon("search_off").props("aria-hidden=true")
            said("No module fits this search.", "h3")
            said("Try fewer letters, or another category.")

    async def _search(self, text: str) -> None:
        self._text = text
        await self.draw()

    async def _choose(self, category: str) -> None:
        self._category = category
        await self.draw()

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
        trusted = found.runs_as is not Tier.CODE
        if found.runs_as is Tier.CODE:
            trusted = await typed(
                f"Trust {found.manifest.title}?",
                "This module runs a program with your rights: it could read and change every file you can. Install "
                "it only if you know who made it. Genoteca asks again whenever its contents change.",
                word=found.id,
                yes="I trust it: install",
            )
        if trusted:
            work = start_install(
                self._desktop, found.id, str(path), found.manifest.title, trusted=found.runs_as is Tier.CODE
            )
            ui.notify(work.title, position="bottom-right")
            self._wait_for_new(found.id)
        await self.draw()

    async def _from_just_dna(self) -> None:
        found = await just_dna_dialog(self._desktop)
        if found is not None:
            work = start_import(self._desktop, found, work_name(found.card.id))
            ui.notify(work.title, position="bottom-right")
            self._wait_for_new(found.card.id)

    def _wait_for_new(self, module_id: str) -> None:
        async def look() -> None:
            work = self._desktop.works.find(f"module {module_id}")
            if work is None or work.over:
                timer.deactivate()
                if work and work.trouble:
                    with told():
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
