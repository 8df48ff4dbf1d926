"""A module's own filters: one click each on its results, with a plain label."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from genoteca.model.filter import Condition, Filter, Not

__all__ = ["SmartFilter", "columns_of"]


class SmartFilter(BaseModel):
    """A filter that a module offers for its own results."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    label: str = Field(min_length=2, max_length=40)
    """On the button: `Pathogenic, two stars or more`."""
    description: str = Field(min_length=10, max_length=300)
    """What is shown and what is left out, in a sentence."""
    where: Filter


def columns_of(tree: Filter) -> Iterator[str]:
    """Give the column of every condition of a filter."""
    if isinstance(tree, Condition):
        yield tree.column
    elif isinstance(tree, Not):
        yield from columns_of(tree.part)
    else:
        for part in tree.parts:
            yield from columns_of(part)
