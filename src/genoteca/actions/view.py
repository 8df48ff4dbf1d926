"""What every view is made of, and the trouble that one may tell."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = [
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
