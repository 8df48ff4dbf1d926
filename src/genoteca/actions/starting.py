"""Starting safely: an app that failed twice to start with its modules opens without them, and says so."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from pydantic import Field

from genoteca.actions.app import App
from genoteca.actions.checking import generations
from genoteca.actions.references import all_refs
from genoteca.actions.view import View
from genoteca.actions.words import change_words
from genoteca.engine.files import write_private
from genoteca.engine.modules import write_loaded_modules
from genoteca.errors import NotFoundError

__all__ = ["StartState", "begin_start", "start_state", "start_succeeded", "with_modules"]

FAILED_STARTS = 2
"""Starts in a row that may fail before modules are left out."""


class StartState(View):
    """How the app was started."""

    failed: int
    """Starts just before that did not succeed."""
    without_modules: bool
    new: list[str] = Field(default_factory=list)
    """What the last change of the modules was, in words: the likely cause."""
    roll_back_to: int | None = None
    """The generation before that change; null: there is none."""


def begin_start(app: App) -> StartState:
    """Note that the app starts, before anything of a module is read; decide whether it opens without them.

    The note stays on the disk until `start_succeeded`; one that is found there speaks of a start that failed.
    """
    failed = _failed(app)
    write_private(_marker(app), json.dumps({"starts": failed + 1}))
    app.without_modules = failed >= FAILED_STARTS and generations(app).current() is not None
    return start_state(app, failed)


def start_state(app: App, failed: int = 0) -> StartState:
    """Say how the app was started, and which module was new."""
    if not app.without_modules:
        return StartState(failed=failed, without_modules=False)
    installer = generations(app)
    current, older = installer.current(), [record.number for record in installer.history()]
    return StartState(
        failed=failed,
        without_modules=True,
        new=[change_words(change) for change in current.changes] if current else [],
        roll_back_to=max((n for n in older if current and n < current.number), default=None),
    )


def start_succeeded(app: App) -> None:
    """Note that the app is up, or was closed in good order; the next start is with all modules."""
    _marker(app).unlink(missing_ok=True)


def with_modules(app: App) -> None:
    """Use the modules again as they are, in an app that was opened without them.

    Raises:
        NotFoundError: it was not.

    """
    if not app.without_modules:
        raise NotFoundError("Genoteca was opened with its modules.", hint="Nothing is to be done.")
    app.without_modules = False
    write_loaded_modules(app.layout, all_refs(app.layout))


def _failed(app: App) -> int:
    """Read how many starts failed in a row; a note that was cut off speaks of one."""
    marker = _marker(app)
    if not marker.exists():
        return 0
    with suppress(OSError, ValueError, KeyError, TypeError):
        return int(json.loads(marker.read_text("utf-8"))["starts"])
    return 1


def _marker(app: App) -> Path:
    return app.layout.home / "starting"
