"""Addresses to which the pictures of the overview lead: the explorer, narrowed to what was clicked."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from genoteca.actions.overview import ModuleOverview
from genoteca.actions.views import AnswerState
from genoteca.model.carrying import carrying
from genoteca.model.filter import All, Any_, Condition, Filter, Operator
from genoteca.model.wide import wide_name

__all__ = ["explore", "explore_chromosome", "explore_class"]


def explore(key: str, where: Filter) -> str:
    """Give the address of the explorer with a filter."""
    return f"/explore/{key}?where={quote(where.model_dump_json(by_alias=True, exclude_defaults=True))}"


def explore_class(key: str, one: ModuleOverview, value: str) -> str:
    """Lead to what a genome carries of one class of a module; where it may not be in the explorer, to its table."""
    if one.answer.state is not AnswerState.UP_TO_DATE:
        return _table(key, one)
    column = one.class_column.name if one.class_column else ""
    parts = [
        Condition(column=wide_name(one.answer.module, column), op=Operator.EQUAL, value=value),
        _carried(one),
    ]
    return explore(key, All.model_validate({"and": parts}))


def explore_chromosome(key: str, modules: Sequence[ModuleOverview], chrom: str) -> str:
    """Lead to what the modules found on one chromosome; where none may be in the explorer, to their tables."""
    held = [one for one in modules if one.answer.state is AnswerState.UP_TO_DATE]
    if modules and not held:
        return _table(key, modules[0]) if len(modules) == 1 else f"/results/{key}"
    there = Condition(column="chrom", op=Operator.EQUAL, value=chrom)
    found = Any_.model_validate({"or": [_carried(one) for one in held]})
    return explore(key, All.model_validate({"and": [there, found]}))


def _table(key: str, one: ModuleOverview) -> str:
    """Give the address of a module's own table: its answers are of another reading, perhaps, or being made anew."""
    return f"/results/{key}/{one.answer.module}"


def _carried(one: ModuleOverview) -> Filter:
    evidence, dosage = (wide_name(one.answer.module, name) for name in ("evidence", "dosage"))
    return carrying(evidence, Condition(column=dosage, op=Operator.AT_LEAST, value=1))
