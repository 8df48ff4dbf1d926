"""A page that takes a moment: its frame is answered at once, with a quiet line that the rest is coming."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import background_tasks, ui

from genoteca.ui.components.boxes import said

__all__ = ["answered_at_once"]


@contextmanager
def answered_at_once(page: ui.element) -> Iterator[None]:
    """Answer the browser with what stands of a page, however long drawing the rest takes; it is sent there then.

    A large genome takes seconds to be counted; NiceGUI gives up a page that is not answered after three.
    """
    line = said("Opening …", "faint opening").props("role=status")
    answering = background_tasks.create(page.client.connected(), name="answer at once")
    try:
        yield
    finally:
        answering.cancel()
        if not line.is_deleted:
            line.delete()
