"""Which runs are wanted of thousands."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from genoteca.model.run import RunKind, RunStatus

__all__ = ["RunSearch", "Word"]


class Word(BaseModel):
    """One word that was searched for, and what it stands for; a run fits when any of it does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    """As it was typed: the beginning of a run's id, or a part of a sample's key."""
    modules: list[str] = Field(default_factory=list)
    """Ids of the modules whose name holds it."""
    samples: list[str] = Field(default_factory=list)
    """Keys of the samples whose name holds it."""
    kinds: list[RunKind] = Field(default_factory=list)


class RunSearch(BaseModel):
    """What runs must be like; whatever is empty asks for nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sample: str = ""
    """`user/sample`."""
    module: str = ""
    statuses: list[RunStatus] = Field(default_factory=list)
    words: list[Word] = Field(default_factory=list)
    """All of them must fit."""
