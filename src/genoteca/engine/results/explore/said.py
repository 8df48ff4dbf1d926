"""Columns of the wide table as they may be told, in SQL: shown, filtered, searched and sorted by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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
"""Begins the name of a column that says whether everything of a module stays closed."""
UNSAID = "_unsaid_"
"""Begins the name of a column that says whether a module shows no answer, while some of its answers stay closed."""


class Said:
    """The columns of one table for one person: what is closed is empty."""

    def __init__(self, about: WideAbout, closed: Closed, gates: Mapping[str, Collection[str]]) -> None:
        """Take a table and what stays closed of it; `gates`: by module, those that stand in the table."""
        self._about, self._closed, self._gates = about, closed, gates
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
        """Give a column for each module with something closed: whether it may be so in this row.

        A closed answer is not told apart from none: every row in which such a module shows nothing says the same.
        """
        found = []
        for module, names in self._about.names.items():
            if self._closed.is_open(module, names) == NEVER:
                found.append(f"true AS {sql.quoted(CLOSED + module)}")
            elif self._closed.some_closed(module, self._gates.get(module, ())):
                found.append(f"({self.column(names['evidence'])} IS NULL) AS {sql.quoted(UNSAID + module)}")
        return found

    def collected(self, row: dict[str, Any]) -> dict[str, Any]:
        """Put the modules that are closed in a row, and those that show nothing in it, under one name each."""
        told = {name: value for name, value in row.items() if not name.startswith((CLOSED, UNSAID))}
        for name, mark in (("_closed", CLOSED), ("_unsaid", UNSAID)):
            modules = [one.removeprefix(mark) for one, value in row.items() if one.startswith(mark) and value]
            told |= {name: modules} if modules else {}
        return told

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
