"""Columns of the wide table as they may be told, in SQL: shown, filtered, searched and sorted by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from genoteca.engine.results import sql
from genoteca.engine.results.explore.closed import NEVER, Closed
from genoteca.engine.results.explore.gathered import gathered_columns, gathered_sql
from genoteca.engine.results.explore.letters import could_hold, searched
from genoteca.engine.results.explore.orders import Key
from genoteca.engine.results.explore.rsids import is_rsid, near, rows_of
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

    def __init__(
        self,
        about: WideAbout,
        closed: Closed,
        gates: Mapping[str, Collection[str]],
        look_up: Callable[[str], Sequence[int]],
    ) -> None:
        """Take a table and what stays closed of it.

        `gates`: by module, those that stand in the table. `look_up` gives the rows that a query of its index finds.
        """
        self._look_up = look_up
        self._about, self._closed, self._gates = about, closed, gates
        columns = (*gathered_columns(about.names), *about.columns)
        self._columns: Mapping[str, Column] = {column.name: column for column in columns}
        self._said = closed.expressions(about)
        self._said |= gathered_sql(about.names, self.column)
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
        named = self._about.identifiers
        clause, values = sql.where(tree, "", self._columns, self._said, lambda part: near(part, named, self._look_up))
        parts = [clause.removeprefix(" WHERE ")] if clause else []
        if text.strip():
            found, bound = self._searched(text.strip())
            parts.append(f"({' OR '.join(found)})" if found else "false")
            values = [*values, *bound]
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

    def collected(self, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        """Name the values of rows; modules that are closed in one and those that show nothing have one name each."""
        marks = [
            (at, under, name.removeprefix(mark))
            for under, mark in (("_closed", CLOSED), ("_unsaid", UNSAID))
            for at, name in enumerate(names)
            if name.startswith(mark)
        ]
        marked = {at for at, _, _ in marks}
        plain = [(at, name) for at, name in enumerate(names) if at not in marked]
        found = []
        for row in rows:
            told = {name: row[at] for at, name in plain}
            for at, under, module in marks:
                if row[at]:
                    told.setdefault(under, []).append(module)
            found.append(told)
        return found

    def gene(self) -> str:
        """Give the SQL of the gene of a row; an empty text: no module names one."""
        return f"coalesce({self._said.get('gene', 'NULL')}, '')"

    def _searched(self, text: str) -> tuple[list[str], sql.Values]:
        """Give the conditions that a column holds a text, of those that could, and their values.

        What a gate says is not searched. In a column that names rsIDs, an rsID is found whole, not as the beginning
        of a longer one.
        """
        whole = self._about.identifiers if is_rsid(text) else ()
        passed = {*whole, *(names[GATE] for names in self._about.names.values() if GATE in names)}
        held = [
            searched(letters, self.column(name))
            for name, letters in self._about.letters.items()
            if name not in passed and could_hold(letters, text)
        ]
        return [*(rows_of(text, self._sources()) if whole else ()), *held], [text] * len(held)

    def _sources(self) -> dict[int, str]:
        """Give the columns of the index of rsIDs, by their number, with what must hold to tell what they say."""
        sources = {name: number for number, name in enumerate(self._about.identifiers)}
        conditions = {0: ""}
        for module, names in self._about.names.items():
            condition = self._closed.is_open(module, names)
            if names.get("rsid") in sources and condition != NEVER:
                conditions[sources[names["rsid"]]] = condition
        return conditions
