"""Rows for the grid: what it asks for, as a query; what it gets, with gated answers left out until asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from genoteca import actions
from genoteca.actions.change_tables import CHANGED, change_page
from genoteca.actions.comparing import COMPARED_WITH
from genoteca.actions.gates import open_rows, without_closed
from genoteca.actions.results import result_columns, stored_result
from genoteca.actions.views import Query, ResultPage
from genoteca.errors import FilterError, GenotecaError
from genoteca.model.column import GATE
from genoteca.model.evidence import Evidence
from genoteca.model.filter import All, Any_, Condition, Filter, Operator, Sort
from genoteca.model.smart_filter import columns_of
from genoteca.ui import words
from genoteca.ui.desktop import Desktop, ask

__all__ = [
    "CAUTION",
    "GATE",
    "HIDDEN",
    "GridSort",
    "RowsRequest",
    "both",
    "narrowed",
    "query_of",
    "row_routes",
    "shown_row",
    "where_of",
]

HIDDEN = "Hidden until you ask"
CAUTION = "caution"
"""A module's column with what must be said beside an answer."""
OPEN_COLUMNS = frozenset(
    {"_row", GATE, "site", "key", "chrom", "pos", "ref", "alt", "rsid", "gene", "trait", "category"}
)
"""Columns of a gated row that tell nothing of the person."""
MOST_ROWS = 1000
OWN_TABLE = "sample/"
"""How a grid names the tables that reading a genome makes; no module's id holds a slash."""

_TEXT = {
    "contains": Operator.CONTAINS,
    "startsWith": Operator.STARTS_WITH,
    "equals": Operator.EQUAL,
    "notEqual": Operator.NOT_EQUAL,
    "blank": Operator.EMPTY,
    "notBlank": Operator.NOT_EMPTY,
}
_NUMBER = {
    **{name: _TEXT[name] for name in ("equals", "notEqual", "blank", "notBlank")},
    "lessThan": Operator.LESS,
    "lessThanOrEqual": Operator.AT_MOST,
    "greaterThan": Operator.GREATER,
    "greaterThanOrEqual": Operator.AT_LEAST,
}


class GridSort(BaseModel):
    """One column of the grid's sort."""

    model_config = ConfigDict(extra="ignore")

    colId: str  # noqa: N815 - the grid's own name
    sort: Literal["asc", "desc"]


class RowsRequest(BaseModel):
    """What the grid asks for."""

    model_config = ConfigDict(extra="forbid")

    sample: str
    module: str
    """A module's id, or `sample/` and the name of one of the sample's own tables."""
    text: str = ""
    smart: list[str] = Field(default_factory=list)
    """The module's own filters that are switched on, by name."""
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    sort: list[GridSort] = Field(default_factory=list)
    filter: dict[str, dict[str, JsonValue]] = Field(default_factory=dict)
    where: Filter | None = None
    """Holds whatever else is filtered: what a preset shows."""


def both(one: Filter | None, other: Filter | None) -> Filter | None:
    """Join two filters: both must hold; None holds always."""
    parts = [part for part in (one, other) if part is not None]
    return All.model_validate({"and": parts}) if len(parts) > 1 else next(iter(parts), None)


def where_of(model: dict[str, Any]) -> Filter | None:
    """Turn the grid's filter model into a filter.

    Raises:
        FilterError: a comparison that no column offers.

    """
    parts = [part for column, asked in model.items() for part in _conditions(column, asked)]
    return All.model_validate({"and": parts}) if parts else None


def _conditions(column: str, asked: dict[str, Any]) -> list[Condition]:
    if asked.get("filterType") == "set":
        return [Condition(column=column, op=Operator.IN, value=asked.get("values", []))]
    known = _NUMBER if asked.get("filterType") == "number" else _TEXT
    kind, value = str(asked.get("type")), asked.get("filter")
    if kind == "inRange" and known is _NUMBER:
        return [
            Condition(column=column, op=Operator.AT_LEAST, value=value),
            Condition(column=column, op=Operator.AT_MOST, value=asked.get("filterTo")),
        ]
    if kind not in known:
        raise FilterError(
            f"{kind!r} is not a comparison of the column {column!r}.", hint="Clear the filter and try again."
        )
    op = known[kind]
    return [Condition(column=column, op=op, value=None if op in (Operator.EMPTY, Operator.NOT_EMPTY) else value)]


def query_of(asked: RowsRequest) -> Query:
    """Turn what the grid asks for into a query of at most a thousand rows."""
    return Query(
        where=both(asked.where, where_of(asked.filter)),
        text=asked.text,
        sort=[Sort(column=one.colId, descending=one.sort == "desc") for one in asked.sort],
        start=asked.start,
        limit=min(max(asked.end - asked.start, 0), MOST_ROWS),
    )


def shown_row(row: dict[str, JsonValue], opened: Collection[str]) -> dict[str, JsonValue]:
    """Prepare one row for the grid: evidence in words with its shape; a gated answer hidden until asked for."""
    if row.get(GATE) and row[GATE] not in opened:
        hidden = {name: value if name in OPEN_COLUMNS else HIDDEN for name, value in row.items()}
        return {**hidden, "_hidden": HIDDEN}
    evidence = row.get("evidence")
    if not isinstance(evidence, str):
        return row
    kind = Evidence(evidence)
    why = words.sentence(kind.words)
    return {**row, "evidence": words.EVIDENCE[kind], "_shape": words.evidence_class(kind), "_why": why}


async def _page(desktop: Desktop, asked: RowsRequest) -> ResultPage:
    """Fetch rows of a module's results, or of one of the sample's own tables."""
    if asked.module.startswith(OWN_TABLE):
        table = asked.module.removeprefix(OWN_TABLE)
        if table.startswith(COMPARED_WITH):
            other = table.removeprefix(COMPARED_WITH)
            return await ask(actions.compared_page, desktop.app, asked.sample, other, query_of(asked))
        if table.startswith(CHANGED):
            name = table.removeprefix(CHANGED)
            opened = desktop.opened(asked.sample, name.partition("~")[0])
            return await ask(change_page, desktop.app, asked.sample, name, query_of(asked), opened=opened)
        return await ask(actions.table_page, desktop.app, asked.sample, table, query_of(asked))
    return await ask(_result_page, desktop, asked)


def _result_page(desktop: Desktop, asked: RowsRequest) -> ResultPage:
    """Fetch rows of a module's results; a module that stays closed has none until the person agreed."""
    opened = desktop.opened(asked.sample, asked.module)
    gate, _ = actions.gates_of(desktop.app, asked.sample, asked.module)
    if gate and gate not in opened:
        return ResultPage(rows=[], matched=0, total=0)
    query = narrowed(desktop, asked.sample, asked.module, query_of(asked), asked.smart)
    return actions.result_page(desktop.app, asked.sample, asked.module, query)


def narrowed(desktop: Desktop, sample: str, module: str, query: Query, names: Sequence[str]) -> Query:
    """Narrow a view by the module's own filters, and by what is hidden until the person asks where that would tell.

    Whether a hidden row fits a filter, and where a sort puts it, would tell what it hides. Filters and sorts that
    look at nothing but the open columns do not; a search finds a hidden row by its open columns alone.
    """
    smart = actions.smart_where(desktop.app, module, names)
    where, telling = both(smart, query.where), smart is not None or not _looked_at(query) <= OPEN_COLUMNS
    if telling or query.text:
        _, own, stored = stored_result(desktop.app, sample, module)
        columns = {column.name for column in result_columns(own, stored)}
        if GATE in columns:
            opened = desktop.opened(sample, module)
            where = without_closed(where, opened) if telling else both(where, _found(query.text, columns, opened))
    return query.model_copy(update={"where": where})


def _found(text: str, columns: Collection[str], opened: Collection[str]) -> Filter:
    """Give the rows that a search may find: all that are open, and those in whose open columns the text stands."""
    searched = sorted(OPEN_COLUMNS & set(columns))
    named = [Condition(column=name, op=Operator.CONTAINS, value=text.strip()) for name in searched]
    return Any_.model_validate({"or": [open_rows(opened), *named]})


def _looked_at(query: Query) -> set[str]:
    """Name the columns that a view is filtered and sorted by."""
    return {*(columns_of(query.where) if query.where else ()), *(one.column for one in query.sort)}


def row_routes(desktop: Desktop) -> APIRouter:
    """Give the address where grids fetch their rows."""
    router = APIRouter()

    @router.post("/api/rows")
    async def rows(asked: RowsRequest) -> JSONResponse:
        try:
            page = await _page(desktop, asked)
        except GenotecaError as error:
            return JSONResponse({"title": error.title, "message": error.message, "hint": error.hint}, status_code=422)
        opened = desktop.opened(asked.sample, asked.module)
        shown = [shown_row(row, opened) for row in page.rows]
        return JSONResponse({"rows": shown, "matched": page.matched, "total": page.total})

    return router
