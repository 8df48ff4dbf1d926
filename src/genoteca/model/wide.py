"""How the columns of modules are named in the wide table, where those of many stand beside each other."""

from __future__ import annotations

from genoteca.model.module import fold

__all__ = ["LONGEST_NAME", "wide_name"]

LONGEST_NAME = 63


def wide_name(module_id: str, column: str) -> str:
    """Name a module's column: the module's id with `_` for `-`, then its own; a name that is taken gains a number."""
    return f"{fold(module_id)}_{column}"[:LONGEST_NAME]
