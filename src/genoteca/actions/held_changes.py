"""New answers looked at before they are taken: made beside those in force, then taken or left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from genoteca.actions.annotating import annotate, what_is_left
from genoteca.actions.changes import run8
from genoteca.actions.references import annotating_modules
from genoteca.engine import held, records
from genoteca.engine.samples import read_sample
from genoteca.errors import InputError, NotFoundError
from genoteca.model.run import RunStatus
from genoteca.model.sample import SampleId
from genoteca.store.seen_changes import SeenChanges

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = ["adopt", "preview_update", "refuse"]


def preview_update(app: App, key: str, modules: Sequence[str] = ()) -> str:
    """Queue a look-up whose answers wait beside those in force; gives the run.

    Every module that is out of date is asked, unless some are named.

    Raises:
        NotFoundError: there is no such sample or module.
        InputError: nothing is out of date, or a module has no answer yet that new ones could be compared with.

    """
    sample = read_sample(app.layout, SampleId.parse(key))
    known = annotating_modules(app.layout)
    answered = [one for one in known if records.current(app.layout, [one, "annotations"], sample.id.key)]
    if without := [one for one in modules if one in known and one not in answered]:
        raise InputError(
            f"{', '.join(without)} was not asked about {key} yet: there is nothing to compare new answers with.",
            title="Nothing to compare with",
            hint=f"Run: genoteca annotate {key} --module {without[0]}",
        )
    left = what_is_left(app, key, list(modules or answered)) if modules or answered else None
    fresh = [one for one in left.fresh if one in answered] if left else []
    if not fresh:
        raise InputError(
            "The answers are up to date: looking them up again would give the same.",
            title="Nothing would change",
            hint="New answers can be looked at once a module or its data has changed.",
        )
    return annotate(app, key, fresh, held=True)


def adopt(app: App, key: str, module_id: str) -> list[str]:
    """Put the answers of a module that wait in force, with those that they build on; gives the modules taken.

    Raises:
        NotFoundError: no such sample or module, or nothing waits.
        InputError: a run of this genome is queued or at work.
        DatasetError: what waits was damaged.

    """
    run = _waiting(app, key, module_id)
    _require_quiet(app, key)
    needed = annotating_modules(app.layout)[module_id].sound_manifest().requires
    with_it = [one for one in needed if held.held(app.layout, [one, "annotations"], key, run=run)]
    for one in (*with_it, module_id):
        held.take(app.layout, one, key, keep=app.settings.keep_results)
    SeenChanges(app.layout.database).see(key, [(one, run8(run)) for one in (*with_it, module_id)])
    return [*with_it, module_id]


def refuse(app: App, key: str, module_id: str) -> list[str]:
    """Delete the answers of a module that wait, and those that build on them; gives the modules.

    Raises:
        NotFoundError: no such sample or module, or nothing waits.
        InputError: a run of this genome is queued or at work.

    """
    run = _waiting(app, key, module_id)
    _require_quiet(app, key)
    building = [
        one.id
        for one in annotating_modules(app.layout).values()
        if module_id in one.sound_manifest().requires
        and held.held(app.layout, [one.id, "annotations"], key, run=run) is not None
    ]
    for one in (*building, module_id):
        held.drop(records.record_path(app.layout, [one, "annotations"], key).parent)
    return [*building, module_id]


def _waiting(app: App, key: str, module_id: str) -> str:
    """Give the run whose answers wait."""
    read_sample(app.layout, SampleId.parse(key))
    known = annotating_modules(app.layout)
    if module_id not in known:
        raise NotFoundError(f"No usable module {module_id!r} is installed.", hint=f"Installed: {', '.join(known)}")
    held.finish(app.layout, module_id, key, keep=app.settings.keep_results)
    waiting = held.held(app.layout, [module_id, "annotations"], key)
    if waiting is None:
        raise NotFoundError(
            f"No answers of {module_id} about {key} wait to be taken.",
            hint=f"To look at new ones first: genoteca changes {key} {module_id} --preview",
        )
    return waiting.record.run


def _require_quiet(app: App, key: str) -> None:
    """Refuse while a run may write the same answers."""
    waiting = app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.CANCELLING)
    if any(run.request.partition == key for run in waiting):
        raise InputError(
            f"A run of {key} is queued or at work.",
            title="Something is at work",
            hint="Wait until it is over, or cancel it.",
        )
