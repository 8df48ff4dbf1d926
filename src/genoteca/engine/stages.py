"""What was asked for at once and is made by several runs: the last one, and the stages before it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from genoteca.engine.index import RunIndex
from genoteca.model.run import Run, RunStatus

__all__ = ["as_stages", "cancel_stages"]


@contextmanager
def as_stages(index: RunIndex) -> Iterator[list[str]]:
    """Note of what this process queues meanwhile that it is made for the last of the runs that it puts into the list.

    What was queued before, and is only waited for, is nobody's stage.
    """
    before = {one.id for one in _unfinished(index)}
    runs: list[str] = []
    yield runs
    if not runs or runs[-1] in before:
        return
    for one in _unfinished(index):
        if one.id not in before | {runs[-1]} and index.asked_by(one.id) == os.getpid():
            index.update(one.id, stage_of=runs[-1])


def cancel_stages(index: RunIndex, run_id: str) -> Run:
    """Ask for the end of a run and of its stages, but for those that another run waits for.

    Raises:
        NotFoundError: there is no such run.

    """
    run = index.cancel(run_id)
    unfinished = _unfinished(index)
    needed = {before for one in unfinished if run.id not in (one.id, one.stage_of) for before in one.request.after}
    for one in unfinished:
        if one.stage_of == run.id and one.id not in needed:
            index.cancel(one.id)
    return run


def _unfinished(index: RunIndex) -> list[Run]:
    return index.with_status(RunStatus.QUEUED, RunStatus.RUNNING)
