"""An index of the rsIDs in a browse table: a few rows are looked at to find one, instead of five million texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import duckdb
import polars as pl

from genoteca.engine.results.explore.gathered import RSID
from genoteca.engine.results.sql import quoted
from genoteca.model.filter import Any_, Condition, Filter, Operator

__all__ = ["is_rsid", "near", "rows_of", "write_index"]

AT_ONCE = 122_880
"""Rows read at a time."""
LARGEST = 2**32 - 1
MOST_NAMED = 500
"""Rows that are named one by one."""
_IN_TEXT = r"(?i)\brs[1-9][0-9]*\b"
_ALONE = re.compile(r"(?i)^rs[1-9][0-9]*$")


def is_rsid(text: str) -> bool:
    """Whether a text is one rsID, and of those that the index holds."""
    return _ALONE.match(text) is not None and int(text[2:]) <= LARGEST


def write_index(connection: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> None:
    """Make the table `rsids`: every rsID in these columns, alone in its cell or among other words, sorted by number.

    `number`, `source`: which of the columns it stands in, from 0, and `row`. What the first column says (the file's
    own, which nothing ever closes) is not said again.
    """
    picked, filled = [", ".join(map(quoted, columns)), " OR ".join(f"{quoted(one)} IS NOT NULL" for one in columns)]
    reader = connection.sql(f"SELECT _row, {picked} FROM answers WHERE {filled}").to_arrow_reader(AT_ONCE)
    schema = {"number": pl.UInt32, "source": pl.UInt8, "row": pl.UInt32}
    found = [pl.DataFrame(schema=schema), *(_found(pl.DataFrame(batch), columns) for batch in reader)]
    connection.register("found", pl.concat(found).sort("number", "source", "row").to_arrow())
    connection.execute("CREATE TABLE rsids AS SELECT * FROM found")
    connection.unregister("found")


def _found(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Give the rsIDs of some rows; where each cell holds one, as nearly all do, words are not looked for."""
    plain = pl.all_horizontal(pl.col(one).is_null() | _number(one).is_not_null() for one in columns)
    alone = frame.with_columns(_plain=plain)
    numbers = [_number(one).alias(str(source)) for source, one in enumerate(columns)]
    few = alone.filter("_plain").select(pl.col("_row").alias("row"), *numbers)
    parts = list[pl.DataFrame]()
    for source in range(len(columns)):
        number = pl.col(str(source))
        told = number.is_not_null() if source == 0 else number.is_not_null() & number.ne_missing(pl.col("0"))
        named = few.filter(told).select(number.alias("number"), pl.lit(source, pl.UInt8).alias("source"), "row")
        parts.append(named)
    return pl.concat([*parts, _among_words(alone.filter(~pl.col("_plain")), columns)])


def _number(column: str) -> pl.Expr:
    """Give the number of an rsID that stands alone in its cell; null: something else does."""
    text = pl.col(column).cast(pl.String)
    digits = text.str.slice(2)
    is_one = text.str.starts_with("rs") & digits.str.slice(0, 1).is_between(pl.lit("1"), pl.lit("9"))
    return pl.when(is_one).then(digits.cast(pl.UInt32, strict=False))


def _among_words(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Give the rsIDs of some rows, wherever they stand in their cells."""
    parts = list[pl.DataFrame]()
    for source, column in enumerate(columns):
        named = pl.col(column).cast(pl.String).str.extract_all(_IN_TEXT).alias("number")
        listed = frame.select(named, row=pl.col("_row")).explode("number").drop_nulls()
        number = pl.col("number").str.slice(2).cast(pl.UInt32, strict=False)
        one = listed.select(number, pl.lit(source, pl.UInt8).alias("source"), "row").drop_nulls().unique()
        parts.append(one.join(parts[0], on=["number", "row"], how="anti") if parts else one)
    return pl.concat(parts)


class Asked(NamedTuple):
    """rsIDs of which one is to stand in a column."""

    numbers: frozenset[int]
    source: int | None
    """None: in any of them."""

    @property
    def rows(self) -> str:
        """Give the SQL of their rows in the index."""
        there = "" if self.source is None else f" AND source IN ({_listed({0, self.source})})"
        return f"(number IN ({_listed(self.numbers)}){there})"


def near(tree: Filter, columns: Sequence[str], look_up: Callable[[str], Sequence[int]] | None = None) -> str:
    """Give the SQL that holds of every row that fits a filter which asks for rsIDs; empty: it asks for other things.

    It holds of other rows as well: the filter itself must be asked beside it. `look_up` gives the rows that a query
    of the index finds: where they are named, nothing but them is read. Joined with the index, every row of the table
    was compared first: 1.1 s instead of 5 ms of 4.7 million rows.
    """
    sources: dict[str, int | None] = {name: source for source, name in enumerate(columns)}
    parts = [one.rows for one in _asked(tree, sources | {RSID.name: None})]
    if not parts:
        return ""
    query = f"SELECT row FROM rsids WHERE {' OR '.join(parts)} LIMIT {MOST_NAMED + 1}"
    rows = look_up(query) if look_up else range(MOST_NAMED + 1)
    if len(rows) > MOST_NAMED:
        return f"_row IN (SELECT row FROM rsids WHERE {' OR '.join(parts)})"
    return f"_row IN ({', '.join(f'{row:d}::UINTEGER' for row in sorted(set(rows)))})" if rows else "false"


def rows_of(text: str, sources: Mapping[int, str]) -> list[str]:
    """Give the SQL of the rows that name an rsID in columns of the index: for each, what must hold as well, or empty.

    Of several, the row fits when one holds.
    """
    number, always = int(text[2:]), [source for source, condition in sources.items() if not condition]
    found = "_row IN (SELECT row FROM rsids WHERE number = {} AND source IN ({}))"
    closed = [
        f"({found.format(number, source)} AND {condition})" for source, condition in sources.items() if condition
    ]
    return [found.format(number, _listed(always)), *closed]


def _asked(tree: Filter, sources: Mapping[str, int | None]) -> list[Asked]:
    if isinstance(tree, Any_):
        parts = [_asked(part, sources) for part in tree.parts]
        return [one for part in parts for one in part] if all(parts) else []
    if not isinstance(tree, Condition) or tree.column not in sources:
        return []
    if tree.op not in (Operator.EQUAL, Operator.IN, Operator.LISTS):
        return []
    texts = [str(one) for one in (tree.value if isinstance(tree.value, list) else [tree.value])]
    if not texts or not all(map(is_rsid, texts)):
        return []
    return [Asked(frozenset(int(text[2:]) for text in texts), sources[tree.column])]


def _listed(numbers: Sequence[int] | frozenset[int] | set[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))
