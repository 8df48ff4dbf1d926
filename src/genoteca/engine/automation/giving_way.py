"""What is done by itself gives way to a person who waits for its end: it stops at the next place where it may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from genoteca.settings import Layout

__all__ = ["asked_to_give_way", "asking_to_give_way"]


def asked_to_give_way(layout: Layout) -> bool:
    """Whether somebody waits at this moment, in whatever process; one that was killed waits no more."""
    try:
        FileLock(_place(layout), mode=0o600).acquire(timeout=0).lock.release()
    except Timeout:
        return True
    return False


@contextmanager
def asking_to_give_way(layout: Layout) -> Iterator[None]:
    """Ask, for as long as this lasts; several may wait one after the other."""
    with FileLock(_place(layout), mode=0o600):
        yield


def _place(layout: Layout) -> Path:
    return layout.home / "giving-way.lock"
