"""How much of the past is kept: of runs, and of results that were replaced."""

from __future__ import annotations

from datetime import UTC, datetime

from genoteca.actions.app import App
from genoteca.actions.view import View
from genoteca.engine.retention import AT_ONCE, HistorySize, outdated_runs, prune_runs
from genoteca.engine.retention import history_size as size_of

__all__ = ["HistorySize", "Pruned", "history_size", "prune"]


class Pruned(View):
    """What was dropped of the history, or would be."""

    runs: list[str]
    before: HistorySize
    after: HistorySize


def history_size(app: App) -> HistorySize:
    """Count what runs and older results take."""
    return size_of(app.layout)


def prune(app: App, *, dry_run: bool = False, now: datetime | None = None) -> Pruned:
    """Drop the runs that the settings let go (`dry_run`: only name them). The open app does it by itself.

    Raises:
        DataFolderError: they could not be dropped.

    """
    before = size_of(app.layout)
    runs = outdated_runs(app.settings, now or datetime.now(UTC))
    for begin in range(0, 0 if dry_run else len(runs), AT_ONCE):
        prune_runs(app.settings, runs[begin : begin + AT_ONCE])
    return Pruned(runs=runs, before=before, after=size_of(app.layout))
