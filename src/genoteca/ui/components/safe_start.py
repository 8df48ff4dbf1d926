"""What is said on every page of an app that was opened without its modules, and the ways on."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from genoteca import actions
from genoteca.ui.components.boxes import row
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import notice, told
from genoteca.ui.desktop import Desktop, ask

__all__ = ["safe_start"]


def safe_start(desktop: Desktop) -> None:
    """Say that the modules are left out, which was new, and offer to go back or to use them as they are."""
    if not desktop.app.without_modules:
        return
    state = actions.start_state(desktop.app)

    async def do(action: Callable[[actions.App], object], done: str) -> None:
        with told():
            await ask(action, desktop.app)
            desktop.messages.say(done)
            ui.navigate.reload()

    with notice("warn", "Genoteca opened without its modules", _what_happened(state)), row("tight"):
        if state.roll_back_to is not None:
            act(
                "Go back to before that change",
                lambda: do(actions.roll_back_modules, "The modules are as they were before."),
                kind="main-act",
            )
        act("Use the modules as they are", lambda: do(actions.with_modules, "The modules are in use."))


def _what_happened(state: actions.StartState) -> str:
    new = f" What was new: {', '.join(state.new)}." if state.new else ""
    return (
        f"It could not be opened with them twice in a row.{new} Your genomes and results are untouched, and no run "
        "is started until the modules are back."
    )
