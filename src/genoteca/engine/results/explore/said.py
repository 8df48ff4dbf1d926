"""Columns of the wide table as they may be told, in SQL: shown, filtered, searched and sorted by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from genoteca.engine.results import sql
from genoteca.engine.results.explore.closed import NEVER, Closed
from genoteca.engine.results.explore.letters import could_hold, searched
from genoteca.engine.results.explore.orders import Key
from genoteca.engine.results.explore.spec import WideAbout
from genoteca.errors import FilterError
from genoteca.model.column import GATE, Column
from genoteca.model.filter import Filter, Sort

__all__ = ["Said"]

CLOSED = "_closed_"
"""Begins the name of a column that says whether a module's answer stays closed."""


class Said:
    """The columns of one table for one person: what is closed is empty."""

    def __init__(self, about: WideAbout, closed: Closed) -> None:
        self._about, self._closed = about, closed
        self._columns: Mapping[str, Column] = {column.name: column for column in about.columns}
        self._said = closed.expressions(about)
        self._visible = closed.visible(about)

    def column(self, name: str) -> str:
        """Give the SQL of a column.

        Raises:
            FilterError: there is none of this name.

        """
        if name not in self._columns:
            raise FilterError(f"There is no column {name!r}.", hint=f"Columns: {', '.join(self._columns)}")
        return self._said.get(name) or sql.quoted(name)

    def where(self, tree: Filter | None, text: str) -> tuple[str, sql.Values]:
        """Give the condition of the rows that fit and may be listed, and its values; empty: every row does."""
        clause, values = sql.where(tree, "", self._columns, self._said)
        parts = [clause.removeprefix(" WHERE ")] if clause else []
        if text.strip():
            found = self._searched(text.strip())
            parts.append(f"({' OR '.join(found)})" if found else "false")
            values = [*values, *[text.strip()] * len(found)]
        if self._visible:
            parts.append(self._visible)
        return " AND ".join(parts), values

    def key(self, sort: Sequence[Sort]) -> Key:
        """Give what rows are sorted by.

        Raises:
            FilterError: an unknown column.

        """
        parts, values = list[tuple[str, bool]](), sql.Values()
        for one in sort:
            said = self.column(one.column)
            expression, ranks = sql.ranked(self._columns[one.column], said)
            parts.append((expression, one.descending))
            values += ranks
        return Key(tuple(parts), values)

    def closed_columns(self) -> list[str]:
        """Give a column for each module with something closed: whether it is, in this row."""
        return [
            f"{_is_closed(names, condition)} AS {sql.quoted(CLOSED + module)}"
            for module, names in self._about.names.items()
            if (condition := self._closed.is_open(module, names))
        ]

    def collected(self, row: dict[str, Any]) -> dict[str, Any]:
        """Put the modules that are closed in a row under one name."""
        closed = [name.removeprefix(CLOSED) for name, value in row.items() if name.startswith(CLOSED) and value]
        told = {name: value for name, value in row.items() if not name.startswith(CLOSED)}
        return {**told, "_closed": closed} if closed else told

    def genes(self) -> list[str]:
        """Give the SQL of every column that names a gene."""
        return [self.column(names["gene"]) for names in self._about.names.values() if "gene" in names]

    def identifiers(self) -> list[str]:
        """Give the SQL of every column that holds rsIDs."""
        own = [self.column(names["rsid"]) for names in self._about.names.values() if "rsid" in names]
        return [self.column("id"), *own]

    def _searched(self, text: str) -> list[str]:
        """Give the conditions that a column holds a text, of those that could; what a gate says is not searched."""
        gates = {names[GATE] for names in self._about.names.values() if GATE in names}
        return [
            searched(letters, self.column(name))
            for name, letters in self._about.letters.items()
            if name not in gates and could_hold(letters, text)
        ]


def _is_closed(names: Mapping[str, str], condition: str) -> str:
    """Give the SQL that says whether a module's cells are closed in a row: of a closed module, in every row."""
    answered = f"{sql.quoted(names['evidence'])} IS NOT NULL"
    return "true" if condition == NEVER else f"coalesce({answered} AND NOT {condition}, false)"
