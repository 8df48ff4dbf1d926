"""The look: our own style sheet and script, and the defaults of the elements we use."""

from __future__ import annotations

from nicegui import ui

from genoteca import __version__
from genoteca.settings import Settings, assets_folder

__all__ = ["LOOK", "dark_of", "use_look"]

LOOK = assets_folder() / "ui"

HEAD = f"""
<link rel="stylesheet" href="/look/genoteca.css?{__version__}">
<script src="/look/genoteca.js?{__version__}" defer></script>
"""


def dark_of(settings: Settings) -> bool | None:
    """Give the look in NiceGUI's terms: None follows the computer."""
    return {"light": False, "dark": True, "system": None}[settings.theme]


def use_look() -> None:
    """Bring the look to every page."""
    ui.add_head_html(HEAD, shared=True)
    ui.input.default_props("outlined dense")
    ui.select.default_props("outlined dense options-dense")
    ui.number.default_props("outlined dense")
