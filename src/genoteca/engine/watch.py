"""Watching one worker do one run: passing a wish to stop on, and knowing how it ended."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psutil

from genoteca.engine.index import RunIndex
from genoteca.engine.process import WorkerProcess
from genoteca.engine.tally import Tally
from genoteca.errors import RunError
from genoteca.model.run import CLOSED, Line, Run, RunStatus

__all__ = ["Watch"]


class Watch:
    """Listens to one worker, passes a wish to stop on, and knows how the run ended."""

    def __init__(
        self, index: RunIndex, run: Run, worker: WorkerProcess, *, grace: float, stopping: Callable[[], bool]
    ) -> None:
        self.index = index
        self.run = run
        self.worker = worker
        self.grace = grace
        self.stopping = stopping
        self.tally = Tally(run.wanted)
        self.killed = False
        self._asked_at: float | None = None

    def hear(self, line: Line | None) -> None:
        """Take in one line, or a silence."""
        if line is not None:
            changes = self.tally.hear(line)
            self.index.add_line(line)
            if changes:
                self.index.update(self.run.id, **changes)
        if self._asked_at is None and self._is_wanted():
            self.worker.ask_to_stop()
            self._asked_at = time.monotonic()
        elif self._asked_at is not None and time.monotonic() - self._asked_at > self.grace:
            self.killed = True
            self.worker.kill()

    def _is_wanted(self) -> bool:
        if self.index.get(self.run.id).status is RunStatus.CANCELLING:
            return True
        return self.stopping() and not _is_another_s(self.index.asked_by(self.run.id))

    @property
    def ended_in_order(self) -> bool:
        """Whether the worker said its last line, and Dagster therefore knows the end as well."""
        return self.tally.ending is not None and not self.killed

    @property
    def over(self) -> bool:
        """Whether the worker has said its last line."""
        return self.tally.ending is not None

    def changes(self) -> dict[str, Any]:
        """Give the fields with which the run ends."""
        return {**(ended := self._end()), **self._closed(RunStatus(ended["status"]))}

    def _closed(self, status: RunStatus) -> dict[str, Any]:
        """Say of a run that was stopped by nobody's wish that the app was closed: whoever wants it asks again."""
        unwished = self._asked_at is not None and self.index.get(self.run.id).status is not RunStatus.CANCELLING
        return {"message": CLOSED} if unwished and status is RunStatus.CANCELLED else {}

    def _end(self) -> dict[str, Any]:
        told = self.tally.end()
        if told and not self.killed:
            half = self.run.cancelled_assets and told["status"] is RunStatus.SUCCEEDED
            return {**told, "status": RunStatus.CANCELLED} if half else told
        if self._asked_at is not None:
            return {"status": RunStatus.CANCELLED, "ended": datetime.now(UTC), "message": ""}
        return self.tally.end_without_word(_death(self.worker.wait()))


def _is_another_s(pid: int | None) -> bool:
    """Tell whether another process, which is still there, asked for a run."""
    return pid is not None and pid != os.getpid() and psutil.pid_exists(pid)


def _death(code: int | None) -> RunError:
    if code == -9:
        return RunError(
            "The worker was killed from outside, most often because the computer ran out of memory.",
            title="The worker was killed",
            hint="Close other programs, or set the engine to duckdb, which takes less memory; then run it again.",
        )
    return RunError(
        f"The worker ended without a word (exit code {code}).",
        title="The worker stopped unexpectedly",
        hint="logs/worker.log in the data folder may say why. Run it again.",
    )
