"""A page that takes a moment: its frame is answered at once, with a quiet line that the rest is coming."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import background_tasks, ui

from genoteca.ui.components.boxes import said

__all__ = ["answered_at_once"]

MOMENT = 0.25
"""Seconds after which the browser gets what stands of a page; one that is whole by then is answered whole."""


@contextmanager
def answered_at_once(page: ui.element) -> Iterator[None]:
    """Answer the browser after a moment, however long drawing takes; what is drawn later is sent to it then.

    A large genome takes seconds to be counted; NiceGUI gives up a page that is not answered after three.
    """
    opening = _Opening(page)
    waiting = background_tasks.create(opening.begin(), name="answer at once")
    try:
        yield
    finally:
        waiting.cancel()
        opening.end()


class _Opening:
    def __init__(self, page: ui.element) -> None:
        self._page = page
        self._line: ui.label | None = None

    async def begin(self) -> None:
        await asyncio.sleep(MOMENT)
        with self._page:
            self._line = said("Opening …", "faint opening").props("role=status")
        await self._page.client.connected()  # hands out what stands there

    def end(self) -> None:
        if self._line is not None and not self._line.is_deleted:
            self._line.delete()
