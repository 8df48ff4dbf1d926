"""One setting and its field: what is typed is kept, what cannot be is said in the field.

A field bears the name of its setting as `data-setting`, by which it is found from elsewhere.
"""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.ui.components.notice import told
from genoteca.ui.desktop import Desktop, ask

__all__ = ["choice", "keep", "number", "switch"]

NOT_NEGATIVE = "Not kept: below 0"


async def keep(desktop: Desktop, **values: object) -> None:
    """Keep settings and say so; a field that is empty keeps nothing."""
    if any(value is None for value in values.values()):
        return
    with told():
        await ask(actions.change_settings, desktop.app, **values)
        desktop.messages.say("Kept.", "good")


def choice(desktop: Desktop, name: str, options: dict[str, str], label: str) -> ui.select:
    """Offer one of several values."""
    value = getattr(desktop.app.settings, name)
    field = ui.select(options, label=label, value=value, on_change=lambda event: keep(desktop, **{name: event.value}))
    return field.props(f"data-setting={name}")


def switch(desktop: Desktop, name: str, label: str) -> None:
    """Offer yes or no."""
    value = getattr(desktop.app.settings, name)
    field = ui.switch(label, value=value, on_change=lambda event: keep(desktop, **{name: bool(event.value)}))
    field.props(f"data-setting={name}")


def number(desktop: Desktop, name: str, field: ui.number) -> None:
    """Keep what a field of a setting is changed to; a negative number is refused in the field and not kept."""

    async def changed() -> None:
        if not field.error and field.value != getattr(desktop.app.settings, name):
            await keep(desktop, **{name: field.value})

    # no `min`: the field would put 0 in the place of what was typed, and 0 would be kept
    field.props(f"debounce=600 hide-bottom-space data-setting={name}")
    field.validation = {NOT_NEGATIVE: lambda value: value is None or value >= 0}
    field.on_value_change(changed)
