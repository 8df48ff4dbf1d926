"""Answers behind a question: shown, and exported, only once the person has agreed to see them."""

from __future__ import annotations

from collections.abc import Collection

from genoteca.model.column import GATE
from genoteca.model.filter import All, Any_, Condition, Filter, Operator

__all__ = ["open_rows", "without_closed"]


def open_rows(opened: Collection[str]) -> Filter:
    """Give the rows behind no gate, or behind one that was opened."""
    ungated = Condition(column=GATE, op=Operator.EMPTY)
    agreed = [Condition(column=GATE, op=Operator.EQUAL, value=gate) for gate in sorted(opened)]
    return Any_.model_validate({"or": [ungated, *agreed]})


def without_closed(where: Filter | None, opened: Collection[str]) -> Filter:
    """Leave out of a view the rows behind a gate that was not opened."""
    return All.model_validate({"and": [open_rows(opened), *([where] if where else [])]})
