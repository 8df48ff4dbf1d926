"""One module: what it says, from which sources, what it may do, and how it is set up."""

from __future__ import annotations

import re

from nicegui import ui
from pydantic import JsonValue

from genoteca import actions
from genoteca.actions.views import ModuleCard, ModuleState
from genoteca.model.module import Setting, SettingType
from genoteca.ui import words
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import box, card, facts, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act, icon_act, link, outside_link
from genoteca.ui.components.file_browser import browse
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.install import install_button, start_removal
from genoteca.ui.components.module_card import state_pill
from genoteca.ui.components.module_data import ModuleDataCard
from genoteca.ui.components.notice import told, told_here, trouble_box
from genoteca.ui.components.permissions import permissions_card
from genoteca.ui.components.table_form import TableForm
from genoteca.ui.components.table_read import show_table_read
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show"]

TITLE_LINE = re.compile(r"\A\s*# .*\n")
"""A README's own title: the page has said it already."""


async def show(desktop: Desktop, module_id: str) -> None:
    """Draw the module's page."""
    # a box that lays out nothing itself: all of the page is drawn anew where its columns changed
    place = box().style("display: contents")
    with place:
        await _draw(desktop, module_id, place)


async def _draw(desktop: Desktop, module_id: str, place: ui.element) -> None:
    async def anew() -> None:
        place.clear()
        with place, told_here():
            await _draw(desktop, module_id, place)

    module = await ask(actions.show_module, desktop.app, module_id)
    link("‹ All modules", "/store")
    _head(desktop, module)
    if module.trouble:
        trouble_box(module.trouble)
    live = stack()
    with box("two-thirds"):
        with stack("loose"):
            if _has_table(module):
                await TableForm(desktop, module, anew).show()
                await show_table_read(desktop, module)
            _about(module)
            _columns(module)
            _sources(module)
        with stack("loose"):
            _at_a_glance(module)
            _provided(module)
            data = ModuleDataCard(desktop, module.id, module.manifest.title, live)
            with card():
                permissions_card(module)
            if module.manifest.settings and module.state is not ModuleState.AVAILABLE and not _has_table(module):
                _settings(desktop, module)
            _works_with(module)
            if module.state is not ModuleState.AVAILABLE:
                _removal(desktop, module)
    if module.state in (ModuleState.INSTALLED, ModuleState.UPDATE):
        with told_here():
            await data.draw()


def _has_table(module: ModuleCard) -> bool:
    return module.manifest.form == "table" and module.state is not ModuleState.AVAILABLE


def _head(desktop: Desktop, module: ModuleCard) -> None:
    with row("top-line"):
        module_icon(module.icon, "large")
        with stack("tight grow"):
            with row("tight"):
                heading(module.manifest.title, 1)
                state_pill(module.state)
            said(module.manifest.summary, "lead")
        with box("module-acts"):
            install_button(desktop, module, ui.navigate.reload)


def _about(module: ModuleCard) -> None:
    with card():
        heading("About")
        text = module.readme or module.manifest.description or module.manifest.summary
        ui.markdown(TITLE_LINE.sub("", text, count=1)).classes("readme")


def _columns(module: ModuleCard) -> None:
    if not module.manifest.columns:
        return
    with card():
        heading("What it says of each site")
        facts(
            (
                column.label,
                " ".join(filter(None, (column.description, f"({column.unit})" if column.unit else ""))) or "–",
            )
            for column in module.manifest.columns
        )


def _sources(module: ModuleCard) -> None:
    with card():
        heading("Sources")
        for source in module.manifest.sources:
            with stack("tight"):
                outside_link(source.name, source.url)
                told_of = (
                    source.release and f"Release {source.release}",
                    source.licence and words.licence(source.licence),
                )
                said(" · ".join(filter(None, told_of)), "faint")
                said(source.citation, "soft small")


def _at_a_glance(module: ModuleCard) -> None:
    manifest = module.manifest
    with card():
        heading("At a glance", 3)
        facts(
            (
                ("Version", module.version),
                ("Installed", "" if module.installed_version == module.version else module.installed_version or ""),
                ("Data version", manifest.data_version),
                ("Category", manifest.category),
                ("Made by", ", ".join(author.name for author in manifest.authors)),
                (
                    "Licence",
                    f"Program: {words.licence(manifest.licence.code)}. Data: {words.licence(manifest.licence.data)}.",
                ),
                ("", ""),
                ("Size", words.size_of(manifest)),
                ("Genome builds", ", ".join(manifest.builds)),
                ("Reads", ", ".join(words.KINDS[kind].split(",")[0].split(":")[0] for kind in manifest.sample_kinds)),
                ("From", module.origin),
            )
        )
        if manifest.licence.data_note:
            said(manifest.licence.data_note, "faint")
        with row("tight"):
            for tag in manifest.tags:
                pill(tag)


def _provided(module: ModuleCard) -> None:
    """Say what the module has for the app and for others."""
    if not module.provided:
        return
    with card():
        heading("What it provides", 3)
        for one in module.provided:
            there = f"{one.release} · {words.file_size(one.bytes)} · {words.when(one.when)}" if one.when else ""
            with stack("tight"):
                said(words.provided(one.name), "strong")
                said(there or ("Not fetched yet" if one.build else "Fetched when a genome needs it"), "faint")


def _works_with(module: ModuleCard) -> None:
    if not module.works_with:
        return
    with card():
        heading("Works with your genomes", 3)
        for sample, answer in module.works_with.items():
            works = answer == "yes"
            with box("across keep top-line tight"):
                ui.icon("check_circle" if works else "block", size="20px").style(
                    f"color: var({'--answered' if works else '--not-callable'})"
                ).props("aria-hidden=true")
                said(f"{sample}: {'yes' if works else answer}", "grow soft")


def _settings(desktop: Desktop, module: ModuleCard) -> None:
    fields: dict[str, ui.element] = {}

    async def keep() -> None:
        values = {name: getattr(field, "value", None) for name, field in fields.items()}
        with told():
            await ask(actions.configure_module, desktop.app, module.id, values)
            ui.notify("Kept. What was annotated before is now out of date.", position="bottom-right")

    with card():
        heading("Settings", 3)
        for name, setting in module.manifest.settings.items():
            fields[name] = _field(name, setting, module.settings.get(name, setting.default))
            if setting.description:
                said(setting.description, "faint")
        with row():
            act("Keep these settings", keep, more="push")


def _field(name: str, setting: Setting, value: JsonValue) -> ui.element:
    label = setting.label or name.replace("_", " ").capitalize()
    if setting.type is SettingType.BOOLEAN:
        return ui.switch(label, value=bool(value))
    if setting.type is SettingType.INTEGER:
        return ui.number(label, value=float(value) if isinstance(value, int | float) else None, precision=0)
    if setting.type is SettingType.CHOICE:
        return ui.select(list(setting.choices), label=label, value=value if value in setting.choices else None)
    if setting.type is SettingType.PATH_OR_URL:
        return _file_field(label, "" if value is None else str(value))
    return ui.input(label, value="" if value is None else str(value))


def _file_field(label: str, value: str) -> ui.element:
    async def choose() -> None:
        path = await browse((), title=label)
        if path:
            field.set_value(str(path))

    with row("keep tight"):
        field = ui.input(label, value=value).classes("grow").props("clearable")
        icon_act("folder_open", "Choose a file", choose)
    return field


def _removal(desktop: Desktop, module: ModuleCard) -> None:
    title = module.manifest.title

    async def remove() -> None:
        sure = await confirmed(
            f"Remove {title}?",
            "The module is taken out. What it said about your genomes stays, and can be read again when it is back.",
            yes="Remove",
        )
        if sure:
            start_removal(desktop, module.id, title, with_results=False)
            ui.navigate.to("/store")

    async def remove_everything() -> None:
        sure = await confirmed(
            f"Remove {title} and its results?",
            "The module is taken out, and everything it said about your genomes is deleted. This cannot be undone.",
            yes="Remove both",
        )
        if sure:
            start_removal(desktop, module.id, title, with_results=True)
            ui.navigate.to("/store")

    with row("tight"):
        act("Remove", remove, kind="danger-quiet", icon="delete")
        act("Remove with its results", remove_everything, kind="danger-quiet")
