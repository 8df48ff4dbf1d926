"""How far an install is, and whether it is still wanted: told and asked between any two of its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from genoteca.errors import InstallError
from genoteca.model.outside import OnRequest, unheard

__all__ = ["QUIET", "Cancelled", "Progress", "Stages", "never", "silent"]

Progress = Callable[[float, str], None]
"""Called with a fraction and the stage in words."""
Cancelled = Callable[[], bool]
"""Asked often, from the thread that installs: whether the user wants it no more."""


def silent(_fraction: float, _stage: str) -> None:
    """Tell nobody."""


def never() -> bool:
    """Say that it is still wanted."""
    return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Stages:
    """The stages of one install."""

    progress: Progress = silent
    cancelled: Cancelled = never
    asked: OnRequest = unheard
    """Told of every request to another host."""

    def tell(self, fraction: float, stage: str) -> None:
        """Tell the next stage, if there is to be one. Raises InstallError when the install was cancelled."""
        self.go_on()
        self.progress(fraction, stage)

    def go_on(self) -> None:
        """Raise InstallError when the install was cancelled."""
        if self.cancelled():
            raise InstallError(
                "The install was cancelled; the modules are as they were before.",
                title="Cancelled",
                hint="Start it again whenever you like.",
            )


QUIET = Stages()
"""Nobody is told, nobody cancels."""
