"""Turning the pages of a long list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from genoteca.model.counted import counted
from genoteca.ui import words
from genoteca.ui.components.boxes import box, said
from genoteca.ui.components.buttons import act

__all__ = ["pager"]


def pager(page: int, size: int, count: int, turn: Callable[[int], Awaitable[object]], *, of: str) -> None:
    """Say which part of a list is shown, with a way to the others. `of`: one of what is listed, as `run`."""
    if not count:
        return
    first, last = page * size + 1, min((page + 1) * size, count)
    with box("across pager", "nav") as place:
        place.props["aria-label"] = f"Pages of {of}s"
        whole = f"{words.count(first)}–{words.count(last)} of {counted(count, of)}"
        said(whole, "small soft").props("role=status")
        if count > size:
            newer = act("Newer", lambda: turn(page - 1), icon="chevron_left", more="small-act")
            older = act("Older", lambda: turn(page + 1), icon="chevron_right", more="small-act")
            newer.set_enabled(page > 0)
            older.set_enabled(last < count)
