"""A genome file may be dropped anywhere in the window: what is seen of it (assets/ui/drop.js does the rest)."""

from __future__ import annotations

from nicegui import ui

from genoteca.ui.components.boxes import box, heading, row, said, stack
from genoteca.ui.desktop import Desktop

__all__ = ["drop_anywhere"]


def drop_anywhere(desktop: Desktop) -> None:
    """Lay the invisible layer over the page that shows itself while a file is dragged, sent or refused."""
    if desktop.preview is not None:  # an author's preview shows one module; its data folder is thrown away
        return
    with box("drop-anywhere").props("data-state=''"):
        with box("sheet invite"):
            ui.icon("upload_file", size="42px").props("aria-hidden=true")
            heading("Drop it to look at it")
            said("You see what it is before anything is stored. It stays on this computer.")
        with box("sheet sending").props("role=status aria-live=polite"):
            heading("Taking the file in")
            with box("track").props("role=progressbar aria-label='How much has been taken in'"):
                ui.element("div")
            said("", "soft words")
            with row():
                _button("Cancel", "stop")
        with box("sheet refused").props("role=alertdialog aria-label='Not taken in'"):
            with row("keep top-line"):
                ui.icon("block", size="26px").props("aria-hidden=true")
                heading("This cannot be taken in")
            stack("reasons")
            with row():
                ui.link("What can I open?", "/help/what-can-i-open").classes("link")
                _button("Close", "close")


def _button(text: str, kind: str) -> None:
    with ui.element("button").classes(f"drop-button {kind} push").props("type=button"):
        ui.label(text)
