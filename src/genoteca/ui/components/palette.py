"""The command palette: its button, and the offers that assets/ui/palette.js asks for as one types."""

from __future__ import annotations

from fastapi import APIRouter
from nicegui import ui

from genoteca import actions
from genoteca.actions import Found
from genoteca.ui.components.boxes import box
from genoteca.ui.desktop import Desktop, ask

__all__ = ["find_button", "find_routes"]

LONGEST = 200
"""Letters that are searched for."""


def find_button() -> None:
    """Draw the button that opens the palette; Ctrl-K and Cmd-K press it too."""
    with box("find-button", "button").props("type=button aria-haspopup=dialog") as button:
        button.props("aria-keyshortcuts='Control+K Meta+K' aria-label='Find a gene, a place, anything'")
        ui.icon("search").props("aria-hidden=true")
        ui.label("Find a gene, a place, anything").classes("words")
        with ui.element("kbd").props("aria-hidden=true"):
            ui.label("Ctrl K").style("display: inline")


def find_routes(desktop: Desktop) -> APIRouter:
    """Give the route that answers what was typed."""
    router = APIRouter()

    @router.get("/api/find")
    async def found(text: str = "", sample: str = "") -> list[Found]:
        whose = sample or await ask(actions.current_sample, desktop.app)
        return await ask(actions.find, desktop.app, text[:LONGEST], whose)

    return router
