"""A worker's voice: JSON lines on what was its standard output, which nobody else can write to any more."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TextIO

from pydantic import JsonValue

from genoteca.engine.job import READY
from genoteca.model.run import Line, LineKind

__all__ = ["Voice", "take_output"]

QUIET = 0.2
"""Seconds between two progress lines of one asset; each is a commit in `app.db`."""


def take_output() -> TextIO:
    """Take standard output for this process's own words; what anybody else prints goes to standard error."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return out


class Voice:
    """Speaks lines for one run, from any thread."""

    def __init__(self) -> None:
        self._out = take_output()
        self._lock = threading.Lock()
        self._spoken = 0
        self._last_progress: dict[str | None, float] = {}
        self.run_id = ""

    def ready(self) -> None:
        """Say that a job can be given."""
        self._write(READY)

    def say(
        self,
        kind: LineKind,
        asset: str | None = None,
        message: str = "",
        *,
        fraction: float | None = None,
        detail: dict[str, JsonValue] | None = None,
    ) -> None:
        """Speak one line."""
        self._spoken += 1
        line = Line(
            run_id=self.run_id,
            seq=self._spoken,
            time=datetime.now(UTC),
            kind=kind,
            asset=asset,
            fraction=fraction,
            message=message,
            detail=detail or {},
        )
        self._write(line.model_dump_json())

    def progress(self, asset: str | None, fraction: float, message: str) -> None:
        """Speak of progress, but not more often than anybody can read."""
        now = time.monotonic()
        if now - self._last_progress.get(asset, 0.0) >= QUIET:
            self._last_progress[asset] = now
            self.say(LineKind.PROGRESS, asset, message, fraction=fraction)

    def _write(self, text: str) -> None:
        # Nobody listens any more: the end of the input, which comes with it, ends the run.
        with self._lock, suppress(BrokenPipeError, ValueError):
            self._out.write(f"{text}\n")
            self._out.flush()
