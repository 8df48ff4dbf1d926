"""A module's icon."""

from __future__ import annotations

from base64 import b64encode

from nicegui import ui

from genoteca.ui.components.boxes import box

__all__ = ["module_icon"]


def module_icon(svg: str, size: str = "") -> None:
    """Draw a module's SVG as a picture: in an `img`, no script of it runs and nothing that it names is loaded."""
    with box(f"module-icon {size}").props("aria-hidden=true"):
        if svg:
            picture = ui.element("img")
            picture.props["src"] = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
            picture.props["alt"] = ""
        else:
            ui.icon("extension", size="24px")
