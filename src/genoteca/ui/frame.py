"""The frame around every page: header, navigation, status bar, foot."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from genoteca.model.formats import chosen_formats
from genoteca.ui.address import page_address
from genoteca.ui.components.boxes import box, said
from genoteca.ui.components.buttons import link
from genoteca.ui.components.drop_anywhere import drop_anywhere
from genoteca.ui.components.header import header
from genoteca.ui.components.navigation import navigation
from genoteca.ui.components.notice import unexpected
from genoteca.ui.components.opening import answered_at_once
from genoteca.ui.components.preview_bar import preview_bar
from genoteca.ui.components.safe_start import safe_start
from genoteca.ui.components.status_bar import status_bar
from genoteca.ui.desktop import Desktop

__all__ = ["frame"]


@contextmanager
def frame(
    desktop: Desktop, place: str, *, title: str = "", wide: bool = False, kept: bool = True
) -> Iterator[ui.element]:
    """Draw the frame; what stands in the `with` is the page.

    `place` is the part of the navigation it belongs to. `kept`: whether it may be opened at the next start.
    """
    desktop.first_page()
    ui.on_exception(unexpected)
    _end_with_the_browser()
    ui.query("body").props(f"data-formats={chosen_formats()}")  # as the grids write numbers, too
    ui.page_title(f"{title or place} · Genoteca")
    ui.element("a").classes("skip").props('href=#page innerText="Skip to the page"')
    drop_anywhere(desktop)
    header(desktop, page_address(), kept=kept)
    with box("shell"):
        navigation(desktop, place)
        with box("main"):
            page = box(f"page {'wide' if wide else ''}", "main").props("id=page tabindex=-1")
            with box("foot", "footer"):
                said("Nothing leaves this computer.", "")
                link("Help", "/help")
                said("For learning, not medical advice.", "")
    status_bar(desktop)
    with page:  # last: a page that takes a moment stands in a whole frame meanwhile
        preview_bar(desktop)
        safe_start(desktop)
        with answered_at_once(page):
            yield page


def _end_with_the_browser() -> None:
    """Stop drawing the page once nobody is there to see it: a tab may be closed before its page is whole.

    What an action does meanwhile in its thread is done to its end.
    """
    drawing = asyncio.current_task()
    if drawing is not None:
        ui.context.client.on_delete(drawing.cancel)
