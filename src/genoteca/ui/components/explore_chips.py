"""The modules' own filters as chips above the explorer, module by module; several narrow together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from nicegui import ui

from genoteca.actions import ExploreFilter
from genoteca.ui.components.boxes import box, said

__all__ = ["ExploreChips"]


class ExploreChips:
    """The chips; `on_change` is called when one was pressed or let go."""

    def __init__(
        self, filters: Sequence[ExploreFilter], titles: Mapping[str, str], on_change: Callable[[], object]
    ) -> None:
        """Draw them; `titles`: of the modules."""
        self._on_change = on_change
        self._chips: list[tuple[ExploreFilter, ui.element]] = []
        self.pressed: list[ExploreFilter] = []
        if filters:
            with box("explorer-chips").props('role=group aria-label="Filters that modules bring"'):
                self._draw(filters, titles)

    def release(self) -> None:
        """Let go of every chip."""
        self.pressed = []
        self._tell()

    def _draw(self, filters: Sequence[ExploreFilter], titles: Mapping[str, str]) -> None:
        last = ""
        for one in filters:
            if one.module != last:
                said(f"{titles[one.module]}:", "of")
                last = one.module
            chip = ui.element("button").classes("chip").props("type=button aria-pressed=false")
            chip.mark(f"filter-{one.module}-{one.name}")
            with chip:
                ui.label(one.label)
                ui.tooltip(one.description)
            chip.on("click", lambda one=one: self._press(one))
            self._chips.append((one, chip))

    def _press(self, one: ExploreFilter) -> None:
        if one in self.pressed:
            self.pressed.remove(one)
        else:
            self.pressed.append(one)
        self._tell()
        self._on_change()

    def _tell(self) -> None:
        for one, chip in self._chips:
            chip.props(f"aria-pressed={'true' if one in self.pressed else 'false'}")
