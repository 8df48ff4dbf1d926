"""A filter tree as SQL: whitelisted columns, bound values, never a value in the text."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from pydantic import JsonValue

from genoteca.errors import FilterError
from genoteca.model.build import CHROMOSOMES
from genoteca.model.column import Column, ColumnType
from genoteca.model.filter import All, Condition, Filter, Not, Operator, Sort

__all__ = ["COMPARED", "NUMBERS", "order_by", "quoted", "ranked", "where"]

Values = list[JsonValue]

NUMBERS = frozenset(
    {
        ColumnType.INTEGER,
        ColumnType.POSITION,
        ColumnType.COUNT,
        ColumnType.KEY,
        ColumnType.NUMBER,
        ColumnType.FREQUENCY,
        ColumnType.STARS,
    }
)
COMPARED = {
    Operator.EQUAL: "=",
    Operator.NOT_EQUAL: "IS DISTINCT FROM",
    Operator.LESS: "<",
    Operator.AT_MOST: "<=",
    Operator.GREATER: ">",
    Operator.AT_LEAST: ">=",
}


def _nothing(_tree: Filter) -> str:
    return ""


def where(
    tree: Filter | None,
    text: str,
    columns: Mapping[str, Column],
    said: Mapping[str, str] = MappingProxyType({}),
    near: Callable[[Filter], str] = _nothing,
) -> tuple[str, Values]:
    """Give the WHERE clause (or nothing) of a filter and a text searched in every text column.

    `said`: the expression that stands for a column, where that is not its name. `near`: what holds of every row that
    fits a filter, and is quicker to find; empty: nothing is.

    Raises:
        FilterError: a column the table does not have, or a value its type cannot be compared with.

    """
    parts: list[str] = []
    values: Values = []
    if tree is not None:
        clause, bound = _clause(tree, columns, said, near)
        parts.append(clause)
        values += bound
    if text.strip():
        searched = [c.name for c in columns.values() if c.type not in NUMBERS and c.type is not ColumnType.FLAG]
        parts.append(
            "(" + " OR ".join(f"contains(lower({said.get(n) or quoted(n)}), lower(?))" for n in searched) + ")"
        )
        values += [text.strip()] * len(searched)
    return (f" WHERE {' AND '.join(parts)}" if parts else ""), values


def order_by(sort: Sequence[Sort], columns: Mapping[str, Column]) -> tuple[str, Values]:
    """Give the ORDER BY clause; categories in their declared order, ties by row, empty cells last."""
    keys: list[str] = []
    values: Values = []
    for one in sort:
        column = _column(one.column, columns)
        key, ranks = ranked(column, quoted(column.name))
        values += ranks
        keys.append(f"{key} {'DESC' if one.descending else 'ASC'} NULLS LAST")
    return f" ORDER BY {', '.join([*keys, '_row'])}", values


def ranked(column: Column, expression: str) -> tuple[str, Values]:
    """Give what a column is sorted by: the rank of a category, else its value."""
    ranks = list(CHROMOSOMES) if column.name == "chrom" else list(column.values)
    return (f"list_position(?::VARCHAR[], {expression})", [list(ranks)]) if ranks else (expression, [])


def quoted(name: str) -> str:
    """Give a column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def _column(name: str, columns: Mapping[str, Column]) -> Column:
    if name in columns:
        return columns[name]
    near = difflib.get_close_matches(name, columns, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    raise FilterError(f"There is no column {name!r}.{meant}", hint=f"Columns: {', '.join(columns)}")


def _clause(
    tree: Filter, columns: Mapping[str, Column], said: Mapping[str, str], near: Callable[[Filter], str]
) -> tuple[str, Values]:
    if first := near(tree):
        clause, values = _clause(tree, columns, said, _nothing)
        return f"({first} AND {clause})", values
    if isinstance(tree, Condition):
        return _condition(tree, columns, said)
    if isinstance(tree, Not):
        clause, values = _clause(tree.part, columns, said, _nothing)
        return f"NOT coalesce({clause}, false)", values
    joined = " AND " if isinstance(tree, All) else " OR "
    if not tree.parts:
        return ("true" if isinstance(tree, All) else "false"), []
    clauses = [_clause(part, columns, said, near) for part in tree.parts]
    return "(" + joined.join(c for c, _ in clauses) + ")", [v for _, values in clauses for v in values]


def _condition(one: Condition, columns: Mapping[str, Column], said: Mapping[str, str]) -> tuple[str, Values]:
    column = _column(one.column, columns)
    name = said.get(column.name) or quoted(column.name)
    if one.op is Operator.EMPTY:
        return f"({name} IS NULL)", []
    if one.op is Operator.NOT_EMPTY:
        return f"({name} IS NOT NULL)", []
    if one.op is Operator.IN:
        given = one.value if isinstance(one.value, list) else [one.value]
        if not given:
            return "false", []
        return f"({name} IN ({', '.join('?' * len(given))}))", [_value(v, column) for v in given]
    if one.op is Operator.CONTAINS:
        return f"contains(lower({name}::VARCHAR), lower(?))", [_text(one)]
    if one.op is Operator.STARTS_WITH:
        return f"starts_with(lower({name}::VARCHAR), lower(?))", [_text(one)]
    if one.op is Operator.LISTS:
        return f"contains(';' || lower({name}::VARCHAR) || ';', ';' || lower(?) || ';')", [_text(one)]
    return f"({name} {COMPARED[one.op]} ?)", [_value(one.value, column)]


def _text(one: Condition) -> str:
    if one.value is None or isinstance(one.value, (list, dict)):
        raise FilterError(f"{one.column} {one.op} needs a text, not {one.value!r}.")
    return str(one.value)


def _value(value: JsonValue, column: Column) -> JsonValue:
    if column.type in NUMBERS:
        try:
            number = float(value)  # type: ignore[arg-type]  # None, lists and words raise, and are refused
        except (TypeError, ValueError):
            raise FilterError(f"{column.name} is a {column.type}; it cannot be compared with {value!r}.") from None
        return int(number) if number.is_integer() else number
    if column.type is ColumnType.FLAG:
        words = {"true": True, "yes": True, "false": False, "no": False}
        known = words.get(str(value).lower())
        if known is None:
            raise FilterError(f"{column.name} is true or false; it cannot be compared with {value!r}.")
        return known
    if value is None or isinstance(value, (list, dict)):
        raise FilterError(f"{column.name} is a {column.type}; it cannot be compared with {value!r}.")
    return str(value)
