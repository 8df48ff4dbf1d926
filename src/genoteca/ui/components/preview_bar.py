"""The bar above every page of a preview: which module is loaded from where, and what the last save broke."""

from __future__ import annotations

from nicegui import ui

from genoteca.actions.previewing import PreviewState
from genoteca.ui.components.boxes import box, row, said
from genoteca.ui.components.buttons import link
from genoteca.ui.components.notice import notice, trouble_box
from genoteca.ui.desktop import Desktop

__all__ = ["preview_bar"]

LOOK_EVERY = 0.5


def preview_bar(desktop: Desktop) -> None:
    """Draw it, where there is a preview; the page is loaded anew when a save was loaded."""
    preview = desktop.preview
    if preview is None:
        return
    place = box("stack").props("aria-live=polite")
    shown: PreviewState | None = None
    first = preview.state.loaded

    def look() -> None:
        nonlocal shown
        state = preview.state
        if state is shown:
            return
        shown = state
        if state.loaded != first and not state.at_work:
            ui.navigate.reload()
            return
        place.clear()
        with place:
            _show(state, str(preview.folder))

    look()
    ui.timer(LOOK_EVERY, look)


def _show(state: PreviewState, folder: str) -> None:
    if state.trouble:
        trouble_box(state.trouble)
    for finding in state.broken:
        with notice("bad", " · ".join(filter(None, (finding.place, finding.rule))), finding.message):
            said(finding.hint)
    if state.broken or state.trouble:
        before = "Shown below is what was loaded before." if state.loaded else "Nothing is loaded yet."
        said(f"{before} Save again, and it is looked at again.", "faint")
        return
    title, text = f"Preview of {state.module_id or folder}", f"From {folder}. Every save is loaded at once."
    with notice("info", title, text), row("tight"):
        if state.at_work:
            ui.spinner(size="18px")
            said(f"{state.at_work} …")
        elif state.loaded:
            said(f"Loaded at {state.loaded.astimezone():%H:%M:%S}.")
        if state.results:
            link("What it says of the demo genome", state.results)
        if state.module_id:
            link("Its page in the store", f"/store/{state.module_id}")
