"""The help pages, and the list of them."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.ui.components.boxes import card, heading, stack
from genoteca.ui.components.buttons import link

__all__ = ["show_all", "show_page"]


def show_all() -> None:
    """Draw the list."""
    heading("Help", 1)
    with card(), stack("tight"):
        for page in actions.help_pages():
            link(page.title, f"/help/{page.name}")


def show_page(name: str) -> None:
    """Draw one page."""
    page = actions.help_page(name)
    link("‹ All help", "/help")
    heading(page.title, 1)
    with card():
        ui.markdown(page.text).classes("readme")
