"""Said on every page of an app that opened without its modules, because it failed twice to start with them."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.ui.components.boxes import row, said
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import notice, told
from genoteca.ui.desktop import Desktop, ask

__all__ = ["safe_start"]


def safe_start(desktop: Desktop) -> None:
    """Say which module was new, with the ways on; nothing where the app was opened as usual."""
    state = desktop.started
    if not desktop.app.without_modules or state is None:
        return

    async def back() -> None:
        with told():
            await ask(actions.roll_back_modules, desktop.app, state.roll_back_to)
            ui.navigate.reload()

    async def on() -> None:
        with told():
            await ask(actions.with_modules, desktop.app)
            ui.navigate.reload()

    new = "; ".join(state.new)
    with notice(
        "warn",
        "Opened without modules",
        f"Genoteca did not come up {state.failed} times in a row, so it left your modules out this time. Your "
        "genomes and results are all there.",
    ):
        if new:
            said(f"The last change was: {new}. That is the likely cause.", "strong")
        with row("tight"):
            if state.roll_back_to is not None:
                act("Take that change back", back, kind="main-act", icon="undo", more="small-act")
            act("Start with all modules again", on, more="small-act")
