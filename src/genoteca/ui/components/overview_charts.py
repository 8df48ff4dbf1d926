"""Small pictures of what a genome carries: by class, and by how it is known; each with its figures in words."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from genoteca.actions.overview import ModuleOverview, Overview
from genoteca.model.evidence import EVIDENCE_ORDER, Evidence, Shape
from genoteca.ui import words
from genoteca.ui.components.boxes import box, heading, said, stack
from genoteca.ui.components.buttons import link
from genoteca.ui.components.evidence import evidence_bar
from genoteca.ui.components.overview_links import explore_class
from genoteca.ui.components.plots import table

__all__ = ["class_chart", "evidence_chart"]


def class_chart(key: str, one: ModuleOverview) -> None:
    """Draw how many of a module's answers about what is carried fall into each class."""
    counts, column = one.tally.classes, one.class_column
    if column is None:
        return
    order = [value for value in column.values if value in counts]
    order += [value for value in counts if value not in order]
    most, total = max(counts.values()), sum(counts.values())
    with stack("tight"):
        heading(f"{one.answer.title}: by {column.label.lower()}", 3)
        said(f"What your file has of it: {words.count(total)} answers. {column.description}", "faint")
    with box("class-bars", "ul"):
        for value in order:
            with box("class-bar", "li"):
                row = ui.link("", explore_class(key, one, value)).classes("class-link")
                row.props["aria-label"] = f"{value}: {words.count(counts[value])}. Open them in the explorer."
                with row:
                    said(words.sentence(value).rstrip("."), "class-name").props("aria-hidden=true")
                    with box("class-track").props("aria-hidden=true"):
                        drawn = ui.element("svg")
                        drawn.props.update({"width": "100%", "height": "10"})
                        with drawn:
                            bar = ui.element("rect").classes("class-fill")
                            wide = f"{max(100 * counts[value] / most, 0.8):.2f}%"
                            bar.props.update({"x": "0", "y": "0", "width": wide, "height": "10", "rx": "3"})
                    said(words.count(counts[value]), "class-count").props("aria-hidden=true")
    with box("chart-key", "p"):
        link("Open its table", f"/results/{key}/{one.answer.module}")


def evidence_chart(key: str, told: Overview) -> None:
    """Draw how all open answers are known, and module by module in a table."""
    counts = {kind.value: count for kind, count in told.evidence.items() if count}
    if not counts:
        return
    with stack("tight"):
        heading("How it is known", 3)
        said("Every place that a module looks up ends as one of these; what is closed is not counted.", "faint")
    evidence_bar(counts)
    shown = [kind for kind in EVIDENCE_ORDER if counts.get(kind.value)]
    modules = [one for one in told.modules if one.answer.evidence]
    with ui.expansion("Module by module"), box("wide-table"):
        table(["Module", *(words.EVIDENCE[kind] for kind in shown)], [_line(one, shown) for one in modules])
        with box("chart-key", "p"):
            said("Tables", "faint")
            for one in modules:
                link(one.answer.title, f"/results/{key}/{one.answer.module}")


def _line(one: ModuleOverview, kinds: Sequence[Evidence]) -> list[str]:
    return [one.answer.title, *(words.count(one.answer.evidence.get(kind.value, 0)) for kind in kinds)]


def share_known(told: Overview) -> str:
    """Say which part of the places could be answered; empty: nothing was looked up place by place."""
    known = told.of_shape(Shape.ANSWERED) + told.of_shape(Shape.REFERENCE)
    silent = told.of_shape(Shape.NOT_CALLABLE)
    if not known + silent:
        return ""
    return f"{words.count(known)} of {words.count(known + silent)}"
