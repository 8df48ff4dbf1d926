"""How a module is set up, and how it is taken out again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui
from pydantic import JsonValue

from genoteca import actions
from genoteca.actions.module_views import ModuleCard
from genoteca.model.module import Setting, SettingType
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import card, heading, row, said
from genoteca.ui.components.buttons import act, icon_act
from genoteca.ui.components.file_browser import browse
from genoteca.ui.components.install import start_removal
from genoteca.ui.components.notice import told
from genoteca.ui.desktop import Desktop, ask

__all__ = ["module_removal", "module_settings"]


def module_settings(desktop: Desktop, module: ModuleCard, on_kept: Callable[[], Awaitable[None]]) -> None:
    """Draw a field for every setting; `on_kept` is called when a change was kept."""
    fields: dict[str, ui.element] = {}

    async def keep() -> None:
        values = {name: getattr(field, "value", None) for name, field in fields.items()}
        with told():
            await ask(actions.configure_module, desktop.app, module.id, values)
            desktop.messages.say("Kept. What was annotated before is now out of date.", "good")
            await on_kept()

    with card():
        heading("Settings")
        for name, setting in module.manifest.settings.items():
            fields[name] = _field(name, setting, module.settings.get(name, setting.default))
            if setting.description:
                said(setting.description, "faint")
        with row():
            act("Keep these settings", keep, more="push")


def _field(name: str, setting: Setting, value: JsonValue) -> ui.element:
    label = setting.title(name)
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


def module_removal(desktop: Desktop, module: ModuleCard) -> None:
    """Draw the buttons that take the module out, with or without what it said."""
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

    with card():
        heading("Remove")
        said("The results of a removed module can be read again once it is back.", "faint")
        with row("tight"):
            act("Remove", remove, kind="danger-quiet", icon="delete")
            act("Remove with its results", remove_everything, kind="danger-quiet")
