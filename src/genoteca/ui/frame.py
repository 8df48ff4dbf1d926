"""The frame around every page: header, navigation, foot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import app, ui

from genoteca import actions
from genoteca.model.run import RunStatus
from genoteca.ui.components.boxes import box, pill, said
from genoteca.ui.components.buttons import icon_act, link
from genoteca.ui.components.notice import unexpected
from genoteca.ui.components.preview_bar import preview_bar
from genoteca.ui.components.safe_start import safe_start
from genoteca.ui.desktop import Desktop, ask

__all__ = ["frame"]

PLACES = (
    ("Store", "storefront", "/store"),
    ("Genomes", "fingerprint", "/genomes"),
    ("Results", "fact_check", "/results"),
    ("Explore", "table_view", "/explore"),
    ("Runs", "autorenew", "/runs"),
    ("Settings", "settings", "/settings"),
)
LOOK_EVERY = 3.0
"""Seconds between two looks at whether anything is running, or was installed."""
THEMES = {
    "light": ("Light", "light_mode", False),
    "dark": ("Dark", "dark_mode", True),
    "system": ("As this computer", "brightness_auto", None),
}


@contextmanager
def frame(desktop: Desktop, place: str, *, title: str = "", wide: bool = False) -> Iterator[ui.element]:
    """Draw the frame; what stands in the `with` is the page. `place` is the part of the navigation it belongs to."""
    desktop.first_page()
    ui.on_exception(unexpected)
    ui.page_title(f"{title or place} · Genoteca")
    ui.element("a").classes("skip").props('href=#page innerText="Skip to the page"')
    _header(desktop)
    with box("shell"):
        _navigation(desktop, place)
        with box("main"):
            with box(f"page {'wide' if wide else ''}", "main").props("id=page tabindex=-1") as page:
                preview_bar(desktop)
                safe_start(desktop)
                yield page
            with box("foot", "footer"):
                said("Nothing leaves this computer.", "")
                link("Help", "/help")
                said("For learning, not medical advice.", "")


def _header(desktop: Desktop) -> None:
    with box("top", "header"):
        with ui.element("a").classes("brand").props("href=/ aria-label='Genoteca, start'"):
            ui.element("img").props("src=/look/logo.svg alt=''")
            ui.label("Genoteca")
        box("push")
        _working(desktop)
        _theme_switch(desktop)


def _navigation(desktop: Desktop, place: str) -> None:
    with box("nav", "nav").props("aria-label='Parts of the app'"):
        for name, icon, target in PLACES:
            with ui.element("a").props(f"href={target}" + (" aria-current=page" if name == place else "")):
                ui.icon(icon).props("aria-hidden=true")
                ui.label(name)
                if target == "/store":
                    _updates(desktop)
        with box("home-note"):
            ui.icon("lock").props("aria-hidden=true")
            ui.label("Your genome stays on this computer. The app asks the internet for nothing unless you do.")


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


def _working(desktop: Desktop) -> None:
    place = ui.element("a").props("href=/runs aria-live=polite").style("text-decoration: none")
    shown = 0

    async def look() -> None:
        nonlocal shown
        runs = await ask(actions.list_runs, desktop.app, limit=10)
        going = sum(card.run.status in (RunStatus.RUNNING, RunStatus.QUEUED, RunStatus.CANCELLING) for card in runs)
        if going == shown:
            return
        shown = going
        place.clear()
        with place:
            if going:
                pill(f"{going} {'run' if going == 1 else 'runs'} at work", "info", "autorenew")

    ui.timer(LOOK_EVERY, look)


def _theme_switch(desktop: Desktop) -> None:
    _, icon, value = THEMES[desktop.app.settings.theme]
    dark = ui.dark_mode(value)

    async def choose(name: str) -> None:
        dark.value = app.config.dark = THEMES[name][2]  # this page, and every one opened after it
        button.props(f"icon={THEMES[name][1]}")
        await ask(actions.change_settings, desktop.app, theme=name)

    button = icon_act(icon, "Look: light or dark")
    with button, ui.menu().props("auto-close"):
        for name, (words, _, _) in THEMES.items():
            ui.menu_item(words, lambda name=name: choose(name))
