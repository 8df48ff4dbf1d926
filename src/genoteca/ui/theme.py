"""The look: our own style sheet and script, and the defaults of the elements we use."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from genoteca import __version__
from genoteca.settings import Settings, assets_folder

__all__ = ["LOOK", "dark_of", "use_look"]

LOOK = assets_folder() / "ui"
COMMON = ("cells", "genoteca")
"""What the other files rest on, in their order."""


def dark_of(settings: Settings) -> bool | None:
    """Give the look in NiceGUI's terms: None follows the computer."""
    return {"light": False, "dark": True, "system": None}[settings.theme]


def use_look() -> None:
    """Bring the look to every page."""
    ui.add_head_html(_head(), shared=True)
    ui.input.default_props("outlined dense")
    ui.select.default_props("outlined dense options-dense")
    ui.number.default_props("outlined dense")
    ui.menu_item.default_props("role=menuitem")  # Quasar's own, listitem, may not stand in a menu


def _head() -> str:
    """Name our own sheets and scripts; nothing of a module or a file goes in here."""
    sheets = (f'<link rel="stylesheet" href="/look/{sheet.name}?{__version__}">' for sheet in _ours_first("*.css"))
    scripts = (f'<script src="/look/{script.name}?{__version__}" defer></script>' for script in _ours_first("*.js"))
    return "\n".join([*sheets, *scripts])


def _ours_first(pattern: str) -> list[Path]:
    """Give the files of the look by name, the common ones before those of a single part."""
    order = {stem: place for place, stem in enumerate(COMMON)}
    return sorted(LOOK.glob(pattern), key=lambda file: (order.get(file.stem, len(order)), file.name))
