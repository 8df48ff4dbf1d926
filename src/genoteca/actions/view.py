"""What every view is made of, and the trouble that one may tell."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

__all__ = [
    "Reason",
    "ReasonKind",
    "Trouble",
    "View",
]


class View(BaseModel):
    """A value handed to a screen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Trouble(View):
    """An error as a screen shows it."""

    title: str
    message: str
    hint: str = ""
    detail: str = ""


class ReasonKind(StrEnum):
    """What it is that changed, where an answer is out of date."""

    MODULE = "module"
    DATA = "module data"
    CODE = "module code"
    MATCHING = "comparing"
    GENOME = "genome"
    LIMITS = "limits"
    SEX = "sex"
    READER = "reader"
    SEQUENCE = "reference sequence"
    SETTINGS = "settings"
    COLUMNS = "columns"
    REFERENCE = "reference"
    FILE = "file"
    REQUIRED = "required module"
    LIFT = "lift"
    DAMAGED = "damaged"
    """What is stored is not what was written: it is to be made again."""


class Reason(View):
    """Why an answer is out of date."""

    kind: ReasonKind
    words: str
    """As part of a sentence."""
    before: str = ""
    """What it was made with; empty: not known, or of no name."""
    after: str = ""
    """What there is now."""
    module: str = ""
    """The required module in whose answers it lies; empty: in this one's own."""
