"""Where each module stands for a sample: answered, out of date, failed; always with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from genoteca.actions import references
from genoteca.actions.chains import fetches_chain
from genoteca.actions.gates import Opened, is_open
from genoteca.actions.look import Look
from genoteca.actions.staleness import refused_again, waits_for_a_look, why_old
from genoteca.actions.telling import said
from genoteca.actions.troubles import trouble_in, trouble_of
from genoteca.actions.view import Reason, Trouble
from genoteca.actions.views import AnswerState, ModuleAnswer
from genoteca.actions.words import lift_words
from genoteca.engine import records
from genoteca.engine.changes import CLASSES
from genoteca.errors import DatasetError
from genoteca.model.evidence import Outcome
from genoteca.model.run import Run, RunKind, RunStatus
from genoteca.sdk.chains import CHAINS_MODULE, lifted_from
from genoteca.sdk.resources import Stored
from genoteca.sdk.testable import needed_chains

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.module import ModuleManifest
    from genoteca.model.sample import Sample
    from genoteca.store.installed import InstalledModule

__all__ = ["Standing", "answer_of", "answers_of", "outcomes_of", "standing", "why_out_of_date"]

CANCELLED = "cancelled before it was looked up"

STATES = {
    Outcome.ANSWERED: AnswerState.UP_TO_DATE,
    Outcome.CANNOT_BE_TESTED: AnswerState.CANNOT_BE_TESTED,
    Outcome.FAILED: AnswerState.FAILED,
}


class Standing(NamedTuple):
    """Where one module stands for a sample, without a word of what it says."""

    state: AnswerState
    stored: Stored | None = None
    reasons: Sequence[Reason] = ()
    """Why it is out of date; of what waits, or was left, why that was looked up."""
    trouble: Trouble | None = None
    """How it failed."""


def answers_of(app: App, sample: Sample) -> list[ModuleAnswer]:
    """Give the state of every usable module that answers for a sample, by title."""
    look, runs = Look(app), _runs(app, sample.id.key)
    found = [_answer(look, sample, module, runs) for module in look.annotating.values()]
    return sorted(found, key=lambda answer: answer.title.casefold())


def answer_of(app: App, sample: Sample, module: InstalledModule, *, opened: Opened = False) -> ModuleAnswer:
    """Give the state of one module for a sample; `opened`: the gates that the person has opened."""
    return _answer(Look(app), sample, module, _runs(app, sample.id.key), opened=opened)


def outcomes_of(app: App, run: Run) -> dict[str, ModuleAnswer]:
    """Give what a run made of every module it was asked for; empty for a run that is no annotation."""
    if run.request.kind is not RunKind.ANNOTATE or run.request.partition is None or not run.status.over:
        return {}
    return {module: _outcome(app, run, module) for module in run.request.modules}


def why_out_of_date(app: App, sample: Sample, module: InstalledModule, stored: Stored) -> str:
    """Say why an answer, in force or waiting to be taken, is out of date; empty: it is not."""
    return next((reason.words for reason in why_old(app, sample, module, stored)), "")


def _runs(app: App, key: str) -> list[Run]:
    """Give a sample's annotations, newest first.

    One that the user cancelled says nothing of any module, nor does a preview.
    """
    runs = app.index.list(key, limit=200)
    asked = [run for run in runs if run.request.kind is RunKind.ANNOTATE and not run.request.is_preview]
    return [run for run in asked if run.status is not RunStatus.CANCELLED]


def _answer(
    look: Look, sample: Sample, module: InstalledModule, runs: list[Run], *, opened: Opened = False
) -> ModuleAnswer:
    gate = module.sound_manifest().gate
    blank = ModuleAnswer(
        module=module.id,
        title=module.sound_manifest().title,
        icon=module.icon.read_text("utf-8") if module.icon and module.icon.suffix == ".svg" else "",
        state=AnswerState.NOT_RUN,
        needs=_needed_module(look, sample, module.sound_manifest()),
        gate="" if is_open(gate, opened) else gate,
    )
    last = next(
        (run for run in runs if module.id in run.request.modules and module.id not in run.request.reused), None
    )
    found = standing(look, sample, module, last)
    run = {"run": last.id} if last is not None and found.state is AnswerState.RUNNING else {}
    if last is not None and found.trouble is not None:
        failed = _failed(blank, found.trouble, last)
        before = _told(blank, found.stored, module.sound_manifest(), opened) if found.stored else failed
        if before.outcome is not Outcome.ANSWERED:
            return failed
        return before.model_copy(update={name: getattr(failed, name) for name in ("state", "why", "run", "trouble")})
    if found.stored is None:
        return blank.model_copy(update={"state": found.state, **run})
    told = _told(blank, found.stored, module.sound_manifest(), opened).model_copy(update=run)
    if found.reasons:
        why = {"why": found.reasons[0].words, "reasons": found.reasons}
        return told.model_copy(update={"state": found.state, **why})
    return told.model_copy(update={"state": found.state}) if run else told


def standing(look: Look, sample: Sample, module: InstalledModule, last: Run | None) -> Standing:
    """Say where a module stands for a sample; `last`: the newest run that asked it, if it could matter.

    Raises:
        DatasetError: a record that it depends on is damaged.

    """
    if last is not None and not last.status.over:
        return _running(look, sample, module)
    stored = look.current([module.id, "annotations"], sample.id.key)
    if last is not None and (stored is None or last.queued > records.in_force_since(stored.record)):
        trouble = _failure(look.app, last, module.id)
        if trouble is not None:
            return Standing(AnswerState.FAILED, stored, trouble=trouble)
    if stored is None:
        # made of answers that wait, a first answer waits with them
        state = _old_state(look, sample, module, ())
        return Standing(AnswerState.NOT_RUN if state is AnswerState.OUT_OF_DATE else state)
    reasons = why_old(look.app, sample, module, stored, look)
    if not reasons:
        return Standing(STATES[stored.record.outcome or Outcome.ANSWERED], stored)
    return Standing(_old_state(look, sample, module, reasons), stored, reasons)


def _running(look: Look, sample: Sample, module: InstalledModule) -> Standing:
    """Say where a module stands that is being asked: what it said before stands meanwhile, unless it is damaged."""
    try:
        stored = look.current([module.id, "annotations"], sample.id.key)
        reasons = why_old(look.app, sample, module, stored, look) if stored else ()
    except DatasetError:
        return Standing(AnswerState.RUNNING)
    return Standing(AnswerState.RUNNING, stored, reasons)


def _old_state(look: Look, sample: Sample, module: InstalledModule, reasons: Sequence[Reason]) -> AnswerState:
    """Say what is done about an answer that is out of date, or is not there yet.

    One that is old only because older answers were kept on which it builds is kept with them.
    """
    if waits_for_a_look(look, sample, module):
        return AnswerState.WAITING
    if refused_again(look, sample, module):
        return AnswerState.KEPT
    below = [look.annotating.get(one.module) for one in reasons]
    of_kept = below and all(one is not None and refused_again(look, sample, one) for one in below)
    return AnswerState.KEPT if of_kept else AnswerState.OUT_OF_DATE


def _needed_module(look: Look, sample: Sample, manifest: ModuleManifest) -> str:
    """Name the module that would let another answer this sample: the chains to its build."""
    if lifted_from(manifest, sample.build) is None:
        return ""
    return "" if needed_chains(manifest, sample, look.provided) else CHAINS_MODULE


def _failed(blank: ModuleAnswer, trouble: Trouble, run: Run) -> ModuleAnswer:
    return blank.model_copy(
        update={
            "state": AnswerState.FAILED,
            "outcome": Outcome.FAILED,
            "why": trouble.message,
            "trouble": trouble,
            "run": run.id,
            "when": run.ended,
        }
    )


def _told(blank: ModuleAnswer, stored: Stored, manifest: ModuleManifest | None, opened: Opened) -> ModuleAnswer:
    record = stored.record
    outcome = record.outcome or Outcome.ANSWERED
    return blank.model_copy(
        update={
            "state": STATES[outcome],
            "why": record.reason,
            "lifted": lift_words(record.metadata.get("lifted")),
            "outcome": outcome,
            "release": record.release or record.data_version,
            "data_version": record.data_version,
            "when": record.created,
            "run": record.run,
            **said(record, manifest, outcome, opened),
        }
    )


def _failure(app: App, run: Run, module_id: str) -> Trouble | None:
    """Say how a module failed in a run that is over; None: it did not.

    What it made tells, as long as anything of it is kept, in force or not: a run in which another module failed, or
    that was interrupted behind it, takes nothing away from it.
    """
    told = run.failed_assets.get(f"{module_id}/annotations")
    if f"{module_id}/annotations" in run.cancelled_assets or (run.status is RunStatus.CANCELLED and not told):
        return None
    before = [app.index.get(one) for one in run.request.after]
    for earlier in before:
        if module_id in earlier.request.modules and earlier.status is RunStatus.FAILED:
            return trouble_of(earlier)
    made = _made_in(app, run, module_id)
    if told is not None and not made:
        return trouble_in(told)
    unfetched = _unfetched(app, run, module_id, before)
    if unfetched is not None:
        return trouble_of(unfetched)
    # a run that says what failed says by that what did not
    return None if made or run.status is RunStatus.SUCCEEDED or run.failed_assets else trouble_of(run)


def _made_in(app: App, run: Run, module_id: str) -> bool:
    """Tell whether answers that a run made, or what is known of them for good, are there still."""
    asset, key = [module_id, "annotations"], run.request.partition
    if key is None:
        return False
    kept, _ = records.readable(app.layout, asset, key)
    if any(one.run == run.id for one in kept):
        return True
    compared = records.record_path(app.layout, [module_id, CLASSES], key)
    return compared.with_name(f"{CLASSES}-{run.id[:8]}.json").is_file()


def _unfetched(app: App, run: Run, module_id: str, before: list[Run]) -> Run | None:
    """Give the run that could not fetch a chain, where the module could say nothing for want of it."""
    mine = records.history(app.layout, [module_id, "annotations"], run.request.partition)
    untested = any(one.run == run.id and one.outcome is Outcome.CANNOT_BE_TESTED for one in mine)
    chains = [one for one in before if one.status is RunStatus.FAILED and fetches_chain(one)]
    return chains[0] if untested and chains else None


def _outcome(app: App, run: Run, module_id: str) -> ModuleAnswer:
    module = references.usable_modules(app.layout).get(module_id)
    manifest = module.sound_manifest() if module else None
    gate = manifest.gate if manifest else ""
    blank = ModuleAnswer(module=module_id, title=module_id, icon="", state=AnswerState.NOT_RUN, run=run.id, gate=gate)
    made_by = run.request.reused.get(module_id, run.id)
    trouble = _failure(app, run, module_id) if made_by == run.id else None
    if trouble is not None:
        return _failed(blank, trouble, run)
    partition = run.request.partition
    if partition is None:
        return blank
    made, _ = records.readable(app.layout, [module_id, "annotations"], partition)
    mine = [one for one in made if one.run == made_by]
    if not mine:
        gone = run.status is RunStatus.CANCELLED or f"{module_id}/annotations" in run.cancelled_assets
        return blank.model_copy(update={"why": CANCELLED}) if gone else blank
    place = records.record_path(app.layout, [module_id, "annotations"], partition)
    waits = {"waits": records.is_held(mine[0])}
    return _told(blank, Stored(path=place, record=mine[0]), manifest, ()).model_copy(update=waits)
