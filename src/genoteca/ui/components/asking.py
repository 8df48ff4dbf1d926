"""Dialogs that ask before something that cannot be taken back."""

from __future__ import annotations

from nicegui import ui

from genoteca.ui.components.boxes import box, heading, row, said
from genoteca.ui.components.buttons import Kind, act

__all__ = ["answered", "confirmed", "typed"]


async def answered(dialog: ui.dialog) -> object:
    """Wait for what a dialog is submitted with, and take it away; None: it was left, or the page is gone."""
    answer: object = await dialog
    if not dialog.is_deleted:  # a page that is closed takes its dialogs with it
        dialog.delete()
    return answer


async def confirmed(title: str, text: str, *, yes: str, no: str = "Keep it", kind: Kind = "danger") -> bool:
    """Ask; True when the person says yes. `kind`: of the button that says it."""
    with ui.dialog() as dialog, box("sheet"):
        heading(title)
        said(text, "soft pre")
        with row():
            act(no, lambda: dialog.submit(result=False), more="push")
            act(yes, lambda: dialog.submit(result=True), kind=kind)
    return bool(await answered(dialog))


async def typed(title: str, text: str, *, word: str, yes: str) -> bool:
    """Ask the person to type a word before going on; True when it was typed."""
    with ui.dialog() as dialog, box("sheet"):
        heading(title)
        said(text, "soft pre")
        field = ui.input(f"Type {word} to go on").props("outlined dense autocomplete=off").classes("grow")
        with row():
            act("Leave it", lambda: dialog.submit(result=False), more="push")
            go = act(yes, lambda: dialog.submit(result=True), kind="danger")
            go.bind_enabled_from(field, "value", backward=lambda value: (value or "").strip() == word)
    return bool(await answered(dialog))
