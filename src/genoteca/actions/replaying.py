"""Doing a run once more exactly as its record says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genoteca.actions import references
from genoteca.engine.samples import read_sample
from genoteca.errors import InputError, NotFoundError
from genoteca.model.sample import SampleId

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = ["replay_run"]


def replay_run(app: App, run_id: str) -> str:
    """Queue a run with the request of another, as it stands in its record; gives the new run.

    Unlike to run it again, nothing is asked anew: what was reused is not made, no data is fetched before it, and what
    came to be out of date since is made with what there is now.

    Raises:
        InputError: it is not over, or had nothing to make.
        NotFoundError: there is no such run, or its genome or a module is gone.

    """
    run = app.index.get(run_id)
    if not run.status.over:
        raise InputError(
            f"The run {run.id[:8]} is {run.status}.", title="This run is not over", hint="Cancel it first."
        )
    if run.request.partition is not None:
        read_sample(app.layout, SampleId.parse(run.request.partition))
    usable = references.usable_modules(app.layout)
    gone = [one for one in run.request.modules if one not in usable and one not in run.request.reused]
    if gone:
        raise NotFoundError(
            f"The run {run.id[:8]} asked {', '.join(gone)}, which is not installed or not usable.",
            hint=f"Run: genoteca modules install {gone[0]}",
        )
    if not run.request.assets:
        raise InputError(
            f"Everything was up to date, so that the run {run.id[:8]} made nothing.",
            title="There is nothing to do again",
            hint="`genoteca runs list` shows the runs.",
        )
    return app.index.enqueue(run.request.model_copy(update={"after": []})).id
