"""After a crash: what the last executor left behind is ended, said so, and swept."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import psutil

from genoteca.annotate.respelled_file import sweep_respelled
from genoteca.engine import records
from genoteca.engine.files import sweep
from genoteca.engine.index import RunIndex
from genoteca.engine.process import WORKER_MODULE, kill_tree
from genoteca.engine.tally import Tally
from genoteca.errors import RunError
from genoteca.model.run import INTERRUPTED, Run, RunStatus
from genoteca.settings import Layout

__all__ = ["SCRATCH", "recover", "sweep_temporary"]

SCRATCH = "run-"
"""Start of the names of the runs' own folders in the data folder's `tmp`."""


def recover(layout: Layout, index: RunIndex) -> list[Run]:
    """End the runs that nobody executes any more, and give them. Call it with `worker.lock` held, before any run."""
    lost = index.with_status(RunStatus.RUNNING, RunStatus.CANCELLING)
    ended = [_end(index, run) for run in lost]
    for folder in (layout.users, layout.home / "references"):
        sweep(folder)
    for folder in layout.temporary.glob(f"{SCRATCH}*"):
        shutil.rmtree(folder, ignore_errors=True)
    sweep_respelled(layout.respelled, (one.path for one in records.all_records(layout, older=True)))
    return ended


def sweep_temporary(layout: Layout) -> None:
    """Remove uploads that were never finished. Only for the one app that takes uploads, at its start."""
    if layout.temporary.is_dir():
        for path in layout.temporary.iterdir():
            if not path.name.startswith(SCRATCH):
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _end(index: RunIndex, run: Run) -> Run:
    if run.pid is not None and _is_worker(run.pid):
        kill_tree(run.pid)
    if run.status is RunStatus.CANCELLING:
        return index.update(run.id, status=RunStatus.CANCELLED, ended=datetime.now(UTC), message="")
    error = RunError(
        "Genoteca was closed, or the worker died, before this run was over.",
        title=INTERRUPTED,
        hint="Run it again: nothing half-made was kept.",
    )
    return index.update(run.id, **Tally(run.wanted).end_without_word(error))


def _is_worker(pid: int) -> bool:
    """Tell whether the process is one of our workers: the number may belong to another process by now."""
    try:
        return WORKER_MODULE in psutil.Process(pid).cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
