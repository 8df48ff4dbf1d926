"""A browse table, open: which rows a view shows, and any stretch of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
from pydantic import JsonValue

from genoteca.engine.results.explore.apart import opened, opened_apart, reworded
from genoteca.engine.results.explore.closed import Closed
from genoteca.engine.results.explore.gathered import gathered_columns
from genoteca.engine.results.explore.orders import Order, Orders, Rows, row_numbers
from genoteca.engine.results.explore.said import Said
from genoteca.engine.results.explore.spec import PLACES, TABLE, WideAbout
from genoteca.engine.results.sql import quoted
from genoteca.engine.results.watched import watched
from genoteca.errors import DatasetError
from genoteca.model.column import GATE, Column
from genoteca.model.filter import Filter, Sort

__all__ = ["View", "WideTable", "is_built"]

KEPT_FILTERS = 4
"""Filters whose rows are remembered: 4 bytes a row each."""
KEPT_VIEWS = 3
"""Views whose rows are remembered in their order."""
KEPT_COUNTS = 500
AT_ONCE = 2_000
"""Rows from the top of an order that are found without computing all of it."""
WALKED = 100_000
"""Rows of an order among which those that a view shows first are looked for before all of them are."""
FRAME = 50_000


def is_built(folder: Path) -> bool:
    """Whether there is a browse table in this folder."""
    return (folder / TABLE).is_file()


@dataclass(frozen=True, kw_only=True)
class View:
    """Which rows, in which order, and what of them may be told."""

    where: Filter | None = None
    text: str = ""
    sort: Sequence[Sort] = ()
    sites: bool = False
    """Also rows without a variant of the sample."""
    closed: Closed = field(default_factory=Closed)


class WideTable:
    """The browse table in a folder. Rows are known by `_row`, their number, from 0; those about variants first.

    Raises:
        DatasetError: the file is damaged.

    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / TABLE
        try:
            self._connection = opened(self._path)
            told = self._connection.execute("SELECT told FROM about").fetchall()
            self.about = WideAbout.model_validate_json(told[0][0])
        except (duckdb.Error, ValueError) as error:
            raise DatasetError(
                f"The table in the cache is damaged: {error}",
                title="The table must be made again",
                hint="Reload the page.",
            ) from error
        columns = (*gathered_columns(self.about.names), *self.about.columns)
        self.columns: Mapping[str, Column] = {column.name: column for column in columns}
        self._orders = Orders(folder, self.about.total, lambda: opened_apart(self._path))
        self._places: Rows | None = np.load(folder / PLACES, mmap_mode="r") if (folder / PLACES).is_file() else None
        self._filtered: OrderedDict[str, Rows] = OrderedDict()
        self._shown: OrderedDict[str, Rows] = OrderedDict()
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()
        self._values("SELECT 1 FROM answers WHERE _row IN (0, 1)")  # brings the index into memory

    def close(self) -> None:
        """Let the file go."""
        self._connection.interrupt()
        self._orders.close()
        self._connection.close()

    def settle(self) -> None:
        """Wait for the orders that are being computed in the background."""
        self._orders.settle()

    def said(self, closed: Closed) -> Said:
        """Give how the columns are asked for where some answers stay closed."""
        return Said(self.about, closed, self._gates, lambda query: [row for (row,) in self._values(query)])

    @cached_property
    def _gates(self) -> dict[str, frozenset[str]]:
        """The gates of single answers, by module."""
        columns = {module: quoted(names[GATE]) for module, names in self.about.names.items() if GATE in names}
        return {
            module: frozenset(
                str(gate)
                for (gate,) in self._values(f"SELECT DISTINCT {column} FROM answers WHERE {column} IS NOT NULL")
            )
            for module, column in columns.items()
        }

    def matched(self, view: View) -> tuple[int, int]:
        """Count the rows that a view shows, and those that it would show beside them with sites."""
        rows = self._matching(view)
        if rows is None:
            about, sites = self.about.rows, self.about.total - self.about.rows
        else:
            about = _below(rows, self.about.rows)
            sites = len(rows) - about
        return (about + sites, 0) if view.sites else (about, sites)

    def count(self, where: Filter, view: View) -> int:
        """Count the rows that a filter alone leaves; with sites or without, as the view has it."""
        clause, values = self.said(view.closed).where(where, "")
        clause = clause if view.sites else f"{clause} AND _row < {self.about.rows}"
        name = f"{clause}{values!r}"
        if name not in self._counts:
            found = self._values(f"SELECT count(*) FROM answers WHERE {clause}", values)[0][0]
            self._remember(self._counts, name, int(found), KEPT_COUNTS)
        return self._counts[name]

    def says(self, view: View, column: str) -> bool:
        """Tell whether any row that a view lists says something in a column."""
        listed, bound = self.listed(view)
        told = f"{self.said(view.closed).column(column)} IS NOT NULL"
        name = f"{listed}{bound!r}{told}"
        if name not in self._counts:
            where = " AND ".join(filter(None, [listed, told]))
            found = self._values(f"SELECT _row FROM answers WHERE {where} LIMIT 1", bound)
            self._remember(self._counts, name, len(found), KEPT_COUNTS)
        return bool(self._counts[name])

    def numbers(self, view: View, start: int, limit: int) -> list[int]:
        """Give the numbers of a stretch of the rows that a view shows."""
        if view.sort and (top := self._top(view, start + limit)) is not None:
            return [int(row) for row in top[start:]]
        return [int(row) for row in self.shown(view, start, limit)]

    def shown(self, view: View, start: int = 0, limit: int | None = None) -> Rows:
        """Give the numbers of the rows that a view shows, in its order."""
        clause, values = self._clause(view)
        name = f"{clause}{values!r}{view.sort!r}{view.sites}"
        known = self._shown.get(name)
        if known is None:
            known = self._in_order(self._matching(view), self._order(view), sites=view.sites)
        self._remember(self._shown, name, known, KEPT_VIEWS)
        return known[start:] if limit is None else known[start : start + limit]

    def _in_order(self, rows: Rows | None, order: Rows | None, *, sites: bool) -> Rows:
        first = self.about.total if sites else self.about.rows
        fit = None if rows is None else rows[: _below(rows, first)]
        if order is None:
            return np.arange(first, dtype=np.uint32) if fit is None else fit
        if fit is None or len(fit) == first:
            return order if first == self.about.total else order[order < first]
        keep = np.zeros(self.about.total, np.bool_)
        keep[fit] = True
        return order[keep[order]]

    def find(self, view: View, where: Filter) -> Rows:
        """Give the numbers of the rows of a view of which a filter holds as well, ascending."""
        clause, values = self.said(view.closed).where(where, "")
        return self._found(view, clause, values)

    def find_after(self, view: View, place: int) -> Rows:
        """Give the numbers of the first rows of a view at or after a place: all that begin at one position."""
        clause, values = self.listed(view)
        after = " AND ".join(filter(None, [clause, "_place >= ?"]))
        (found,) = self._values(f"SELECT min(_place) FROM answers WHERE {after}", [*values, place])[0]
        return self._found(view, "_place = ?", [found])

    def _found(self, view: View, clause: str, values: Sequence[JsonValue]) -> Rows:
        listed, bound = self.listed(view)
        where = " AND ".join(filter(None, [listed, clause]))
        with self._cursor() as cursor:
            return np.sort(row_numbers(cursor, f"SELECT _row FROM answers WHERE {where}", [*bound, *values]))

    def rows(self, numbers: Sequence[int], names: Sequence[str], closed: Closed) -> list[dict[str, Any]]:
        """Give these columns of these rows, in the order asked for.

        `_row` stands beside them, in `_closed` the modules of which everything stays closed, and in `_unsaid` those
        that show no answer in the row while some of their answers stay closed.
        """
        if not numbers:
            return []
        said = self.said(closed)
        shown = [*(f"{said.column(name)} AS {quoted(name)}" for name in names), *said.closed_columns(), "_row"]
        first, last = min(numbers), max(numbers)
        if last - first + 1 == len(set(numbers)):  # a stretch: it is read as it lies
            which, bound = "_row BETWEEN ?::UINTEGER AND ?::UINTEGER", [first, last]
        else:  # of another type, the index would not be used
            which, bound = f"_row IN ({', '.join(['?::UINTEGER'] * len(numbers))})", list(numbers)
        with self._cursor() as cursor:
            found = cursor.execute(f"SELECT {', '.join(shown)} FROM answers WHERE {which}", bound)
            told = [item[0] for item in found.description or []]
            by_number = {row[-1]: row for row in found.fetchall()}
        if len(by_number) != len(set(numbers)):
            raise DatasetError(f"The table has {self.about.total} rows; {max(numbers)} is none of them.")
        return said.collected(told, [by_number[number] for number in numbers])

    def records(self, view: View) -> tuple[Rows, int]:
        """Give the numbers of the file's records that a view's rows are of, ascending; count the rows without one."""
        clause, values = self.listed(view)
        listed = f"FROM answers WHERE {clause or 'true'} AND line"
        with self._apart() as cursor:
            found = row_numbers(cursor, f"SELECT DISTINCT line {listed} IS NOT NULL ORDER BY line", values)
        return found, int(self._values(f"SELECT count(*) {listed} IS NULL", values)[0][0])

    def query(self, view: View) -> tuple[str, list[JsonValue]]:
        """Give the SQL of a view, every column as it may be told, and its values."""
        said = self.said(view.closed)
        clause, values = self.listed(view)
        key = said.key(view.sort)
        order = key.order_by if view.sort else "_place, _row" if view.sites else "_row"
        shown = ", ".join(f"{said.column(name)} AS {quoted(name)}" for name in self.columns)
        where = f" WHERE {clause}" if clause else ""
        return f"SELECT {shown} FROM answers{where} ORDER BY {order}", [*values, *key.values]

    def copy_to(
        self, select: str, values: Sequence[JsonValue], target: Path, options: str, progress: Callable[[float], None]
    ) -> int:
        """Write a query to a file; gives the rows written. What `progress` raises ends it, and is raised here."""
        name = str(target).replace("'", "''")
        with self._apart() as cursor, watched(cursor, progress):
            done = cursor.execute(f"COPY ({select}) TO '{name}' ({options})", list(values)).fetchone()
        return int(done[0]) if done else 0

    def frames(self, select: str, values: Sequence[JsonValue], rows: int = FRAME) -> Iterator[pl.DataFrame]:
        """Give the rows of a query, some at a time."""
        with self._apart() as cursor:
            for batch in cursor.sql(select, params=list(values)).to_arrow_reader(rows):
                yield pl.DataFrame(batch)

    def values(self, statement: str, values: Sequence[JsonValue] = ()) -> list[tuple[Any, ...]]:
        """Give what a query of this package tells; never one that a person or a module wrote."""
        with self._apart() as apart:
            return apart.execute(statement, list(values)).fetchall()

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        self._orders.heed()
        try:
            with reworded(), self._connection.cursor() as cursor:
                yield cursor
        finally:
            self._orders.heed()

    def _apart(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        self._orders.heed()
        return opened_apart(self._path)

    def _values(self, statement: str, values: Sequence[JsonValue] = ()) -> list[tuple[Any, ...]]:
        with self._cursor() as cursor:
            return cursor.execute(statement, list(values)).fetchall()

    def _clause(self, view: View) -> tuple[str, list[JsonValue]]:
        return self.said(view.closed).where(view.where, view.text)

    def listed(self, view: View) -> tuple[str, list[JsonValue]]:
        """Give the condition of the rows that a view lists, and its values; empty: every row."""
        clause, values = self._clause(view)
        return (clause if view.sites else " AND ".join(filter(None, [clause, f"_row < {self.about.rows}"]))), values

    def _matching(self, view: View) -> Rows | None:
        """Give the numbers of all rows that fit, ascending, sites among them; None: every row does."""
        clause, values = self._clause(view)
        if not clause:
            return None
        name = f"{clause}{values!r}"
        known = self._filtered.get(name)
        if known is None:
            with self._cursor() as cursor:
                known = row_numbers(cursor, f"SELECT _row FROM answers WHERE {clause}", values)
            if len(known) > 1 and not (known[:-1] < known[1:]).all():
                known = np.sort(known)
        self._remember(self._filtered, name, known, KEPT_FILTERS)
        return known

    def _order(self, view: View) -> Rows | None:
        if view.sort:
            return self._orders.wait(self.said(view.closed).key(view.sort))
        return self._places if view.sites else None

    def _top(self, view: View, number: int) -> Rows | None:
        """Give the first rows in an order without all the others; None: they are not found faster so."""
        if number > AT_ONCE:
            return None
        said = self.said(view.closed)
        key = said.key(view.sort)
        order = self._orders.known(key)
        if order is not None:
            return self._walked(view, order, number)
        clause, values = self.listed(view)
        where = f" WHERE {clause}" if clause else ""
        with self._cursor() as cursor:
            statement = f"SELECT _row FROM answers{where} ORDER BY {key.order_by} LIMIT {number:d}"
            top = row_numbers(cursor, statement, [*values, *key.values])
        self._orders.prepare(key)
        return top

    def _walked(self, view: View, order: Order, number: int) -> Rows | None:
        """Give the first rows of a view by walking along an order; None: too few are found near its beginning."""
        fit, first = self._matching(view), self.about.total if view.sites else self.about.rows
        found, start, length = [np.zeros(0, np.uint32)], 0, 4 * number
        while sum(map(len, found)) < number and start < self.about.total:
            if start > WALKED:
                return None
            part = order.stretch(start, start + length)
            part = part[part < first]
            found.append(part if fit is None else part[_among(part, fit)])
            start, length = start + length, 2 * length
        return np.concatenate(found)[:number]

    def _remember(self, where: OrderedDict[str, Any], name: str, value: object, most: int) -> None:
        with self._lock:
            where[name] = value
            where.move_to_end(name)
            while len(where) > most:
                where.popitem(last=False)


def _among(rows: Rows, ascending: Rows) -> npt.NDArray[np.bool_]:
    """Tell which rows are among others."""
    if not len(ascending):
        return np.zeros(len(rows), np.bool_)
    places = np.minimum(np.searchsorted(ascending, rows), len(ascending) - 1)
    return np.equal(ascending[places], rows)


def _below(rows: Rows, number: int) -> int:
    """Count the rows whose number is lower, in ascending ones; a plain number would have all of them converted."""
    return int(np.searchsorted(rows, np.uint32(number)))
