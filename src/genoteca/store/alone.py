"""One change of the modules at a time, whoever makes it: the next one waits, and says so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from genoteca.errors import InstallError
from genoteca.store.stages import Stages

__all__ = ["alone"]

BEAT = 0.1
"""Seconds between two looks at whether another install has ended."""


@contextmanager
def alone(modules: Path, stages: Stages, *, wait_seconds: float) -> Iterator[None]:
    """Wait for the end of another install, in this process or another, then keep others waiting.

    Raises InstallError when the wait is cancelled, or longer than `wait_seconds`.
    """
    modules.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock, since = FileLock(modules / "modules.lock"), time.monotonic()
    while True:
        try:
            lock.acquire(timeout=min(BEAT, wait_seconds), poll_interval=BEAT / 4)
            break
        except Timeout as error:
            if time.monotonic() - since >= wait_seconds:
                raise InstallError(
                    f"Another install has been running for more than {wait_seconds:.0f} seconds",
                    hint="Wait until it is over, then try again.",
                ) from error
            stages.tell(0.0, "Waiting for another install")
    try:
        yield
    finally:
        lock.release()
