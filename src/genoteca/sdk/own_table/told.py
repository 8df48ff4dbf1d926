"""What the user said of a table, as a module's settings keep it; whatever is not said is found out from the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError

from genoteca.errors import InputError
from genoteca.model.build import Build
from genoteca.model.column import ColumnType

__all__ = ["MISSING", "ROLES", "TYPES", "KeptColumn", "TableMatch", "Told", "columns_setting"]

ROLES = ("chrom", "pos", "ref", "alt", "start", "end")
"""What a column may say of the place; the settings of these names hold a column's name."""

MISSING = ". NA N/A NaN null"
"""Cells that say nothing, in capital or small letters; an empty one never does."""

TYPES = (
    ColumnType.TEXT,
    ColumnType.CATEGORY,
    ColumnType.LIST,
    ColumnType.INTEGER,
    ColumnType.NUMBER,
    ColumnType.FREQUENCY,
    ColumnType.FLAG,
)
"""What a column of a user's table may be taken for."""


class TableMatch(StrEnum):
    """How rows of a table meet a genome's variants."""

    ALLELE = "allele"
    POSITION = "position"
    INTERVAL = "interval"


class KeptColumn(BaseModel):
    """A column of the file that is kept, under the user's words; empty: as the file suggests."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    label: str = ""
    type: ColumnType | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """The settings of a table; None and empty: not said."""

    source: str = ""
    name: str = ""
    """What a file that was fetched is called where it came from."""
    build: Build | None = None
    match: TableMatch | None = None
    base: int | None = None
    """What the first base of a chromosome is numbered: 1, or 0 with ends that are not included."""
    place: Mapping[str, str]
    """Columns by role, as far as they were named."""
    columns: tuple[KeptColumn, ...] | None = None
    missing: frozenset[str] = frozenset()
    """In small letters."""

    @classmethod
    def of(cls, settings: Mapping[str, JsonValue]) -> Told:
        """Read a module's settings.

        Raises:
            InputError: the list of columns cannot be read.

        """
        said = {name: str(value).strip() for name, value in settings.items() if value is not None}
        build, match, base = (said.get(name, "") for name in ("build", "match", "base"))
        return cls(
            source=said.get("source", ""),
            name=said.get("name")
            or (said.get("source", "").rpartition("/")[2] if "://" in said.get("source", "") else ""),
            build=Build(build) if build in list(Build) else None,
            match=TableMatch(match) if match in list(TableMatch) else None,
            base=int(base) if base in {"0", "1"} else None,
            place={role: said[role] for role in ROLES if said.get(role)},
            columns=_columns(said.get("columns", "")),
            missing=frozenset(said.get("missing", MISSING).lower().split()),
        )


_KEPT = TypeAdapter(tuple[KeptColumn, ...])


def columns_setting(columns: tuple[KeptColumn, ...]) -> str:
    """Write columns as the setting `columns` keeps them."""
    return _KEPT.dump_json(columns, exclude_defaults=True).decode()


def _columns(text: str) -> tuple[KeptColumn, ...] | None:
    """Read `AF, AC` or `AF:frequency:How common`, or a JSON list; None: empty."""
    if not text:
        return None
    try:
        told = (
            json.loads(text) if text.startswith("[") else [_plain(part) for part in text.split(",") if part.strip()]
        )
        return _KEPT.validate_python(told)
    except ValueError as error:
        why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise InputError(
            f"The list of columns cannot be read: {why}.",
            title="These columns cannot be kept",
            hint="Write their names with commas between them, each with its type and a label if you like: "
            f"AF:frequency:How common. Types: {', '.join(TYPES)}.",
        ) from error


def _plain(text: str) -> dict[str, str]:
    name, _, rest = text.strip().partition(":")
    kind, _, label = rest.partition(":")
    return {"column": name.strip(), "label": label.strip()} | ({"type": kind.strip()} if kind.strip() else {})
