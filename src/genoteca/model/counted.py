"""A number with its noun."""

from __future__ import annotations

from genoteca.model.formats import whole

__all__ = ["counted"]


def counted(number: int, one: str, several: str = "") -> str:
    """Say a number with its noun: `1 site`, `2 sites`; `several`: where it is not `one` with an s."""
    return f"{whole(number)} {one if number == 1 else several or one + 's'}"
