"""What a person made of a table, in its address and in what the desktop remembers: found again after a restart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from nicegui import background_tasks, ui
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from genoteca import actions
from genoteca.actions.views import ResultHeader, TableHeader
from genoteca.ui.address import replace_address
from genoteca.ui.desktop import Desktop, ask

__all__ = ["KeptView", "as_left", "keep_columns", "keep_view", "leave_columns", "view_of_address"]

VIEW = "view"
Header = TypeVar("Header", ResultHeader, TableHeader)


class KeptView(BaseModel):
    """Search, filters, and order, in the grid's own words."""

    model_config = ConfigDict(extra="forbid")

    text: str = ""
    filter: dict[str, dict[str, Any]] = Field(default_factory=dict)
    sort: list[dict[str, Any]] = Field(default_factory=list)
    smart: list[str] = Field(default_factory=list)

    def among(self, columns: Collection[str], smart: Collection[str]) -> KeptView:
        """Leave out what names a column or a filter that is no more."""
        return KeptView(
            text=self.text,
            filter={name: told for name, told in self.filter.items() if name in columns},
            sort=[one for one in self.sort if one.get("colId") in columns and one.get("sort") in ("asc", "desc")],
            smart=[name for name in self.smart if name in smart],
        )


def view_of_address() -> KeptView:
    """Read what the address says of the table; what cannot be read is left aside."""
    try:
        return KeptView.model_validate_json(ui.context.client.request.query_params.get(VIEW, "{}"))
    except ValidationError:
        return KeptView()


def keep_view(desktop: Desktop, view: KeptView) -> None:
    """Write it into the address of the open page."""
    url = ui.context.client.request.url
    told = view.model_dump_json(exclude_defaults=True)
    changed = url.remove_query_params(VIEW) if told == "{}" else url.include_query_params(**{VIEW: told})
    replace_address(desktop, changed.path + (f"?{changed.query}" if changed.query else ""))


async def as_left(desktop: Desktop, header: Header) -> Header:
    """Show the columns that the person chose for this table, where they did."""
    chosen = await ask(actions.chosen_columns, desktop.app, header.source, preset=_preset(header))
    if chosen is None:
        return header
    return header.model_copy(update={"shown": _in_order(chosen, header) or header.shown})


def keep_columns(desktop: Desktop, header: ResultHeader | TableHeader, columns: Sequence[str]) -> None:
    """Keep which columns are shown of this table."""
    keeping = ask(actions.choose_columns, desktop.app, header.source, list(columns), preset=_preset(header))
    background_tasks.create(keeping, name="keep the columns")


async def leave_columns(desktop: Desktop, header: ResultHeader | TableHeader) -> None:
    """Show the columns of this table that it shows of itself from here on."""
    await ask(actions.choose_columns, desktop.app, header.source, None, preset=_preset(header))


def _in_order(chosen: list[str], header: ResultHeader | TableHeader) -> list[str]:
    """Give the chosen columns that are there: those shown of itself where they stood, the others behind them."""
    known = {column.name for column in header.columns}
    first = [name for name in header.shown if name in chosen]
    return [*first, *(name for name in chosen if name in known and name not in first)]


def _preset(header: ResultHeader | TableHeader) -> str:
    return header.preset if isinstance(header, ResultHeader) else ""
