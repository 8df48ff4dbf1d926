"""What a module says: a few real rows, and every column with its meaning."""

from __future__ import annotations

from collections.abc import Sequence

from genoteca.actions import ExampleRows
from genoteca.actions.module_views import ModuleCard
from genoteca.model.column import AnnotationColumn
from genoteca.ui.components.boxes import box, card, heading, said, stack

__all__ = ["module_says"]

LONG = 80
"""Letters from which a cell gets a wide column."""


def module_says(module: ModuleCard, example: ExampleRows | None) -> None:
    """Draw the rows, where there are any to show, and the columns."""
    if example is not None:
        _example(example)
    shown = module.manifest.shown_columns()
    _columns("What it says of each site", shown)
    _columns("More columns, shown when you choose them", [one for one in module.manifest.columns if one.hidden])


def _example(example: ExampleRows) -> None:
    with card():
        heading("For example")
        said(example.source, "faint")
        region = box("first-rows prose").props("role=region tabindex=0")
        region.props["aria-label"] = "Example rows"
        with region, box("", "table"):
            with box("", "thead"), box("", "tr"):
                for label in example.columns:
                    with box("", "th").props("scope=col"):
                        said(label, "")
            with box("", "tbody"):
                for cells in example.rows:
                    with box("", "tr"):
                        for cell in cells:
                            with box("long" if len(cell) > LONG else "", "td"):
                                said(cell, "")


def _columns(title: str, columns: Sequence[AnnotationColumn]) -> None:
    if not columns:
        return
    with card():
        heading(title)
        with box("stack columns-told"):
            for column in columns:
                with stack("tight"):
                    said(column.label, "strong")
                    said(_meaning(column), "soft small")


def _meaning(column: AnnotationColumn) -> str:
    told = [column.description, f"In {column.unit}." if column.unit else ""]
    empty = f"Empty: {column.null}." if column.null else ""
    return " ".join(filter(None, (*told, empty))) or "–"
