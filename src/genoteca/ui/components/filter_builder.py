"""Building a filter by hand: conditions joined by all or any, turned round by not, each with the rows it leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from nicegui import ui
from pydantic import JsonValue

from genoteca.actions import ExploreColumn
from genoteca.errors import GenotecaError
from genoteca.model.column import ColumnType
from genoteca.model.filter import All, Any_, Condition, Filter, Not, Operator
from genoteca.ui import words
from genoteca.ui.components.boxes import box, row, said
from genoteca.ui.components.buttons import act, icon_act
from genoteca.ui.components.grid_columns import NUMBERS

__all__ = ["FilterBuilder", "Group", "Rule", "built", "taken_apart"]

FIGURES = (Operator.EQUAL, Operator.NOT_EQUAL, Operator.LESS, Operator.AT_MOST, Operator.GREATER, Operator.AT_LEAST)
CHOSEN = (Operator.IN, Operator.EQUAL, Operator.NOT_EQUAL, Operator.CONTAINS)
TEXTS = (Operator.CONTAINS, Operator.EQUAL, Operator.NOT_EQUAL, Operator.STARTS_WITH, Operator.LISTS, Operator.IN)
BARE = (Operator.EMPTY, Operator.NOT_EMPTY)

Count = Callable[[Filter], Awaitable[int]]
Values = Callable[[str], Awaitable[list[str]]]


@dataclass(kw_only=True, eq=False)
class Rule:
    """One condition, perhaps not whole yet."""

    column: str = ""
    op: Operator = Operator.CONTAINS
    value: JsonValue = None
    negated: bool = False


@dataclass(kw_only=True, eq=False)
class Group:
    """Conditions and groups, all or any of which must hold."""

    any: bool = False
    negated: bool = False
    parts: list[Rule | Group] = field(default_factory=list)


def taken_apart(where: Filter | None) -> Group:
    """Give a filter as a group to edit; of None an empty one."""
    if where is None:
        return Group()
    made = _part(where)
    return made if isinstance(made, Group) else Group(parts=[made])


def _part(where: Filter) -> Rule | Group:
    match where:
        case Condition():
            return Rule(column=where.column, op=where.op, value=where.value)
        case Not():
            inner = _part(where.part)
            if inner.negated:
                return Group(negated=True, parts=[inner])
            inner.negated = True
            return inner
        case All() | Any_():
            return Group(any=isinstance(where, Any_), parts=[_part(one) for one in where.parts])


def built(node: Rule | Group) -> Filter | None:
    """Give the filter that was built; None: nothing of it is whole."""
    made = _rule(node) if isinstance(node, Rule) else _group(node)
    return Not.model_validate({"not": made}) if made is not None and node.negated else made


def _rule(rule: Rule) -> Filter | None:
    if not rule.column or (rule.op not in BARE and rule.value in (None, "", [])):
        return None
    return Condition(column=rule.column, op=rule.op, value=None if rule.op in BARE else rule.value)


def _group(group: Group) -> Filter | None:
    parts = [made for part in group.parts if (made := built(part)) is not None]
    if not parts:
        return None
    return Any_.model_validate({"or": parts}) if group.any else All.model_validate({"and": parts})


class FilterBuilder:
    """The builder, drawn in its place; `filter` is what was built so far."""

    def __init__(
        self,
        columns: Mapping[str, ExploreColumn],
        labels: Mapping[str, str],
        where: Filter | None,
        count: Count,
        values: Values,
    ) -> None:
        self._columns, self._labels = columns, dict(labels)
        self._count, self._values = count, values
        self._root = taken_apart(where)
        self._lives: list[tuple[Rule | Group, ui.label]] = []
        self._box = box("builder")
        self._counting = 0
        self._draw()

    @property
    def filter(self) -> Filter | None:
        """Give the filter as it is now."""
        return built(self._root)

    def set(self, where: Filter | None) -> None:
        """Edit another filter."""
        self._root = taken_apart(where)
        self._draw()

    def _draw(self) -> None:
        self._box.clear()
        self._lives = []
        if not self._root.parts:
            self._root.parts.append(Rule())
        with self._box:
            self._draw_group(self._root, None)
            ui.timer(0.05, self._tell, once=True)  # in the box: the button that was pressed is gone by now

    def _draw_group(self, group: Group, parent: Group | None) -> None:
        with box("builder-group").props('role=group aria-label="Conditions"'):
            with row("keep tight"):
                ui.toggle(
                    {False: "All hold", True: "Any holds"}, value=group.any, on_change=partial(self._join, group)
                ).props("dense no-caps unelevated")
                ui.checkbox("not", value=group.negated, on_change=partial(self._negate, group)).props("dense")
                said("", "grow")
                self._live(group)
                if parent is not None:
                    icon_act("close", "Remove the group", partial(self._remove, group, parent))
            for part in group.parts:
                if isinstance(part, Group):
                    self._draw_group(part, group)
                else:
                    self._draw_rule(part, group)
            with row("keep tight"):
                act("Condition", partial(self._add, group, Rule), kind="quiet", icon="add", more="small-act")
                act("Group", partial(self._add, group, Group), kind="quiet", icon="add", more="small-act")

    def _draw_rule(self, rule: Rule, group: Group) -> None:
        with box("builder-rule"):
            pick = ui.select(
                self._labels,
                value=rule.column if rule.column in self._labels else None,
                label="Column",
                with_input=True,
            )
            pick.on_value_change(lambda event: self._take(rule, str(event.value or "")))
            offered = self._offered(rule)
            sign = ui.select(
                {op: op.words for op in offered}, value=rule.op if rule.op in offered else offered[0], label="How"
            )
            sign.on_value_change(lambda event: self._compare(rule, Operator(event.value)))
            self._draw_value(rule)
            self._live(rule)
            with row("keep tight"):
                ui.checkbox("not", value=rule.negated, on_change=partial(self._negate, rule)).props("dense")
                icon_act("close", "Remove the condition", partial(self._remove, rule, group))

    def _draw_value(self, rule: Rule) -> None:
        kind = self._kind(rule)
        if rule.op in BARE or rule.column not in self._columns:
            said("", "faint")
        elif kind is ColumnType.FLAG:
            field_ = ui.select({True: "yes", False: "no"}, value=rule.value if isinstance(rule.value, bool) else None)
            field_.on_value_change(lambda event: self._value(rule, event.value))
        elif rule.op is Operator.IN:
            self._draw_choice(rule)
        elif kind in NUMBERS or kind is ColumnType.STARS:
            number = ui.number(value=rule.value if isinstance(rule.value, int | float) else None, label="Value")
            number.on_value_change(lambda event: self._value(rule, event.value))
        else:
            text = ui.input("Value", value=str(rule.value or "")).props("debounce=300")
            text.on_value_change(lambda event: self._value(rule, event.value))

    def _draw_choice(self, rule: Rule) -> None:
        now = [str(one) for one in rule.value] if isinstance(rule.value, list) else []
        declared = self._columns[rule.column].column.values
        known = list(dict.fromkeys([*declared, *now]))
        choice = ui.select(
            known, value=now, label="Values", multiple=True, with_input=True, new_value_mode="add-unique"
        )
        choice.on_value_change(lambda event: self._value(rule, list(event.value or [])))
        if not declared:

            async def offer() -> None:
                found = await self._values(rule.column)
                choice.set_options(list(dict.fromkeys([*found, *now])), value=now)

            ui.timer(0.05, offer, once=True)

    def _live(self, node: Rule | Group) -> None:
        self._lives.append((node, said("", "live").props("aria-live=polite")))

    async def _tell(self) -> None:
        """Count what every part leaves by itself; a newer change makes an older count stop."""
        self._counting += 1
        mine = self._counting
        for node, label in list(self._lives):
            made = built(node)
            told = ""
            if made is not None:
                try:
                    told = words.count(await self._count(made))
                except GenotecaError as error:
                    told = error.title
            if mine != self._counting or label.is_deleted:
                return
            label.set_text(told)

    def _kind(self, rule: Rule) -> ColumnType:
        return self._columns[rule.column].column.type if rule.column in self._columns else ColumnType.TEXT

    def _offered(self, rule: Rule) -> tuple[Operator, ...]:
        kind = self._kind(rule)
        usual: tuple[Operator, ...] = CHOSEN if kind is ColumnType.CATEGORY else TEXTS
        if kind is ColumnType.FLAG:
            usual = (Operator.EQUAL,)
        elif kind in NUMBERS or kind is ColumnType.STARS:
            usual = FIGURES
        mine = (rule.op,) if rule.value is not None and rule.op not in (*usual, *BARE) else ()
        return (*usual, *mine, *BARE)

    def _take(self, rule: Rule, column: str) -> None:
        rule.column, rule.value = column, None
        rule.op = self._offered(rule)[0]
        self._draw()

    def _compare(self, rule: Rule, op: Operator) -> None:
        if (op is Operator.IN) != (rule.op is Operator.IN):
            rule.value = None
        rule.op = op
        self._draw()

    async def _value(self, rule: Rule, value: JsonValue) -> None:
        rule.value = value
        await self._tell()

    def _join(self, group: Group, event: object) -> None:
        group.any = bool(getattr(event, "value", False))
        self._draw()

    async def _negate(self, node: Rule | Group, event: object) -> None:
        node.negated = bool(getattr(event, "value", False))
        await self._tell()

    def _add(self, group: Group, kind: type[Rule | Group]) -> None:
        group.parts.append(kind() if kind is Rule else Group(any=not group.any, parts=[Rule()]))
        self._draw()

    def _remove(self, node: Rule | Group, parent: Group) -> None:
        parent.parts.remove(node)
        self._draw()
