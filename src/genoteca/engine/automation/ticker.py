"""The clock of what the app does by itself: a thread that looks again and again, as long as the app is open."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable

from genoteca.errors import GenotecaError

__all__ = ["BEAT", "TICK_EVERY", "Ticker"]

LOG = logging.getLogger(__name__)

TICK_EVERY = 10.0
"""Seconds between two looks at everything."""
BEAT = 1.0
"""Seconds between two looks at whether a backfill needs to be fed."""
LAST_TICK = 5.0
"""Seconds that a tick at work is waited for when the app closes."""


class Ticker:
    """Calls `tick` now and then, and `feed` more often; what goes wrong is logged, and the clock goes on."""

    def __init__(self, tick: Callable[[], object], feed: Callable[[], object]) -> None:
        self._tick, self._feed = tick, feed
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; safe to call again."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="by itself", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End, after the look that is going on."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(LAST_TICK)
            self._thread = None

    def wait(self) -> None:
        """Wait until somebody stops it."""
        self._stopping.wait()

    def _run(self) -> None:
        next_tick = time.monotonic()
        while not self._stopping.is_set():
            whole = time.monotonic() >= next_tick
            self._guarded(self._tick if whole else self._feed)
            if whole:
                next_tick = time.monotonic() + TICK_EVERY
            self._stopping.wait(BEAT)

    def _guarded(self, work: Callable[[], object]) -> None:
        try:
            work()
        except (GenotecaError, OSError, sqlite3.Error):
            LOG.exception("what is done by itself goes on after an error")
