"""New answers looked at before they are taken: made beside those in force, then taken or left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from genoteca.actions.annotating import annotate, what_is_left
from genoteca.actions.changes import run8
from genoteca.actions.references import annotating_modules
from genoteca.engine import held, records
from genoteca.engine.adopting import finish_deciding, leave_together, take_together, together
from genoteca.engine.samples import read_sample
from genoteca.errors import DatasetError, InputError, NotFoundError
from genoteca.model.run import RunStatus
from genoteca.model.sample import SampleId
from genoteca.store.seen_changes import SeenChanges

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.store.installed import InstalledModule

__all__ = ["adopt", "preview_update", "refuse"]


def preview_update(app: App, key: str, modules: Sequence[str] = ()) -> str:
    """Queue a look-up whose answers wait beside those in force, whatever they say; gives the run.

    Every module that is out of date is asked, unless some are named: then those, and what builds on them, so that all
    of it can be taken or left together. What was left before is looked up again.

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
    asked = _with_dependents(known, modules) if modules else answered
    left = what_is_left(app, key, [one for one in asked if one in answered or one in modules]) if asked else None
    fresh = [one for one in left.fresh if one in answered] if left else []
    if not fresh:
        raise InputError(
            "The answers are up to date: looking them up again would give the same.",
            title="Nothing would change",
            hint="New answers can be looked at once a module or its data has changed.",
        )
    return annotate(app, key, fresh, held=True)


def _with_dependents(known: Mapping[str, InstalledModule], modules: Sequence[str]) -> list[str]:
    """Add what builds on these modules, through any number of others between."""
    found = list(modules)
    for one in found:
        found += [other for other in known if one in known[other].sound_manifest().requires and other not in found]
    return found


def adopt(app: App, key: str, module_id: str, *, seen: str = "") -> list[str]:
    """Put the answers of a module that wait in force, with all that build on each other; gives the modules taken.

    `seen`: the run whose answers the person has looked at.

    Raises:
        NotFoundError: no such sample or module, or nothing waits.
        InputError: a run of this genome is queued or at work, or others wait by now than were seen.
        DatasetError: what waits was damaged: nothing is taken.

    """
    run, modules = _waiting(app, key, module_id, seen)
    take_together(app.layout, key, modules, run=run, keep=app.settings.keep_results)
    SeenChanges(app.layout.database).see(key, [(one, run8(run)) for one in modules])
    return modules


def refuse(app: App, key: str, module_id: str, *, seen: str = "") -> list[str]:
    """Delete the answers of a module that wait, with all that build on each other; gives the modules.

    The same are not made again by themselves: only when asked for, or once something else has changed. What is so
    damaged that nobody can tell what it was is deleted, with what builds on it, and may be made again. `seen`: the
    run whose answers the person has looked at.

    Raises:
        NotFoundError: no such sample or module, or nothing waits.
        InputError: a run of this genome is queued or at work, or others wait by now than were seen.
        DatasetError: the answers in force are damaged: nothing is deleted.

    """
    try:
        run, modules = _waiting(app, key, module_id, seen)
    except DatasetError:
        return _drop_damaged(app, key, module_id)
    leave_together(app.layout, key, modules, run=run)
    return modules


def _drop_damaged(app: App, key: str, module_id: str) -> list[str]:
    """Delete what waits of a module, and of those that build on it; gives those of which something did."""
    modules = _with_dependents(annotating_modules(app.layout), [module_id])
    paths = {one: records.record_path(app.layout, [one, "annotations"], key) for one in modules}
    records.read_record(paths[module_id])
    return [one for one in reversed(modules) if held.drop(paths[one].parent)]


def _waiting(app: App, key: str, module_id: str, seen: str) -> tuple[str, list[str]]:
    """Give the run whose answers wait, and the modules that are taken or left together."""
    read_sample(app.layout, SampleId.parse(key))
    known = annotating_modules(app.layout)
    if module_id not in known:
        raise NotFoundError(f"No usable module {module_id!r} is installed.", hint=f"Installed: {', '.join(known)}")
    _require_quiet(app, key)
    keep = app.settings.keep_results
    finish_deciding(app.layout, key, keep=keep)
    held.finish(app.layout, module_id, key, keep=keep)
    waiting = held.held(app.layout, [module_id, "annotations"], key)
    if waiting is None:
        raise NotFoundError(
            f"No answers of {module_id} about {key} wait to be taken.",
            hint=f"To look at new ones first: genoteca changes {key} {module_id} --preview",
        )
    if seen and waiting.record.run != seen:
        raise InputError(
            f"{module_id} was looked up again meanwhile: other answers wait than those that you have seen.",
            title="Newer answers wait by now",
            hint="Look at the page again, and decide then.",
        )
    requires = {one.id: one.sound_manifest().requires for one in known.values()}
    return waiting.record.run, together(app.layout, key, requires, module_id)


def _require_quiet(app: App, key: str) -> None:
    """Refuse while a run may write the same answers."""
    waiting = app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.CANCELLING)
    if any(run.request.partition == key for run in waiting):
        raise InputError(
            f"A run of {key} is queued or at work.",
            title="Something is at work",
            hint="Wait until it is over, or cancel it.",
        )
