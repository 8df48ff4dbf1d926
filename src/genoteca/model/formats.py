"""How numbers and moments are written: one choice for the whole process, made by the desktop from its settings.

The command line leaves it as it is: what a script reads does not change with how somebody's screen looks.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

__all__ = ["Formats", "chosen_formats", "decimal", "moment", "use_formats", "whole", "written"]

NARROW_SPACE = "\u202f"
"""Sets thousands apart as the SI Brochure asks for (section 5.4.4, https://www.bipm.org/en/publications/si-brochure);
no line is broken at it."""


class Formats(StrEnum):
    """A way to write numbers and moments."""

    ENGLISH = "english"
    """1,234,567.8 and 5 Mar 2026, 14:05."""
    ISO = "iso"
    """1 234 567.8 and 2026-03-05 14:05 (ISO 8601: the same in every language)."""
    ISO_COMMA = "iso-comma"
    """1 234 567,8 and 2026-03-05 14:05."""


class _Choice:
    formats = Formats.ENGLISH


def use_formats(formats: Formats) -> None:
    """Write so from now on."""
    _Choice.formats = formats


def chosen_formats() -> Formats:
    """Give how numbers and moments are written now."""
    return _Choice.formats


def whole(number: int) -> str:
    """Write a whole number with thousands set apart."""
    return written(f"{number:,}")


def decimal(number: float, digits: int) -> str:
    """Write a number with so many digits behind the decimal sign."""
    return written(f"{number:,.{digits}f}")


def moment(local: datetime) -> str:
    """Write a moment, to the minute, in the time zone that it is given in."""
    if _Choice.formats is Formats.ENGLISH:
        return f"{local.day} {local:%b %Y, %H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"


def written(english: str) -> str:
    """Write a figure that is written in English."""
    match _Choice.formats:
        case Formats.ISO:
            return english.replace(",", NARROW_SPACE)
        case Formats.ISO_COMMA:
            return english.replace(",", NARROW_SPACE).replace(".", ",")
        case _:
            return english
