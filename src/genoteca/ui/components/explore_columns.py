"""The menu of every column, module by module, to show and hide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from nicegui import ui

from genoteca import actions
from genoteca.actions import ExploreColumn
from genoteca.ui.components.boxes import box, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.explore_grid import FOUND_BY, OWN, PINNED
from genoteca.ui.components.explore_titles import glossed

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
        group = ""
        with lines:
            for name, told in columns.items():
                title = titles.get(told.module) or (FOUND_BY if told.own in PINNED else OWN)
                if text not in f"{told.label} {title} {name}".lower():
                    continue
                if title != group:
                    group = title
                    said(title, "of")
                with box("chooser-line"):
                    tick = ui.checkbox(told.label, value=name in ticked).props("dense")
                    tick.on_value_change(lambda event, name=name: choose(name, show=bool(event.value)))
                    if told.column.description:
                        with tick:
                            ui.tooltip(told.column.description)
                    _explained(told)

    with act("Columns", icon="view_column"):
        menu = ui.menu().props("role=dialog aria-label=Columns")
    with menu, box("column-chooser"):
        find = ui.input(placeholder="Find a column").props("clearable")
        find.props["aria-label"] = "Find a column"
        lines = stack("tight")
    find.on_value_change(lambda event: draw(str(event.value or "").lower().strip()))
    menu.on("before-show", lambda: draw(str(find.value or "").lower().strip()))


def _explained(told: ExploreColumn) -> None:
    """Lead to the glossary where it explains the column; what it says shows where a person stops at the sign."""
    word = glossed(told)
    if not word:
        return
    term = actions.find_term(word)
    sign = ui.element("a").classes("why").props(f"href=/help/glossary#{term.id}")
    sign.props["innerText"] = "?"
    sign.props["aria-label"] = f"{term.term}: {term.short}"
    said(f"{term.term}: {term.short}", "meaning").props("aria-hidden=true")
