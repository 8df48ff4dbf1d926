"""Values of one row below each other, each drawn by its declared type: shares, stars, flags, links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from nicegui import ui

from genoteca.actions.views import Cell
from genoteca.model.column import ColumnType
from genoteca.ui import words
from genoteca.ui.components.boxes import box, said
from genoteca.ui.components.buttons import outside_link

__all__ = ["cell_facts", "link_parts"]

MOST_STARS = 4
CHIPS = 8
"""Entries of a list up to which each is drawn apart."""
SHORT = 40


def cell_facts(cells: Iterable[Cell], templates: Mapping[str, str]) -> None:
    """Write labels and values in two columns; `templates`: addresses by column, with {} where the value goes."""
    with box("facts"):
        for cell in cells:
            if not cell.text:
                continue
            term = said(cell.label, "term")
            if cell.description:
                with term:
                    ui.tooltip(cell.description)
            _value(cell, templates.get(cell.column, ""))


def link_parts(text: str, template: str) -> list[tuple[str, str]]:
    """Give the entries of a cell with the address of each."""
    parts = filter(None, (one.strip() for one in text.split(";")))
    return [(part, template.replace("{}", quote(part, safe=""))) for part in parts]


def _value(cell: Cell, template: str) -> None:
    if template:
        with box("across tight"):
            for part, address in link_parts(cell.text, template):
                outside_link(part, address)
    elif cell.type is ColumnType.STARS and cell.number is not None:
        _stars(int(cell.number))
    elif cell.type is ColumnType.FREQUENCY and cell.number is not None:
        said(words.share(cell.number), "value")
    elif cell.type is ColumnType.LIST:
        _list(cell.text)
    elif cell.type in (ColumnType.COUNT, ColumnType.INTEGER) and cell.number is not None:
        said(words.count(int(cell.number)), "value")
    else:
        said(cell.text, "value pre")


def _stars(number: int) -> None:
    shown = said("★" * number + "☆" * (MOST_STARS - number), "value stars").props("role=img")
    shown.props["aria-label"] = f"{number} of {MOST_STARS} stars"


def _list(text: str) -> None:
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if len(parts) > CHIPS or any(len(part) > SHORT for part in parts):
        said("\n".join(parts), "value pre")
        return
    with box("across tight"):
        for part in parts:
            with box("pill", "span"):
                ui.label(part)
