"""Taking a module out with all that it said: no table, reference, setting or history of it stays."""

from __future__ import annotations

import shutil

from genoteca.actions.app import App
from genoteca.actions.browsing import let_go
from genoteca.actions.explore_sources import drop_explored
from genoteca.engine import records
from genoteca.engine.purge_module import purge_module
from genoteca.engine.samples import all_samples
from genoteca.errors import RunError
from genoteca.model.run import RunStatus
from genoteca.sdk.resources import Stored
from genoteca.store.preferences import Preferences
from genoteca.store.settled import SettledColumns
from genoteca.store.trust import Trust

__all__ = ["forget_module", "require_idle"]

JOINED = ["sample", "annotated"]
"""The wide table: it holds what every module said."""


def require_idle(app: App, module_id: str) -> None:
    """Cancel the runs that wait and ask this module, and see that none is at work.

    Raises:
        RunError: one is, and was asked to stop.

    """
    for run in app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.CANCELLING):
        concerned = module_id in run.request.modules or any(module_id in asset for asset in run.request.assets)
        if concerned and app.index.cancel(run.id).status is not RunStatus.CANCELLED:
            raise RunError(
                f"A run that asks {module_id} is being stopped; remove the module when it has ended.",
                title="This module is at work",
                hint="Try again in a few seconds.",
            )


def forget_module(app: App, module_id: str) -> None:
    """Delete its tables of every sample, its references, its settings, its trust, and its history in Dagster.

    Raises:
        DatasetError: something could not be removed; asking again goes on where it stopped.

    """
    layout = app.layout
    for stored in records.all_records(layout, older=True):
        joined = any(key.startswith(f"{module_id}/") for key in stored.record.inputs)
        if stored.record.asset[0] == module_id or (stored.record.asset == JOINED and joined):
            let_go(app, stored)
            if stored.record.asset == JOINED:
                _delete(stored)
    for sample in all_samples(layout):
        drop_explored(app, sample.id.key)
        shutil.rmtree(layout.sample(sample.id.user, sample.id.sample) / module_id, ignore_errors=True)
    shutil.rmtree(layout.references(module_id), ignore_errors=True)
    Preferences(layout.database).forget(module_id)
    SettledColumns(layout.database).forget(module_id)
    Trust(layout.database).forget(module_id)
    purge_module(app.settings, module_id)


def _delete(stored: Stored) -> None:
    """Delete one dataset of a folder that holds others; where it is the one in force, its record goes first."""
    current = stored.path.with_name(f"{stored.record.asset[-1]}.json")
    if current.is_file() and records.read_record(current).run == stored.record.run:
        current.unlink()
    stored.path.with_suffix(".json").unlink(missing_ok=True)
    stored.path.unlink(missing_ok=True)
