"""Calls of a genome that a module could not use, by reason."""

from __future__ import annotations

from collections.abc import Mapping

from nicegui import ui

from genoteca.ui import words
from genoteca.ui.components.boxes import said, stack

__all__ = ["unusable_calls"]

AT_ONCE = 3
"""Reasons that are said at once; of more (such as one for each chromosome) the sum is."""


def unusable_calls(told: Mapping[str, int]) -> None:
    """Say how many calls could not be used and why; nothing where all could be."""
    lines = [_line(number, reason) for reason, number in told.items()]
    if len(lines) <= AT_ONCE:
        for line in lines:
            said(line, "faint")
        return
    whole = words.count(sum(told.values()))
    with (
        ui.expansion(f"{whole} calls of this genome cannot be used, for {len(lines)} reasons"),
        stack("tight"),
    ):
        for line in lines:
            said(line, "faint")


def _line(number: int, reason: str) -> str:
    calls = "1 call" if number == 1 else f"{words.count(number)} calls"
    return f"{calls} of this genome cannot be used: {reason}."
