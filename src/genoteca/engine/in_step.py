"""The app's queue and Dagster's own list of runs kept in step, by a process that never loads Dagster."""

from __future__ import annotations

import subprocess
from contextlib import suppress

from genoteca.engine.dagster_runs import DagsterRuns
from genoteca.engine.index import RunIndex
from genoteca.engine.process import run_child
from genoteca.engine.settle import is_unsettled
from genoteca.engine.stages import cancel_stages
from genoteca.model.run import RunStatus
from genoteca.settings import Settings

__all__ = ["InStep"]

LONGEST = 120
"""Seconds that telling Dagster may take."""


class InStep:
    """Looks into Dagster's database when somebody has written there, and tells it what it cannot know."""

    def __init__(self, settings: Settings, index: RunIndex) -> None:
        self._settings = settings
        self._index = index
        self._runs = DagsterRuns(settings.layout)
        self._heeded: tuple[int, ...] = ()
        self._settled: tuple[int, ...] = ()

    def heed(self) -> None:
        """Cancel what was cancelled in Dagster: its backfills and a forced end say so in its own database alone."""
        token = self._runs.token()
        if token == self._heeded:
            return
        self._heeded = token
        unfinished = self._index.with_status(RunStatus.QUEUED, RunStatus.RUNNING)
        for run_id in self._runs.cancelled([one.id for one in unfinished]):
            cancel_stages(self._index, run_id)

    def settle_when_due(self) -> None:
        """Tell Dagster of what was cancelled while it waited, or ended otherwise before it was begun."""
        token = (*self._index.token(), *self._runs.token())
        if token != self._settled:
            self._settled = token
            if is_unsettled(self._settings.layout, self._index):
                self.settle()

    def settle(self) -> None:
        """Tell Dagster which runs have ended; in a child, because this process never loads Dagster."""
        if self._settings.layout.dagster.is_dir():
            with suppress(subprocess.TimeoutExpired):  # the next worker settles as well, before it is ready
                run_child(self._settings, "genoteca.engine.settle", timeout=LONGEST)
