"""What one rule found in a module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Broken", "Finding", "look"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The verdict of one rule."""

    rule: str
    """Name of the rule."""
    ok: bool
    message: str
    """What was found; when it is broken: what was given, what was expected, where."""
    hint: str = ""
    """What to do about it; empty when all is well."""


class Broken(Exception):  # noqa: N818 - a verdict on its way to its Finding, never shown as an error
    """A rule that is not kept."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def look(rule: Callable[..., str], *subjects: object) -> Finding:
    """Apply a rule. It returns what it saw, or raises Broken; its name is its function's."""
    name = rule.__name__.replace("_", " ")
    try:
        return Finding(rule=name, ok=True, message=rule(*subjects))
    except Broken as broken:
        return Finding(rule=name, ok=False, message=broken.message, hint=broken.hint)
