"""Which columns of a file are kept, under which label and type."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from genoteca.actions.own_table import TYPES, KeptColumn, columns_setting
from genoteca.model.column import ColumnType
from genoteca.ui.components.boxes import box, heading, row, said
from genoteca.ui.components.buttons import act

if TYPE_CHECKING:
    from genoteca.sdk.own_table.seen import SeenColumn, TableLook

__all__ = ["KeptColumns"]

FEW = 12
"""Columns up to which no search is offered."""
MOST_DRAWN = 80
"""Columns drawn at once; the others are found by searching."""
LONG = 60
"""Letters of examples that are shown."""
TYPE_WORDS = {
    ColumnType.TEXT: "text",
    ColumnType.CATEGORY: "one of a few words",
    ColumnType.LIST: "a list (a;b)",
    ColumnType.INTEGER: "a whole number",
    ColumnType.NUMBER: "a number",
    ColumnType.FREQUENCY: "a frequency",
    ColumnType.FLAG: "yes or no",
    ColumnType.LINK: "a link to dbSNP",
}


class KeptColumns:
    """A line for every column that says nothing of the place: a tick, a label, a type."""

    def __init__(self, look: TableLook, told: str) -> None:
        """`told` is the setting that `look` was made under."""
        used = {source for place in (look.place, *look.places.values()) for source in place.values()}
        self._seen = [column for column in look.columns if column.source not in used or column.kept]
        self._now = {column.source: column for column in self._seen}
        self._as_told, self._touched, self._search = told, False, ""

    def setting(self) -> str:
        """Give the module's setting `columns`; while nothing was changed, the one that it came from."""
        if not self._touched:
            return self._as_told
        kept = [column for column in self._now.values() if column.kept]
        return columns_setting(tuple(KeptColumn(column=c.source, label=c.label, type=c.type) for c in kept))

    def show(self) -> None:
        """Draw the lines."""
        with row("top-line"):
            heading("Columns to keep", 3)
            self._count = said("", "faint grow")
            act("All", partial(self._tick_all, kept=True), kind="quiet", more="small-act")
            act("None", partial(self._tick_all, kept=False), kind="quiet", more="small-act")
        if len(self._seen) > FEW:
            ui.input("Find a column", on_change=lambda event: self._draw(str(event.value or ""))).classes("search")
        self._lines = box("kept-columns")
        self._draw("")

    def _draw(self, search: str) -> None:
        self._search = search.lower().strip()
        words = self._search
        found = [one for one in self._seen if words in f"{one.source} {one.label} {one.description}".lower()]
        self._lines.clear()
        with self._lines:
            for column in found[:MOST_DRAWN]:
                self._line(self._now[column.source])
            if len(found) > MOST_DRAWN:
                said(f"{len(found) - MOST_DRAWN} more: search for them by name.", "faint")
            if not found:
                said("No column of that name.", "faint")
        self._tell()

    def _line(self, column: SeenColumn) -> None:
        with box("kept-column"):
            tick = ui.checkbox(value=column.kept, on_change=lambda event: self._set(column.source, kept=event.value))
            tick.props["aria-label"] = f"Keep {column.source}"
            with box("stack tight"):
                said(column.source, "strong")
                said(_examples(column), "faint small")
            ui.input("Label", value=column.label, on_change=lambda event: self._set(column.source, label=event.value))
            kinds = {kind.value: TYPE_WORDS[kind] for kind in (*TYPES, column.type)}
            ui.select(
                kinds,
                label="Taken for",
                value=column.type.value,
                on_change=lambda event: self._set(column.source, type=ColumnType(event.value)),
            )

    def _set(self, source: str, **changed: object) -> None:
        self._touched = True
        if changed.get("label") == "":
            changed = {"label": source}
        self._now[source] = self._now[source].model_copy(update=changed)
        self._tell()

    def _tick_all(self, *, kept: bool) -> None:
        """Tick what the search shows."""
        for column in self._seen:
            if self._search in f"{column.source} {column.label} {column.description}".lower():
                self._set(column.source, kept=kept)
        self._draw(self._search)

    def _tell(self) -> None:
        kept = sum(column.kept for column in self._now.values())
        self._count.set_text(f"{kept} of {len(self._now)} kept")


def _examples(column: SeenColumn) -> str:
    told = " · ".join(column.examples)
    return f"{told[:LONG]}…" if len(told) > LONG else told or "empty in the first rows"
