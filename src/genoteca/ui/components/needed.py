"""What an answer lacks: the button to the module that would let it be given."""

from __future__ import annotations

from nicegui import ui

from genoteca.actions.views import ModuleAnswer
from genoteca.ui.components.boxes import row
from genoteca.ui.components.buttons import act

__all__ = ["needed_module"]


def needed_module(answer: ModuleAnswer) -> None:
    """Offer the module that an answer waits for; nothing where it waits for none."""
    if answer.needs:
        with row("tight"):
            act("Get the liftover chains", lambda: ui.navigate.to(f"/store/{answer.needs}"), icon="swap_horiz")
