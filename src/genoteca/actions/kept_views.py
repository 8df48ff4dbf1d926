"""Filters and layouts of the explorer that a person keeps under a name, and the layout used last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from genoteca.actions.view import View
from genoteca.errors import InputError
from genoteca.model.carrying import compared_columns
from genoteca.model.filter import Filter
from genoteca.store.explorer_views import ExplorerViews

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = [
    "LayoutColumn",
    "drop_explorer_view",
    "keep_filter",
    "keep_layout",
    "kept_filters",
    "kept_layouts",
    "last_layout",
    "telling",
]

LONGEST_NAME = 60
NEVER = ("genotype", "alt", "line", "row", "key")
"""Columns, the file's own or any module's, that tell what somebody carries, or which record does."""
COPIES = frozenset(
    {"zygosity", "dosage", "allele_fraction", "allele_depth", "missing", "ploidy", "phased", "phase_set"}
)
"""Columns of the file that tell it as soon as a place, a gene or a module's answer stands beside them."""
QUALITY = frozenset({"depth", "qual", "filter", "genotype_quality", "row_kind"})
"""Columns that tell of no place."""
LAST = "explorer"


class LayoutColumn(View):
    """One column of a layout, in its order."""

    name: str
    shown: bool
    width: int = Field(default=150, ge=20, le=2000)
    pinned: Literal["left", "right"] | None = None
    sort: Literal["asc", "desc"] | None = None
    sort_index: int | None = None
    """Which sort it is where there are several, from 0."""


_FILTER: TypeAdapter[Filter] = TypeAdapter(Filter)
_LAYOUT = TypeAdapter(list[LayoutColumn])


def kept_filters(app: App) -> dict[str, Filter]:
    """Give the filters that were kept, by name."""
    kept = _views(app).all("filter")
    return {name: _FILTER.validate_python(told) for name, told in kept.items()}


def keep_filter(app: App, name: str, where: Filter) -> None:
    """Keep a filter under a name.

    Raises:
        InputError: it has no name, or it compares what somebody carries: what is kept is not deleted with a genome.

    """
    held = telling(list(compared_columns(where)))
    if held:
        raise InputError(
            f"It compares {held[0]}: what tells of a genotype is never kept outside of its genome's own folder.",
            title="This filter cannot be kept",
            hint="Leave that condition out, or bookmark the address of this page.",
        )
    _views(app).keep("filter", _name(name), where.model_dump(mode="json", by_alias=True))


def kept_layouts(app: App) -> dict[str, list[LayoutColumn]]:
    """Give the layouts that were kept, by name."""
    return {name: _LAYOUT.validate_python(told) for name, told in _views(app).all("layout").items()}


def keep_layout(app: App, name: str, columns: Sequence[LayoutColumn]) -> None:
    """Keep a layout under a name; an empty one: as the one that was used last.

    Raises:
        InputError: the name is too long.

    """
    told: list[JsonValue] = [column.model_dump(mode="json") for column in columns]
    if name:
        _views(app).keep("layout", _name(name), told)
    else:
        _views(app).keep("last", LAST, told)


def last_layout(app: App) -> list[LayoutColumn]:
    """Give the layout that was used last; empty: none was, or it is of another version."""
    try:
        return _LAYOUT.validate_python(_views(app).all("last").get(LAST, []))
    except ValidationError:
        return []


def drop_explorer_view(app: App, kind: Literal["filter", "layout"], name: str) -> None:
    """Forget a filter or a layout that was kept."""
    _views(app).drop(kind, name)


def telling(columns: Sequence[str]) -> list[str]:
    """Give the columns of a filter that tell what somebody carries, alone or by what stands beside them."""
    placeless = COPIES.union(QUALITY).issuperset(columns)
    never = (*NEVER, "dosage")
    return [
        one
        for one in columns
        if (one in COPIES and not placeless)
        or (one not in COPIES and any(one == name or one.endswith(f"_{name}") for name in never))
    ]


def _views(app: App) -> ExplorerViews:
    return ExplorerViews(app.layout.database)


def _name(name: str) -> str:
    wanted = name.strip()
    if not 0 < len(wanted) <= LONGEST_NAME:
        raise InputError(f"A name has 1 to {LONGEST_NAME} letters, not {len(wanted)}.", title="This name does not do")
    return wanted
