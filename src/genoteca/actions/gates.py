"""Answers behind a question: shown, and exported, only once the person has agreed to see them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

from genoteca.model.column import GATE
from genoteca.model.filter import All, Any_, Condition, Filter, Operator

__all__ = ["Opened", "is_open", "open_rows", "without_closed"]

Opened: TypeAlias = bool | Collection[str]
"""The gates that the person has opened, by their texts; True: whatever there is, False: none."""


def is_open(gate: str, opened: Opened) -> bool:
    """Tell whether what stands behind a gate may be told; an empty gate asks for nothing."""
    if isinstance(opened, bool):
        return opened or not gate
    return not gate or gate in opened


def open_rows(opened: Collection[str]) -> Filter:
    """Give the rows behind no gate, or behind one that was opened."""
    ungated = Condition(column=GATE, op=Operator.EMPTY)
    agreed = [Condition(column=GATE, op=Operator.EQUAL, value=gate) for gate in sorted(opened)]
    return Any_.model_validate({"or": [ungated, *agreed]})


def without_closed(where: Filter | None, opened: Collection[str]) -> Filter:
    """Leave out of a view the rows behind a gate that was not opened."""
    return All.model_validate({"and": [open_rows(opened), *([where] if where else [])]})
