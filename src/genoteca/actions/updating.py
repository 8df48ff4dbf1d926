"""Bringing up to date what is out of date, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from genoteca.actions.genome import read_again
from genoteca.actions.held_changes import preview_update
from genoteca.actions.renewing import renew
from genoteca.actions.rereading import why_read_again
from genoteca.actions.status import SampleStatus, status
from genoteca.actions.troubles import trouble_from
from genoteca.actions.view import Trouble, View
from genoteca.engine.samples import read_sample
from genoteca.errors import GenotecaError
from genoteca.model.run import Run
from genoteca.model.sample import SampleId

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = ["Updated", "update"]


class Updated(View):
    """What was queued to bring answers up to date."""

    runs: list[Run] = Field(default_factory=list)
    """Those that ask modules, one for each genome; what they wait for is queued before them."""
    refused: dict[str, Trouble] = Field(default_factory=dict)
    """By sample: why nothing was queued for it."""


def update(app: App, sample: str = "", module: str = "", *, held: bool = False, take: bool | None = None) -> Updated:
    """Queue the making of every answer that is out of date; of one genome or one module, where it is named.

    New answers that would change something about the person wait until they were looked at (`renew`); those that wait
    already, or that the person has left, are not made again. `take`: they are used at once; None: as is set.

    A genome that should be read again is read first; a module's data, where that is what changed, is prepared first;
    an answer that another builds on, and that is out of date too, is made first. Nothing else is made.

    `held`: all of them wait, whether they change anything or not. A genome is not read again then, for its own tables
    cannot wait.

    Raises:
        NotFoundError: no such sample, or no such module is installed and usable.

    """
    runs, refused = list[Run](), dict[str, Trouble]()
    for one in status(app, sample, module).samples:
        if one.old:
            try:
                run = preview_update(app, one.sample, one.old) if held else _queued(app, one, take=take)
                runs.append(app.index.get(run))
            except GenotecaError as error:  # one genome that cannot be asked keeps no other from it
                refused[one.sample] = trouble_from(error)
    return Updated(runs=runs, refused=refused)


def _queued(app: App, told: SampleStatus, *, take: bool | None) -> str:
    if why_read_again(app, read_sample(app.layout, SampleId.parse(told.sample))):
        read_again(app, told.sample)
    return renew(app, told.sample, told.old, take=take)
