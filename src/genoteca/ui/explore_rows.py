"""Rows and values for the explorer's grid, with what is closed left out."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from genoteca import actions
from genoteca.errors import GenotecaError
from genoteca.model.filter import Filter, Sort
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.rows import MOST_ROWS, GridSort, both, where_of

__all__ = ["ExploreRequest", "explore_query", "explore_routes", "opened_of"]


class ExploreRequest(BaseModel):
    """What the explorer's grid asks for."""

    model_config = ConfigDict(extra="forbid")

    sample: str
    text: str = ""
    where: Filter | None = None
    """What the filter builder and the modules' own filters say."""
    filter: dict[str, dict[str, JsonValue]] = Field(default_factory=dict)
    """What the columns' own filters say, as the grid has it."""
    sort: list[GridSort] = Field(default_factory=list)
    sites: bool = False
    columns: list[str] = Field(default_factory=list)
    unfolded: list[str] | None = None
    start: int = Field(default=0, ge=0)
    end: int = Field(default=0, ge=0)


class ValuesRequest(ExploreRequest):
    """Which column's values a filter wants to offer."""

    column: str


def opened_of(desktop: Desktop, sample: str) -> dict[str, frozenset[str]]:
    """Give by module the gates that the person has opened of a genome."""
    return desktop.opened_by_module(sample)


def explore_query(asked: ExploreRequest) -> actions.ExploreQuery:
    """Turn what the grid asks for into a query of at most a thousand rows."""
    return actions.ExploreQuery(
        where=both(asked.where, where_of(asked.filter)),
        text=asked.text,
        sort=[Sort(column=one.colId, descending=one.sort == "desc") for one in asked.sort],
        sites=asked.sites,
        columns=asked.columns,
        unfolded=asked.unfolded,
        start=asked.start,
        limit=min(max(asked.end - asked.start, 0), MOST_ROWS),
    )


def explore_routes(desktop: Desktop) -> APIRouter:
    """Give the addresses where the explorer's grid fetches rows, and its filters the values they offer."""
    router = APIRouter()

    @router.post("/api/explore/rows")
    async def rows(asked: ExploreRequest) -> Response:
        try:
            opened = opened_of(desktop, asked.sample)
            page = await ask(actions.explore_page, desktop.app, asked.sample, explore_query(asked), opened)
        except GenotecaError as error:
            return _refused(error)
        return Response(page.model_dump_json(), media_type="application/json")

    @router.post("/api/explore/values")
    async def values(asked: ValuesRequest) -> JSONResponse:
        try:
            opened, query = opened_of(desktop, asked.sample), explore_query(asked)
            found = await ask(actions.values_explored, desktop.app, asked.sample, asked.column, query, opened)
        except GenotecaError as error:
            return _refused(error)
        return JSONResponse({"values": found})

    return router


def _refused(error: GenotecaError) -> JSONResponse:
    return JSONResponse({"title": error.title, "message": error.message, "hint": error.hint}, status_code=422)
