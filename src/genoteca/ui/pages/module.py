"""One module: what it is and says, from which sources, what it may do, its versions, and how it is set up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from genoteca import actions
from genoteca.actions.automation import policy_of
from genoteca.actions.module_views import ModuleCard, ModuleState
from genoteca.ui.address import replace_address
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import link
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.install import install_button
from genoteca.ui.components.module_about import module_about
from genoteca.ui.components.module_card import state_pill
from genoteca.ui.components.module_data import ModuleDataCard
from genoteca.ui.components.module_says import module_says
from genoteca.ui.components.module_setup import module_removal, module_settings
from genoteca.ui.components.module_sources import module_sources
from genoteca.ui.components.module_versions import ModuleVersions
from genoteca.ui.components.notice import told_here, trouble_box
from genoteca.ui.components.permissions import permissions_page
from genoteca.ui.components.policy_choice import policy_choice
from genoteca.ui.components.standing import module_warnings
from genoteca.ui.components.table_form import TableForm
from genoteca.ui.components.table_read import show_table_read
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show"]

TABS = {
    "about": "About",
    "says": "What it says",
    "sources": "Sources",
    "permissions": "Permissions",
    "versions": "Versions",
    "data": "Data and settings",
}
"""By name in the address."""


async def show(desktop: Desktop, module_id: str, tab: str = "") -> None:
    """Draw the module's page; `tab` says which part of it."""
    page = ModulePage(desktop, module_id, tab)
    await page.draw()


class ModulePage:
    """The page; all of it is drawn anew where something of the module changed."""

    def __init__(self, desktop: Desktop, module_id: str, tab: str) -> None:
        self._desktop, self._id, self._tab = desktop, module_id, tab
        # boxes that lay out nothing themselves
        self._outer = box().style("display: contents")
        with self._outer:
            self._place = box().style("display: contents")
        self._drawn: set[str] = set()
        self._was_on_offer = False

    async def anew(self) -> None:
        """Draw all of it again, on a clock of its own: what asks for it goes away with what is drawn now."""
        with self._outer:
            ui.timer(0, self.draw, once=True)

    async def draw(self) -> None:
        """Draw all of it."""
        self._place.clear()
        self._drawn.clear()
        with self._place, told_here():
            seen = -1
            while seen != self._desktop.works.changes:  # what ended while we looked would be drawn as it was before
                seen = self._desktop.works.changes
                module = await ask(actions.show_module, self._desktop.app, self._id)
            tabs = _tabs_of(module)
            if self._tab not in tabs or (_waits_for_a_file(module) and self._was_on_offer):
                self._tab = "data" if _waits_for_a_file(module) else "about"
            self._was_on_offer = module.state is ModuleState.AVAILABLE
            link("‹ All modules", "/store")
            _head(self._desktop, module, self.anew)
            module_warnings(module, await ask(actions.list_catalogues, self._desktop.app))
            if module.trouble:
                trouble_box(module.trouble)
            self._live = stack()
            await self._tabbed(module, tabs)

    async def _tabbed(self, module: ModuleCard, tabs: list[str]) -> None:
        panels: dict[str, ui.element] = {}

        async def turned(name: str) -> None:
            self._tab = name
            replace_address(self._desktop, f"/store/{self._id}?tab={name}")
            await self._fill(module, name, panels[name])

        with ui.tabs().classes("tabs") as bar:
            bar.props("no-caps inline-label outside-arrows mobile-arrows align=left aria-label='Parts of this page'")
            for name in tabs:
                ui.tab(name, label=TABS[name])
        with ui.tab_panels(bar, value=self._tab, animated=False).classes("panels"):
            for name in tabs:
                with ui.tab_panel(name):
                    panels[name] = stack("loose")
        bar.on_value_change(lambda event: turned(str(event.value)))
        await self._fill(module, self._tab, panels[self._tab])

    async def _fill(self, module: ModuleCard, name: str, panel: ui.element) -> None:
        """Draw a part the first time that it is turned to."""
        if name in self._drawn:
            return
        self._drawn.add(name)
        with panel, told_here():
            match name:
                case "about":
                    fits = await ask(actions.fits_of, self._desktop.app, module.manifest)
                    module_about(
                        module, fits, await ask(actions.module_screenshots, self._desktop.app, module.source)
                    )
                case "says":
                    module_says(module, await ask(actions.example_rows, self._desktop.app, module.id))
                case "sources":
                    module_sources(module)
                case "permissions":
                    permissions_page(module)
                case "versions":
                    ModuleVersions(self._desktop, module, self.anew).show()
                case _:
                    await self._data(module)

    async def _data(self, module: ModuleCard) -> None:
        if module.manifest.form == "table":
            await TableForm(self._desktop, module, self.anew).show()
            await show_table_read(self._desktop, module)
        elif module.manifest.settings:
            module_settings(self._desktop, module, self.anew)
        if module.state in (ModuleState.INSTALLED, ModuleState.UPDATE) and module.manifest.annotates:
            await self._asked(module)
        data = ModuleDataCard(self._desktop, module.id, module.manifest.title, self._live)
        module_removal(self._desktop, module)
        if module.state in (ModuleState.INSTALLED, ModuleState.UPDATE):
            await data.draw()

    async def _asked(self, module: ModuleCard) -> None:
        with card():
            heading("When it is asked")
            said("About genomes that it was not asked about yet, or whose answer is out of date.", "faint")
            chosen = await ask(policy_of, self._desktop.app, module.id)
            policy_choice(self._desktop, module.id, module.manifest.title, chosen)
            link("What is done by itself ›", "/automation")


def _tabs_of(module: ModuleCard) -> list[str]:
    """Give the parts that have something to tell."""
    left_out = set() if module.manifest.columns else {"says"}
    if module.state is ModuleState.AVAILABLE:
        left_out.add("data")
    return [name for name in TABS if name not in left_out]


def _waits_for_a_file(module: ModuleCard) -> bool:
    return module.manifest.form == "table" and module.state is not ModuleState.AVAILABLE


def _head(desktop: Desktop, module: ModuleCard, on_change: Callable[[], Awaitable[None]]) -> None:
    with row("top-line"):
        module_icon(module.icon, "large")
        with stack("tight grow"):
            with row("tight"):
                heading(module.manifest.title, 1)
                state_pill(module)
            said(module.manifest.summary, "lead")
        with box("module-acts"):
            install_button(desktop, module, on_change)
