"""Answers behind a question, in the wide table: their cells are empty to whoever has not opened them.

A closed cell is empty to filters, sorts, searches and counts as well, and a row that stands there for a closed answer
alone is left out: nothing tells what is closed, nor how much of it there is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from genoteca.engine.results.explore.spec import WideAbout
from genoteca.engine.results.sql import quoted
from genoteca.model.column import GATE

__all__ = ["NEVER", "Closed"]

NEVER = "false"
"""The SQL of what is closed in every row."""


@dataclass(frozen=True, kw_only=True)
class Closed:
    """What stays closed: whole modules, and of the others the rows behind a gate that was not opened."""

    modules: frozenset[str] = frozenset()
    opened: Mapping[str, Collection[str]] | None = None
    """By module: gates that were opened; None: none is closed."""

    def is_open(self, module: str, names: Mapping[str, str]) -> str:
        """Give the SQL that says whether a module's answer in a row may be told; empty: it always may."""
        if module in self.modules:
            return NEVER
        if self.opened is None or GATE not in names:
            return ""
        gate = quoted(names[GATE])
        agreed = "".join(f" OR {gate} = {_text(one)}" for one in sorted(self.opened.get(module, ())))
        return f"({gate} IS NULL{agreed})"

    def some_closed(self, module: str, gates: Collection[str]) -> bool:
        """Tell whether some of a module's answers, behind one of these gates, may not be told."""
        return self.opened is not None and not set(gates).issubset(self.opened.get(module, ()))

    def expressions(self, about: WideAbout) -> dict[str, str]:
        """Give what stands for each column that may be closed."""
        said: dict[str, str] = {}
        for module, names in about.names.items():
            condition = self.is_open(module, names)
            if condition:
                said |= {name: f"(CASE WHEN {condition} THEN {quoted(name)} END)" for name in names.values()}
        return said

    def visible(self, about: WideAbout) -> str:
        """Give the SQL of the rows that may be listed; empty: all may."""
        parts: Sequence[str] = [
            f"({quoted(names['evidence'])} IS NULL OR {condition})"
            for module, names in about.names.items()
            if (condition := self.is_open(module, names))
        ]
        return f"(row_kind = 'variant' OR ({' AND '.join(parts)}))" if parts else ""


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
