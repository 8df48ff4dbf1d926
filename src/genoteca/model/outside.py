"""A request to another host: what is kept of every one that the app makes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

__all__ = ["Asked", "OnRequest", "OutsideRequest", "unheard"]


class Asked(NamedTuple):
    """A request as whoever made it tells of it."""

    address: str
    """Without a password and without a query."""
    bytes: int | None
    """Of the answer's body; None: whoever asked does not say."""
    outcome: str
    """`200` and the like, or why there was no answer."""


OnRequest = Callable[[Asked], None]


class OutsideRequest(BaseModel):
    """A request as it is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int
    time: datetime
    run_id: str | None
    """The run that made it; null: none, or one of a genome that was deleted since."""
    purpose: str
    """What it was for, in words."""
    url: str
    bytes: int | None
    outcome: str

    @property
    def host(self) -> str:
        """Give the host that was asked."""
        return urlsplit(self.url).hostname or self.url


def unheard(_asked: Asked) -> None:
    """Keep nothing: for where nothing can be asked."""
