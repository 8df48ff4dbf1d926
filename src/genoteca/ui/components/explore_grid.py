"""The explorer's grid: every module's columns under its title, drawn and filtered by their type."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from nicegui import events, ui
from pydantic import JsonValue

from genoteca.actions import AnswerState, ExploreAbsent, ExploreColumn, ExploreHeader, LayoutColumn
from genoteca.model.column import GATE, ColumnType
from genoteca.model.evidence import Evidence, Shape
from genoteca.model.filter import Filter
from genoteca.ui import words
from genoteca.ui.components.boxes import box
from genoteca.ui.components.evidence import silent_cell
from genoteca.ui.components.explore_titles import EVIDENCE, column_width, glossed, meaning_of, title_of
from genoteca.ui.components.grid_columns import column_filter

__all__ = ["ExploreGrid", "ExploreView", "in_order", "usable_columns"]

KINDS = {
    ColumnType.INTEGER: "number",
    ColumnType.POSITION: "number",
    ColumnType.COUNT: "number",
    ColumnType.NUMBER: "number",
    ColumnType.FREQUENCY: "frequency",
    ColumnType.FLAG: "flag",
    ColumnType.STARS: "stars",
    ColumnType.CATEGORY: "chip",
    ColumnType.LIST: "list",
}
PLAIN = {"text": "words", "number": "counted", "frequency": "counted", "flag": "words"}
"""Kinds of cells that hold a text alone, with how it stands: the grid writes them itself, five times as fast."""
OWN = "Your file"
FOUND_BY = "Gene and place"
"""Title of the columns by which a row is known, the file's and modules' together."""
PINNED = ("gene", "rsid", "chrom", "pos")
Heard: TypeAlias = dict[str, Callable[[Any], object]]


@dataclass(kw_only=True, slots=True)
class ExploreView:
    """What the person has made of the table."""

    where: Filter | None = None
    """Of the filter builder and the modules' own filters."""
    text: str = ""
    sites: bool = False
    genes: bool = False
    filter: dict[str, Any] = field(default_factory=dict)
    """Of the columns' own filters, as the grid has it."""
    sort: list[dict[str, Any]] = field(default_factory=list)
    layout: list[LayoutColumn] = field(default_factory=list)
    """As the grid told last; empty: as it was drawn."""


def usable_columns(header: ExploreHeader) -> list[ExploreColumn]:
    """Give the columns that may be shown and filtered: what a gate says is not among them."""
    return [column for column in header.columns if column.own != GATE]


class ExploreGrid:
    """The grid. What happens in it is told by `on`: opened, counted, trouble, layout, copied."""

    def __init__(
        self,
        header: ExploreHeader,
        view: ExploreView,
        layout: Sequence[LayoutColumn],
        on: dict[str, Callable[[Any], object]],
    ) -> None:
        self._header, self._view, self._orders = header, view, 0
        self._layout = {one.name: one for one in layout}
        self._asking = {one.id for one in header.modules if one.gate or one.gated_rows}
        self._filtered = {
            one.module: one.column.name for one in header.columns if one.own == "filtered" and one.module
        }
        self.box = box("grid-box explorer").props("data-explorer")
        for name, told in on.items():
            self.box.on(name, _detail(told), ["detail"])
        with self.box:
            grid = ui.aggrid(self._options(), auto_size_columns=False).style("height: 100%; width: 100%")
        self._grid = grid

    def ask_anew(self) -> None:
        """Fetch the rows of the view as it is now."""
        self._order("context", self._context())

    def refresh(self) -> None:
        """Fetch the rows again."""
        self._order("refresh")

    def use(self, layout: Sequence[LayoutColumn]) -> None:
        """Take a layout on."""
        self._order("use", [one.model_dump(mode="json") for one in layout])

    def scroll(self, index: int) -> None:
        """Bring a row into sight and mark it."""
        self._order("scroll", index)

    def choose(self, names: Sequence[str], *, show: bool) -> None:
        """Show or hide columns."""
        self._grid.run_grid_method("setColumnsVisible", list(names), show)

    def clear(self) -> None:
        """Drop the columns' own filters and the order."""
        self._grid.run_grid_method("setFilterModel", None)
        self._grid.run_grid_method("applyColumnState", {"defaultState": {"sort": None}})

    def unfilter(self) -> None:
        """Drop the columns' own filters."""
        self._grid.run_grid_method("setFilterModel", None)

    def _order(self, name: str, what: JsonValue = None) -> None:
        """Tell the explorer's script what to do: it watches these attributes of the box."""
        self._orders += 1  # an order given twice is one that changed
        self.box.run_method("setAttribute", f"data-{name}", json.dumps({"number": self._orders, "what": what}))

    def _options(self) -> dict[str, Any]:
        return {
            "columnDefs": self._groups(),
            "defaultColDef": {
                "resizable": True,
                "sortable": True,
                "suppressHeaderMenuButton": True,
                "wrapHeaderText": True,
            },
            "rowModelType": "infinite",
            "cacheBlockSize": 100,
            "maxBlocksInCache": 30,
            "blockLoadDebounceMillis": 0,
            "rowBuffer": 4,
            "infiniteInitialRowCount": 20,
            "rowHeight": 36,
            "headerHeight": 46,
            "groupHeaderHeight": 32,
            "floatingFiltersHeight": 38,
            "animateRows": False,
            "suppressAnimationFrame": True,  # a page is drawn at once, not row by row in later frames
            "suppressDragLeaveHidesColumns": True,
            "multiSortKey": "ctrl",
            "context": self._context(),
            ":datasource": "explorer.rows",
            ":onGridReady": "explorer.ready",
            ":onCellClicked": "explorer.click",
            ":onCellKeyDown": "explorer.key",
            ":isFullWidthRow": "explorer.isWhole",
            ":fullWidthCellRenderer": "explorer.whole",
            ":getRowClass": "explorer.rowClass",
        }

    def _context(self) -> dict[str, JsonValue]:
        view = self._view
        where = view.where.model_dump(mode="json", by_alias=True) if view.where else None
        key = self._header.sample.id.key
        return {"sample": key, "text": view.text, "where": where, "sites": view.sites, "genes": view.genes}

    def _groups(self) -> list[dict[str, Any]]:
        """Give the columns, neighbours of one module under its title, in the order of the layout."""
        columns = in_order(usable_columns(self._header), list(self._layout))
        titles = {module.id: module.title for module in self._header.modules}
        groups = list[dict[str, Any]]()
        for column in columns:
            title = titles.get(column.module) or (FOUND_BY if column.own in PINNED else OWN)
            if not groups or groups[-1]["headerName"] != title:
                groups.append({"headerName": title, "children": []})
            groups[-1]["children"].append(self._definition(column))
        failed = [one for one in self._header.left_out if one.state is AnswerState.FAILED]
        return groups + [_failed(one, number) for number, one in enumerate(failed)]

    def _definition(self, told: ExploreColumn) -> dict[str, Any]:
        column, kept = told.column, self._layout.get(told.column.name)
        made: dict[str, Any] = {
            "field": column.name,
            "colId": column.name,
            "headerName": title_of(told),
            "headerClass": "glossed-title" if glossed(told) else None,
            "hide": not (kept.shown if kept else told.shown),
            "width": kept.width if kept else column_width(told),
            "pinned": kept.pinned if kept else ("left" if column.name in PINNED else None),
            "floatingFilter": True,
            **self._drawn(told),
            **column_filter(column, told.own, "explorer.ValueFilter", looked_up=True),
        }
        if kept and kept.sort:
            made |= {"sort": kept.sort, "sortIndex": kept.sort_index}
        return {name: value for name, value in made.items() if value is not None}

    def _drawn(self, told: ExploreColumn) -> dict[str, Any]:
        """Say how a column's cells are drawn, and what is told of its title."""
        drawing = self._drawing(told)
        context = {"meaning": meaning_of(told)}
        how = PLAIN.get(drawing["kind"])
        if how is None:
            return {":cellRenderer": "explorer.cell", "cellRendererParams": drawing, "context": context}
        plain = {":valueFormatter": "explorer.text", "cellClass": how, "context": context | drawing}
        if told.module in self._asking:
            plain["cellClassRules"] = {":closed-cell": "explorer.isClosed"}
        return plain

    def _drawing(self, told: ExploreColumn) -> dict[str, Any]:
        """Say of which module a cell is and what it holds."""
        drawing: dict[str, Any] = {"module": told.module}
        if told.own == "evidence":
            return drawing | {
                "kind": "evidence",
                "words": {kind.value: words.EVIDENCE[kind] for kind in Evidence},
                "shapes": {kind.value: words.evidence_class(kind) for kind in Evidence},
                "silent": silent_cell(next(one for one in self._header.modules if one.id == told.module)),
                "filtered": self._filtered.get(told.module, ""),
            }
        if told.column.link:
            return drawing | {"kind": "link", "template": told.column.link}
        plain = told.own in ("chrom", "ref", "alt")
        return drawing | {"kind": "text" if plain else KINDS.get(told.column.type, "text")}


def _failed(module: ExploreAbsent, number: int) -> dict[str, Any]:
    """Describe the one column of a module that failed and has no answer, or is kept out: it says so in every row."""
    name, what = words.SHAPES[Shape.FAILED]
    text = "module set aside" if module.aside else name.lower()
    told = {"text": text, "shape": words.shape_class(Shape.FAILED), "why": what}
    column = {
        "colId": f"failed-{number}",
        "headerName": "Evidence",
        "headerTooltip": words.sentence(module.why),
        "width": EVIDENCE,
        "sortable": False,
        ":cellRenderer": "explorer.failed",
        "cellRendererParams": told,
    }
    return {"headerName": module.title, "children": [column]}


def in_order(columns: Sequence[ExploreColumn], kept: Sequence[str]) -> list[ExploreColumn]:
    """Put columns in the order that was kept; one that is not in it stands after its neighbour."""
    place = {name: float(number) for number, name in enumerate(kept)}
    last, found = -1.0, list[tuple[float, ExploreColumn]]()
    for column in columns:
        last = place.get(column.column.name, last)
        found.append((last, column))
    return [column for _, column in sorted(found, key=lambda one: one[0])]


def _detail(told: Callable[[Any], object]) -> Callable[[events.GenericEventArguments], object]:
    def heard(event: events.GenericEventArguments) -> object:
        return told(event.args["detail"])

    return heard
