"""Progress of the asset at work: spoken by modules, heard by whoever runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["Progress", "Sink", "of_asset", "report", "set_sink"]

Progress = Callable[[float, str], None]
"""Takes how far the work is (0 to 1) and what is being done now, in words."""

Sink = Callable[[str | None, float, str], None]
"""Takes the asset key joined with `/` (None: the run as a whole), the fraction and the message."""

_asset: ContextVar[str | None] = ContextVar("genoteca_asset", default=None)


def _silence(asset: str | None, fraction: float, message: str) -> None:
    """Nobody listens: a test, or a script of the author's own."""


_sinks: list[Sink] = [_silence]


def report(fraction: float, message: str) -> None:
    """Say how far the asset at work is (0 to 1) and what it does now. Silent where nobody listens."""
    _sinks[-1](_asset.get(), min(max(fraction, 0.0), 1.0), message)


def set_sink(sink: Sink | None) -> None:
    """Send progress to `sink` from now on; None: to nobody."""
    _sinks[-1] = sink or _silence


@contextmanager
def of_asset(key: str) -> Iterator[None]:
    """Say that progress reported inside belongs to the asset `key` (joined with `/`)."""
    token = _asset.set(key)
    try:
        yield
    finally:
        _asset.reset(token)
