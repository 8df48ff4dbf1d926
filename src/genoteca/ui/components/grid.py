"""The grid over a table: columns by type, rows fetched as they are scrolled to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nicegui import events, ui
from pydantic import JsonValue

from genoteca.actions.views import ResultHeader, TableHeader
from genoteca.model.column import AnnotationColumn, Column, ColumnType
from genoteca.model.evidence import Evidence
from genoteca.model.filter import Filter
from genoteca.ui import words
from genoteca.ui.components.boxes import box
from genoteca.ui.components.grid_columns import NUMBERS, column_filter, is_evidence, width_of
from genoteca.ui.components.kept_view import KeptView

__all__ = ["ResultGrid", "column_definition"]

PROSE = "conclusion"
"""A table with a column of sentences shows two lines a row."""
CLASS = 178
"""Width in pixels at which a classification stands whole: `uncertain significance`."""
EVIDENCE_PLACE = 1.5
"""How an answer is known stands right behind what it says."""
# The names after each `:` are functions of assets/ui/genoteca.js; nothing that a module says ever follows a `:`.
RENDERERS = {ColumnType.STARS: "genoteca.stars", ColumnType.TEXT: "genoteca.text", ColumnType.LIST: "genoteca.text"}


@dataclass(kw_only=True, slots=True)
class View:
    """What the person has made of the grid: read by the export."""

    text: str = ""
    where: Filter | None = None
    """What a preset shows, whatever else is filtered."""
    smart: list[str] = field(default_factory=list)
    """The module's own filters that are switched on, by name."""
    filter: dict[str, Any] = field(default_factory=dict)
    sort: list[dict[str, Any]] = field(default_factory=list)
    matched: int = 0


class ResultGrid:
    """The grid, and what the person has filtered, sorted and chosen in it."""

    def __init__(
        self,
        header: ResultHeader | TableHeader,
        *,
        on_open: Callable[[int], object],
        on_count: Callable[[int, int], object],
        on_trouble: Callable[[str], object],
        begin: KeptView,
    ) -> None:
        self._header = header
        self.view = View(
            text=begin.text,
            where=header.where if isinstance(header, ResultHeader) else None,
            smart=begin.smart,
            filter=begin.filter,
            sort=begin.sort,
        )
        self.shown = list(header.shown)

        def opened(event: events.GenericEventArguments) -> object:
            return on_open(int(event.args["detail"]))

        def counted(event: events.GenericEventArguments) -> None:
            told = event.args["detail"]
            self.view.filter, self.view.sort = told.get("filter") or {}, told.get("sort") or []
            self.view.matched = int(told["matched"])
            on_count(self.view.matched, int(told["total"]))

        def trouble(event: events.GenericEventArguments) -> None:
            on_trouble(str(event.args["detail"]))

        self._tall = any(column.name == PROSE for column in header.columns)
        self.box = box(f"grid-box {'tall' if self._tall else ''}").props("data-rows-of=results")
        self.box.on("opened", opened, ["detail"]).on("counted", counted, ["detail"]).on(
            "trouble", trouble, ["detail"]
        )
        with self.box:
            self._grid = ui.aggrid(self._options(), auto_size_columns=False).style("height: 100%; width: 100%")

    def _options(self) -> dict[str, Any]:
        return {
            "columnDefs": [column_definition(column, shown=column.name in self.shown) for column in self._ordered()],
            "defaultColDef": {"resizable": True, "sortable": True, "suppressHeaderMenuButton": True},
            "rowModelType": "infinite",
            "cacheBlockSize": 100,
            "maxBlocksInCache": 30,
            "blockLoadDebounceMillis": 60,
            "infiniteInitialRowCount": 20,
            "rowHeight": 54 if self._tall else 40,
            "headerHeight": 42,
            "floatingFiltersHeight": 40,
            "tooltipShowDelay": 500,
            "enableCellTextSelection": True,
            "suppressDragLeaveHidesColumns": True,
            "context": self._context(),
            "initialState": {
                "filter": {"filterModel": dict(self.view.filter)},
                "sort": {"sortModel": list(self.view.sort)},
            },
            ":datasource": "genoteca.rows",
            ":onCellClicked": "genoteca.open",
            ":onCellKeyDown": "genoteca.open",
        }

    def _ordered(self) -> Sequence[Column | AnnotationColumn]:
        order: dict[str, float] = {name: place for place, name in enumerate(self.shown)}
        order["evidence"] = EVIDENCE_PLACE
        return sorted(self._header.columns, key=lambda column: order.get(column.name, len(order)))

    def _context(self) -> dict[str, JsonValue]:
        where = self.view.where.model_dump(mode="json", by_alias=True) if self.view.where else None
        names: dict[str, JsonValue] = {"sample": self._header.sample.id.key, "module": self._header.source}
        return names | {"text": self.view.text, "where": where, "smart": list(self.view.smart)}

    def search(self, text: str) -> None:
        """Show only rows that hold the text."""
        self.view.text = text
        self._ask_anew()

    def show_where(self, where: Filter | None) -> None:
        """Show only rows of which a filter holds; None: all."""
        self.view.where = where
        self._ask_anew()

    def narrow(self, smart: list[str]) -> None:
        """Show only rows that fit the module's own filters of these names, all of them."""
        self.view.smart = smart
        self._ask_anew()

    def _ask_anew(self) -> None:
        self._grid.run_grid_method("setGridOption", "context", self._context())
        self.refresh()

    def refresh(self) -> None:
        """Fetch the rows again."""
        self._grid.run_grid_method("purgeInfiniteCache")

    def clear(self) -> None:
        """Drop every filter and the order; the search text stays the page's business."""
        self._grid.run_grid_method("setFilterModel", None)
        self._grid.run_grid_method("applyColumnState", {"defaultState": {"sort": None}})

    def choose(self, name: str, *, show: bool) -> None:
        """Show or hide a column."""
        self.shown = [*self.shown, name] if show else [one for one in self.shown if one != name]
        self._grid.run_grid_method("setColumnsVisible", [name], show)


def column_definition(column: Column | AnnotationColumn, *, shown: bool) -> dict[str, Any]:
    """Describe one column to the grid: how it is drawn and how it is filtered, by its type."""
    made: dict[str, Any] = {
        "field": column.name,
        "colId": column.name,
        "headerName": column.label,
        "headerTooltip": " ".join(filter(None, (column.description, f"Unit: {column.unit}." if column.unit else ""))),
        "hide": not shown,
        "width": width_of(column, column.name, 150, CLASS),
        "floatingFilter": True,
        "tooltipField": column.name if column.type in (ColumnType.TEXT, ColumnType.LIST) else None,
        ":cellRenderer": RENDERERS.get(column.type, "genoteca.text"),
        **column_filter(column, column.name, "genoteca.ValueFilter"),
    }
    if column.name != "evidence" and is_evidence(column):
        del made[":cellRenderer"]
        made["refData"] = {kind.value: words.EVIDENCE[kind] for kind in Evidence}
    elif column.name == PROSE:
        made[":cellRenderer"] = "genoteca.prose"
    elif column.name == "evidence":
        made |= {":cellRenderer": "genoteca.evidence", "tooltipField": None}
    elif isinstance(column, AnnotationColumn) and column.link:
        made |= {":cellRenderer": "genoteca.link", "cellRendererParams": {"template": column.link}}
    elif column.type is ColumnType.FREQUENCY:
        del made[":cellRenderer"]
        made |= {":valueFormatter": "genoteca.frequency", "tooltipField": column.name}
    elif column.type in NUMBERS or column.type is ColumnType.FLAG:
        del made[":cellRenderer"]
        made[":valueFormatter"] = "genoteca.flag" if column.type is ColumnType.FLAG else "genoteca.number"
    return {name: value for name, value in made.items() if value is not None}
