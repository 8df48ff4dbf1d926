"""Where a just-dna module comes from."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Origin"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a module was taken from."""

    given: str
    """As it was named; of the Hub with the commit."""
    name: str
    """What it is called where it does not say so itself."""
    url: str = ""
    """An address that leads to it; empty: it was a file or folder."""
    release: str = ""
    card_licence: str = ""
    """What the card of the dataset on the Hub states."""
