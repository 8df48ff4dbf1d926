"""The menu of every column, module by module, to show and hide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from nicegui import ui

from genoteca.actions import ExploreColumn
from genoteca.ui.components.boxes import box, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.explore_grid import OWN

__all__ = ["columns_menu"]


def columns_menu(
    columns: Mapping[str, ExploreColumn],
    titles: Mapping[str, str],
    shown: Sequence[str],
    on_choose: Callable[[str, bool], object],
) -> None:
    """Draw the button with its menu. `titles`: of the modules; `on_choose`: a column, and whether to show it."""
    ticked = set(shown)

    def choose(name: str, *, show: bool) -> None:
        (ticked.add if show else ticked.discard)(name)
        on_choose(name, show)

    def draw(text: str) -> None:
        lines.clear()
        module: str | None = None
        with lines:
            for name, told in columns.items():
                title = titles.get(told.module, OWN)
                if text not in f"{told.label} {title} {name}".lower():
                    continue
                if told.module != module:
                    module = told.module
                    said(title, "of")
                tick = ui.checkbox(told.label, value=name in ticked).props("dense")
                tick.on_value_change(lambda event, name=name: choose(name, show=bool(event.value)))
                if told.column.description:
                    with tick:
                        ui.tooltip(told.column.description)

    with act("Columns", icon="view_column"), ui.menu().props("role=dialog aria-label=Columns"), box("column-chooser"):
        find = ui.input(placeholder="Find a column").props("clearable")
        find.props["aria-label"] = "Find a column"
        lines = stack("tight")
        find.on_value_change(lambda event: draw(str(event.value or "").lower().strip()))
        draw("")
