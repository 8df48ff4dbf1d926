"""How a module's classes weigh against each other, so that the app can say in which direction one changed."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["Scale"]


class Scale(BaseModel):
    """The order of a category's values. A value that is in none of the lists has no place in the order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weighty: tuple[tuple[str, ...], ...] = Field(min_length=1)
    """Classes that a person would want to be told of, the weightiest first; those in one list weigh the same."""
    unsettled: tuple[str, ...] = ()
    """Classes that say that nobody knows yet."""
    light: tuple[tuple[str, ...], ...] = ()
    """Classes that say that nothing is to be expected, the lightest last."""
    stars: str = ""
    """The module's column with the stars of the class; empty: it has none."""

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        names = [value for level in self.levels for value in level]
        if doubled := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"classes named twice in a scale: {', '.join(doubled)}")
        return self

    @property
    def levels(self) -> tuple[tuple[str, ...], ...]:
        """Every level, the weightiest first."""
        return (*self.weighty, *([self.unsettled] if self.unsettled else []), *self.light)

    @property
    def places(self) -> dict[str, int]:
        """Give the level of each class: 0 is the weightiest."""
        return {value: place for place, level in enumerate(self.levels) for value in level}
