"""Buttons: one for the main thing, others that step back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

from nicegui import ui

__all__ = ["Click", "Kind", "act", "icon_act", "link", "outside_link"]

Click = Callable[[], Awaitable[object] | object]
Kind = Literal["main-act", "plain", "quiet", "danger", "danger-quiet"]


def act(
    text: str, on_click: Click | None = None, *, kind: Kind = "plain", icon: str = "", more: str = ""
) -> ui.button:
    """Make a button with words on it."""
    made = ui.button(text, on_click=on_click, color=None, icon=icon or None)
    return made.props("unelevated no-caps :ripple=false").classes(f"act {kind} {more}")


def icon_act(icon: str, label: str, on_click: Click | None = None) -> ui.button:
    """Make a button with an icon on it; its label is read aloud and shown on hover."""
    made = ui.button(on_click=on_click, color=None, icon=icon).props("unelevated no-caps :ripple=false")
    made.classes("act icon-only").props["aria-label"] = label
    with made:
        ui.tooltip(label)
    return made


def link(text: str, target: str, classes: str = "link") -> ui.link:
    """Link to a page of the app."""
    return ui.link(text, target).classes(classes)


def outside_link(text: str, address: str) -> None:
    """Link to a page on the internet, opened in a new tab; anything but https is shown as text."""
    if not address.startswith("https://"):
        ui.label(text).classes("soft")
        return
    made = ui.link(text, address, new_tab=True).classes("link")
    made.props["rel"] = "noopener noreferrer"
    made.props["title"] = "Opens a page on the internet"
