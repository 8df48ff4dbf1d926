"""Following a run from the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from genoteca import actions
from genoteca.actions import App
from genoteca.model.run import Run

__all__ = ["follow", "shown_progress"]


def follow(app: App, run_id: str, *, quiet: bool) -> Run:
    """Follow a run until it is over; progress goes to the error stream of a terminal."""
    with shown_progress("Waiting", quiet=quiet) as report:
        for line in actions.follow_run(app, run_id):
            seen = actions.show_run(app, run_id)
            told = (line.message[:60] or line.kind) + (f" ({seen.left})" if seen.left else "")
            report(seen.run.fraction, told)
    return actions.show_run(app, run_id).run


@contextmanager
def shown_progress(first: str, *, quiet: bool) -> Iterator[Callable[[float | None, str], None]]:
    """Show progress on the error stream of a terminal; gives what takes the fraction and the words."""
    hidden = quiet or not sys.stderr.isatty()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=hidden, transient=True) as progress:
        task = progress.add_task(first, total=1.0)
        yield lambda fraction, words: progress.update(task, description=words, completed=fraction)
