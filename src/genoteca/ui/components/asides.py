"""What says, wherever answers are read, that a module is kept out and answers nothing."""

from __future__ import annotations

from collections.abc import Sequence

from genoteca.actions.asides import ModuleAside
from genoteca.ui.components.boxes import row
from genoteca.ui.components.buttons import link
from genoteca.ui.components.notice import notice

__all__ = ["asides_note"]


def asides_note(found: Sequence[ModuleAside]) -> None:
    """Name the modules that are set aside, each with the way to why; nothing where none is."""
    if not found:
        return
    one = len(found) == 1
    title = "A module is set aside" if one else f"{len(found)} modules are set aside"
    it, its = ("it says", "its") if one else ("they say", "their")
    text = f"What {it} is shown nowhere until that is mended: {its} silence is no result."
    with notice("warn", title, text), row("tight"):
        for aside in found:
            link(f"{aside.title}: see why", f"/store/{aside.module}", "link small")
