"""One file as it was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from genoteca.engine.asking import Credential
from genoteca.engine.checksum import Checksum
from genoteca.sdk.progress import Progress

__all__ = ["Order", "Share"]


@dataclass(kw_only=True, slots=True)
class Order:
    """One file as it was asked for."""

    source: str
    """As a person knows it."""
    address: str
    """Where its contents are."""
    expected: Checksum | None
    progress: Progress
    checksum_url: str = ""
    bytes: int = 0
    """As the publisher lists it; 0: not said before it answers."""
    release: str = ""
    """Name of the release; empty: the publisher's date."""
    credential: Credential | None = None
    """What the Hub is shown; None: the file is not the Hub's."""
    fraction: float = 0.0

    def say(self, message: str, fraction: float | None = None) -> None:
        """Report progress; without a fraction, the last one stands."""
        self.fraction = self.fraction if fraction is None else fraction
        self.progress(self.fraction, message)

    @property
    def fixed(self) -> bool:
        """Whether its contents can never change: a commit of the Hub says their digest."""
        return self.credential is not None

    @property
    def key(self) -> str:
        """What names its copy in the cache."""
        return str(self.expected) if self.fixed else self.source


@dataclass(frozen=True, slots=True)
class Share:
    """One file's share of the progress of a set."""

    progress: Progress
    start: float
    """Of the whole set, 0 to 1."""
    width: float
    name: str
    """Which file it is, in words."""

    def __call__(self, fraction: float, message: str) -> None:
        """Report the progress of the file as progress of the set."""
        self.progress(self.start + self.width * fraction, f"{self.name}: {message}")
