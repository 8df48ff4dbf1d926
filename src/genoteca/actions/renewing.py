"""Making answers anew that stand already: the one rule by which new ones replace old ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from genoteca.actions.annotating import annotate

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = ["renew"]


def renew(app: App, key: str, modules: Sequence[str], *, take: bool | None = None) -> str:
    """Queue a look-up by modules about a genome that nobody asked for by name; gives the run.

    So asks whatever brings answers up to date: the button and the command, a policy, a backfill. What it finds waits
    beside the answers in force and is compared with them. Where nothing about the person differs it is taken at the
    end of the run; else it waits until the person has seen it. A first answer is in force at once.

    `take`: at once in any case; None: as the settings say.

    Raises:
        NotFoundError: there is no such sample or module.
        InputError: the sample was never read, or a chosen release cannot be used.

    """
    at_once = app.settings.changed_answers == "take" if take is None else take
    return annotate(app, key, modules, held=not at_once, settles=not at_once)
