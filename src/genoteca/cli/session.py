"""What every command shares: the settings, whether JSON is asked for, and the app opened once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Protocol

import typer

from genoteca import actions
from genoteca.actions import App
from genoteca.model.run import RunStatus
from genoteca.settings import Settings

__all__ = ["Json", "OpenUi", "Session", "session"]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of words.")]


class OpenUi(Protocol):
    """Opens the desktop and returns when it is closed."""

    def __hash__(self) -> int:
        """One and the same opener is one key."""

    def __call__(
        self,
        settings: Settings,
        *,
        browser: bool,
        announce: Callable[[str], None],
        preview: actions.PreviewRequest | None = None,
    ) -> None:
        """Open it; `browser` also opens the system's browser on it.

        `announce` is told the address with its key. `preview`: a module's folder to load and watch.
        """


@dataclass(kw_only=True, slots=True)
class Session:
    """One call of the command line."""

    home: Path | None
    open_ui: OpenUi
    verbose: bool = False

    def settings(self, **more: object) -> Settings:
        """Read the settings, those of this call first."""
        found = Settings(home=self.home.expanduser().absolute()) if self.home else Settings()
        return Settings.model_validate({**found.model_dump(), **more})

    @contextmanager
    def app(self, *, executing: bool = False) -> Iterator[App]:
        """Open the data folder; `executing` also works the queue, unless an open app does."""
        # A command ends with its run: a worker kept warm for the next one would only be in the way.
        app = actions.open_app(self.settings(standby_seconds=0))
        try:
            if executing:
                actions.start(app)
            yield app
            _leave(app)
        finally:
            actions.close(app)


def _leave(app: App) -> None:
    """Let the run at work end that another command left in the queue; Ctrl-C stops it."""
    for run in app.index.with_status(RunStatus.RUNNING) if app.executor.executing else []:
        sys.stderr.write(f"Run {run.id[:8]} was waiting in the queue; it is finished first (Ctrl-C stops it).\n")
    app.executor.finish()


def session(context: typer.Context) -> Session:
    """Give this call's session."""
    found = context.find_object(Session)
    if found is None:
        raise RuntimeError("the root command did not set the session")
    return found
