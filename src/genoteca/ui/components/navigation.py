"""The navigation: a list at the left, a rail of icons where it is folded, a bar at the foot of a phone."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.actions.changes import unseen_everywhere
from genoteca.ui.components.boxes import box
from genoteca.ui.components.buttons import icon_act
from genoteca.ui.desktop import Desktop, ask

__all__ = ["navigation"]

PLACES = (
    ("Store", "storefront", "/store"),
    ("Genomes", "fingerprint", "/genomes"),
    ("Results", "fact_check", "/results"),
    ("Explore", "travel_explore", "/explore"),
    ("Runs", "autorenew", "/runs"),
    ("By itself", "event_repeat", "/automation"),
    ("Settings", "settings", "/settings"),
)
MOST = 99
"""Above this, the number beside the genomes is no longer told."""
LOOK_EVERY = 3.0
"""Seconds between two looks at whether modules were installed or updated."""


def navigation(desktop: Desktop, place: str) -> None:
    """Draw it; `place` is the entry that the page belongs to, or none."""
    with box("nav", "nav").props("aria-label='Parts of the app'"):
        _fold(desktop)
        for name, icon, target in PLACES:
            with ui.element("a").props(f"href={target}" + (" aria-current=page" if name == place else "")) as entry:
                entry.props["title"] = name
                ui.icon(icon).props("aria-hidden=true")
                ui.label(name).classes("name")
                if target == "/store":
                    _updates(desktop)
                if target == "/genomes":
                    _changes(desktop)
        with box("home-note"):
            ui.icon("lock").props("aria-hidden=true")
            ui.label("Your genome stays on this computer. The app asks the internet for nothing unless you do.")


def _fold(desktop: Desktop) -> None:
    """Draw the button that folds it to icons; how it was left is kept."""

    async def turn() -> None:
        folded = not await ask(actions.navigation_folded, desktop.app)
        await ask(actions.fold_navigation, desktop.app, folded=folded)
        desktop.folded = folded
        ui.query("body").classes(add="folded" if folded else "", remove="" if folded else "folded")
        button.props["aria-expanded"] = "false" if folded else "true"

    button = icon_act("keyboard_double_arrow_left", "Fold the navigation", turn)
    button.classes("fold").props["aria-expanded"] = "false" if desktop.folded else "true"
    if desktop.folded:
        ui.query("body").classes("folded")


def _changes(desktop: Desktop) -> None:
    """Show beside the genomes how many changes of their answers were not looked at; nothing where there are none."""
    badge = box("badge", "span")
    badge.set_visibility(False)
    seen: tuple[int, ...] | None = None

    async def look() -> None:
        nonlocal seen
        token = desktop.app.index.token()
        if token == seen:
            return
        seen = token
        many = await ask(unseen_everywhere, desktop.app)
        badge.clear()
        badge.set_visibility(bool(many))
        badge.props["aria-label"] = f"{many} {'change' if many == 1 else 'changes'} not looked at yet"
        with badge:
            ui.label(str(many) if many <= MOST else f"{MOST}+").props("aria-hidden=true")

    ui.timer(LOOK_EVERY, look)


def _updates(desktop: Desktop) -> None:
    """Show beside the store how many modules have something newer; nothing where none has."""
    badge = box("badge", "span")
    badge.set_visibility(False)
    seen = -1

    async def look() -> None:
        nonlocal seen
        if seen == desktop.works.changes:
            return
        seen = desktop.works.changes
        waiting = await ask(actions.waiting_updates, desktop.app)
        badge.clear()
        badge.set_visibility(bool(waiting))
        badge.props["aria-label"] = f"{waiting} {'update' if waiting == 1 else 'updates'}"
        with badge:
            ui.label(str(waiting)).props("aria-hidden=true")

    ui.timer(LOOK_EVERY, look)
