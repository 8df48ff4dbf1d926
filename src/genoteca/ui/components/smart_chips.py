"""A module's own filters as chips above its table: one click each, several narrow together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import ui

from genoteca.model.smart_filter import SmartFilter
from genoteca.ui.components.boxes import box

__all__ = ["SmartChips"]


class SmartChips:
    """A row of chips; `on_change` is told the names of those that are pressed."""

    def __init__(
        self, filters: Sequence[SmartFilter], on_change: Callable[[list[str]], object], *, pressed: Sequence[str] = ()
    ) -> None:
        self._on_change = on_change
        self._chips: dict[str, ui.element] = {}
        self.pressed = list(pressed)
        with box("chips").props('role=group aria-label="Show only"'):
            for one in filters:
                self._chips[one.name] = self._chip(one)

    def release(self) -> None:
        """Let go of every chip."""
        self.pressed = []
        self._told()

    def _chip(self, one: SmartFilter) -> ui.element:
        chip = ui.element("button").classes("chip").props("type=button").mark(f"filter-{one.name}")
        chip.props(f"aria-pressed={'true' if one.name in self.pressed else 'false'}")
        chip.on("click", lambda: self._toggle(one.name))
        with chip:
            ui.label(one.label)
            ui.tooltip(one.description)
        return chip

    def _toggle(self, name: str) -> None:
        pressed = set(self.pressed) ^ {name}
        self.pressed = [one for one in self._chips if one in pressed]
        self._told()

    def _told(self) -> None:
        for name, chip in self._chips.items():
            chip.props(f"aria-pressed={'true' if name in self.pressed else 'false'}")
        self._on_change(self.pressed)
