"""Deleting a genome or a person, with words on the screen while something else must end first."""

from __future__ import annotations

from nicegui import ui

from genoteca.actions.forgetting import forget
from genoteca.model.receipt import Forgotten
from genoteca.ui.desktop import Desktop, ask

__all__ = ["deleted"]

LOOK_EVERY = 0.3


async def deleted(desktop: Desktop, target: str) -> Forgotten:
    """Delete `user/sample`, or a user with every genome; say what is waited for."""
    heard = list[str]()

    def show() -> None:
        while heard:
            desktop.messages.say(heard.pop(0))

    timer = ui.timer(LOOK_EVERY, show)
    try:
        return await ask(forget, desktop.app, target, waits=heard.append)
    finally:
        timer.deactivate()
