"""Filters: one tree for the command line, the grid and a module's own filters."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, JsonValue

__all__ = ["All", "Any_", "Condition", "Filter", "Not", "Operator", "Sort"]


class Operator(StrEnum):
    """How a column is compared with a value."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    IN = "in"
    CONTAINS = "contains"
    STARTS_WITH = "starts with"
    LISTS = "lists"
    """One of the names in the cell, which `;` joins, is this one, in any case: `BRCA1` in `BRCA1;NBR2`."""
    EMPTY = "is empty"
    NOT_EMPTY = "is not empty"

    @property
    def words(self) -> str:
        """How it is said between a column and a value."""
        return _WORDS.get(self, self.value)


_WORDS = {
    Operator.EQUAL: "is",
    Operator.NOT_EQUAL: "is not",
    Operator.LESS: "is below",
    Operator.AT_MOST: "is at most",
    Operator.GREATER: "is above",
    Operator.AT_LEAST: "is at least",
    Operator.IN: "is one of",
}


class Node(BaseModel):
    """A node of the tree."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Condition(Node):
    """One column compared with one value; `is empty` and `is not empty` take none."""

    column: str
    op: Operator
    value: JsonValue = None


class All(Node):
    """Every part holds."""

    parts: list[Filter] = Field(alias="and")


class Any_(Node):  # noqa: N801 - `Any` is taken
    """At least one part holds."""

    parts: list[Filter] = Field(alias="or")


class Not(Node):
    """The part does not hold."""

    part: Filter = Field(alias="not")


Filter = Condition | All | Any_ | Not


class Sort(Node):
    """One column to sort by."""

    column: str
    descending: bool = False


for _node in (All, Any_, Not):
    _node.model_rebuild()
