"""The form of a table: names and types of its columns, in their order, told as a short digest.

It is the version of a table's schema: its own for every asset, apart from the versions of code and data. Of answers
it has two parts with a dot between: the columns that every answer has, and those of the module.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from genoteca.model.column import ANNOTATIONS, COVERAGE, STRUCTURAL, VARIANTS, Column, ColumnType

__all__ = ["OWN_FORMS", "declared_form", "form_of", "own_part", "stored_types"]

ANSWERS = "annotations"
NAMED = ("chrom", "evidence", "match")
"""Categories whose values the app knows."""
STORED: Mapping[ColumnType, str] = {
    ColumnType.TEXT: "String",
    ColumnType.CATEGORY: "String",
    ColumnType.LIST: "String",
    ColumnType.LINK: "String",
    ColumnType.INTEGER: "Int64",
    ColumnType.POSITION: "UInt32",
    ColumnType.COUNT: "UInt32",
    ColumnType.KEY: "UInt64",
    ColumnType.NUMBER: "Float64",
    ColumnType.FREQUENCY: "Float64",
    ColumnType.FLAG: "Boolean",
    ColumnType.STARS: "UInt8",
    ColumnType.BYTES: "Binary",
}
"""What a column is stored as, in the words of Polars; see `genome.schema`."""


def stored_types(columns: Iterable[Column]) -> dict[str, str]:
    """Give what each declared column is stored as."""
    return {one.name: "Enum" if _is_closed(one) else STORED[one.type] for one in columns}


def form_of(asset: Sequence[str], types: Mapping[str, str]) -> str:
    """Give the form of a table with these columns, by name the type that is stored."""
    if asset[-1] != ANSWERS:
        return _digest(types)
    own = {name: types[name] for name in _OWN if name in types}
    return f"{_digest(own)}.{_digest({name: told for name, told in types.items() if name not in own})}"


def declared_form(asset: Sequence[str], columns: Iterable[Column]) -> str:
    """Give the form of a table that holds these columns."""
    return form_of(asset, stored_types(columns))


def own_part(form: str) -> str:
    """Give the part of an answer's form that is the app's, not the module's."""
    return form.partition(".")[0]


def _is_closed(column: Column) -> bool:
    return column.type is ColumnType.CATEGORY and (column.name in NAMED or bool(column.values))


def _digest(types: Mapping[str, str]) -> str:
    told = "\n".join(f"{name} {stored}" for name, stored in types.items())
    return hashlib.sha256(told.encode()).hexdigest()[:8]


_OWN = [one.name for one in ANNOTATIONS]
OWN_FORMS: Mapping[str, str] = {
    "variants": declared_form(["sample", "variants"], VARIANTS),
    "coverage": declared_form(["sample", "coverage"], COVERAGE),
    "structural": declared_form(["sample", "structural"], STRUCTURAL),
    ANSWERS: own_part(declared_form(["", ANSWERS], ANNOTATIONS)),
}
"""The forms that this Genoteca gives the tables of a genome, and its own part of answers."""
