"""Following a run from the terminal."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from genoteca import actions
from genoteca.actions import App
from genoteca.model.run import Run

__all__ = ["follow"]


def follow(app: App, run_id: str, *, quiet: bool) -> Run:
    """Follow a run until it is over; progress goes to the error stream of a terminal."""
    console = Console(stderr=True)
    hidden = quiet or not sys.stderr.isatty()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=hidden, transient=True) as progress:
        task = progress.add_task("Waiting", total=1.0)
        for line in actions.follow_run(app, run_id):
            seen = actions.show_run(app, run_id)
            told = (line.message[:60] or line.kind) + (f" ({seen.left})" if seen.left else "")
            progress.update(task, description=told, completed=seen.run.fraction)
    return actions.show_run(app, run_id).run
