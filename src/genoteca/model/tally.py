"""What was counted of a table of answers for a picture of it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["STRETCH", "Tally"]

STRETCH = 2_000_000
"""Bases of a chromosome that are counted together."""


class Tally(BaseModel):
    """How many answers stand where on the chromosomes, and in which class."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: int = 0
    places: dict[str, dict[int, int]] = Field(default_factory=dict)
    """By chromosome: the answers in each stretch that has any; stretch 0 holds the bases 1 to `STRETCH`."""
    classes: dict[str, int] = Field(default_factory=dict)
    """By the value of a category, most first; answers without a value are left out."""
