"""Where each module stands for a sample: answered, out of date, failed; always with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genoteca.actions import references
from genoteca.actions.chains import fetches_chain, why_lift_is_old
from genoteca.actions.gates import Opened, is_open
from genoteca.actions.rereading import why_read_again
from genoteca.actions.telling import said
from genoteca.actions.troubles import trouble_in, trouble_of
from genoteca.actions.view import Trouble
from genoteca.actions.views import AnswerState, ModuleAnswer
from genoteca.actions.words import lift_words, release_words
from genoteca.engine import records
from genoteca.engine.kinship import serves
from genoteca.engine.limits import changed_limits, rules_of
from genoteca.engine.release_choice import release_name
from genoteca.model.evidence import Outcome
from genoteca.model.rules import Rules
from genoteca.model.run import Run, RunKind, RunStatus
from genoteca.sdk.chains import CHAINS_MODULE, LIFTED_TO, lifted_from
from genoteca.sdk.code_version import matched_by_an_older
from genoteca.sdk.made_with import other_columns
from genoteca.sdk.testable import needed_chains, why_not_testable
from genoteca.store.preferences import Preferences

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.module import ModuleManifest
    from genoteca.model.record import Record
    from genoteca.model.sample import Sample
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = ["answer_of", "answers_of", "outcomes_of", "why_out_of_date"]

CANCELLED = "cancelled before it was looked up"

STATES = {
    Outcome.ANSWERED: AnswerState.UP_TO_DATE,
    Outcome.CANNOT_BE_TESTED: AnswerState.CANNOT_BE_TESTED,
    Outcome.FAILED: AnswerState.FAILED,
}


def answers_of(app: App, sample: Sample) -> list[ModuleAnswer]:
    """Give the state of every usable module that answers for a sample, by title."""
    modules = references.annotating_modules(app.layout).values()
    runs = _runs(app, sample.id.key)
    found = [_answer(app, sample, module, runs) for module in modules]
    return sorted(found, key=lambda answer: answer.title.casefold())


def answer_of(app: App, sample: Sample, module: InstalledModule, *, opened: Opened = False) -> ModuleAnswer:
    """Give the state of one module for a sample; `opened`: the gates that the person has opened."""
    return _answer(app, sample, module, _runs(app, sample.id.key), opened=opened)


def outcomes_of(app: App, run: Run) -> dict[str, ModuleAnswer]:
    """Give what a run made of every module it was asked for; empty for a run that is no annotation."""
    if run.request.kind is not RunKind.ANNOTATE or run.request.partition is None or not run.status.over:
        return {}
    return {module: _outcome(app, run, module) for module in run.request.modules}


def why_out_of_date(app: App, sample: Sample, module: InstalledModule, stored: Stored) -> str:
    """Say why an answer, in force or waiting to be taken, is out of date; empty: it is not."""
    return _why_old(app, sample, module, stored)


def _runs(app: App, key: str) -> list[Run]:
    """Give a sample's annotations, newest first.

    One that the user cancelled says nothing of any module, nor does one whose answers wait to be taken.
    """
    runs = app.index.list(key, limit=200)
    asked = [run for run in runs if run.request.kind is RunKind.ANNOTATE and not run.request.held]
    return [run for run in asked if run.status is not RunStatus.CANCELLED]


def _answer(
    app: App, sample: Sample, module: InstalledModule, runs: list[Run], *, opened: Opened = False
) -> ModuleAnswer:
    gate = module.sound_manifest().gate
    blank = ModuleAnswer(
        module=module.id,
        title=module.sound_manifest().title,
        icon=module.icon.read_text("utf-8") if module.icon and module.icon.suffix == ".svg" else "",
        state=AnswerState.NOT_RUN,
        needs=_needed_module(app, sample, module.sound_manifest()),
        gate="" if is_open(gate, opened) else gate,
    )
    last = next(
        (run for run in runs if module.id in run.request.modules and module.id not in run.request.reused), None
    )
    if last is not None and not last.status.over:
        return blank.model_copy(update={"state": AnswerState.RUNNING, "run": last.id})
    stored = records.current(app.layout, [module.id, "annotations"], sample.id.key)
    if last is not None and (stored is None or last.queued > stored.record.created):
        trouble = _failure(app, last, module.id)
        if trouble is not None:
            return _failed(blank, trouble, last)
    if stored is None:
        return blank
    told = _told(blank, stored, module.sound_manifest(), opened)
    why = _why_old(app, sample, module, stored)
    return told.model_copy(update={"state": AnswerState.OUT_OF_DATE, "why": why}) if why else told


def _needed_module(app: App, sample: Sample, manifest: ModuleManifest) -> str:
    """Name the module that would let another answer this sample: the chains to its build."""
    if lifted_from(manifest, sample.build) is None:
        return ""
    return "" if needed_chains(manifest, sample, references.provided_names(app.layout)) else CHAINS_MODULE


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
    """Say how a module failed in a run that is over; None: it did not."""
    told = run.failed_assets.get(f"{module_id}/annotations")
    if f"{module_id}/annotations" in run.cancelled_assets or (run.status is RunStatus.CANCELLED and not told):
        return None
    before = [app.index.get(one) for one in run.request.after]
    for earlier in before:
        if module_id in earlier.request.modules and earlier.status is RunStatus.FAILED:
            return trouble_of(earlier)
    if told is not None:
        return trouble_in(told)
    unfetched = _unfetched(app, run, module_id, before)
    if unfetched is not None:
        return trouble_of(unfetched)
    made = records.current(app.layout, [module_id, "annotations"], run.request.partition)
    if run.status is RunStatus.SUCCEEDED or (made is not None and made.record.run == run.id):
        return None
    return trouble_of(run)


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
    made = records.history(app.layout, [module_id, "annotations"], partition, held=True)
    mine = [one for one in made if one.run == made_by]
    stored = records.current(app.layout, [module_id, "annotations"], partition)
    if not mine or stored is None:
        gone = run.status is RunStatus.CANCELLED or f"{module_id}/annotations" in run.cancelled_assets
        return blank.model_copy(update={"why": CANCELLED}) if gone else blank
    return _told(blank, type(stored)(path=stored.path, record=mine[0]), manifest, ())


def _why_old(app: App, sample: Sample, module: InstalledModule, stored: Stored) -> str:
    """Say why an answer is out of date; empty: it is not."""
    manifest, record = module.sound_manifest(), stored.record
    made_by = record.metadata.get("module_version")
    if made_by != manifest.version:
        return f"module {made_by or 'of an older kind'} → {manifest.version}"
    if (data := record.metadata.get("module_data_version")) != manifest.data_version:
        return f"its data {data} → {manifest.data_version}"
    if references.code_changed(record, module.digest):
        return "the module's code changed"
    if matched_by_an_older(record.code_version):
        return "Genoteca compares variants better now than when this was looked up"
    for name in ("variants", "coverage", "structural"):
        now = records.current(app.layout, ["sample", name], sample.id.key)
        if now is not None and record.inputs.get(f"sample/{name}") != now.record.sha256:
            return "the genome was read again"
    limits = _changed_limits(app, sample, stored)
    if limits:
        return f"your limits changed ({limits})"
    if (before := sample.sex_at(record.created)) is not sample.sex:
        return f"the stated sex changed ({before} → {sample.sex})"
    if why := why_read_again(app, sample):
        return f"the genome should be read again: {why}"
    settings = Preferences(app.layout.database).values(manifest)
    if record.metadata.get("settings") != settings:
        return "the module's settings changed"
    if other_columns(record, manifest):
        return "the module's columns changed"
    reference = references.reference_of(app.layout, module.id, lifted_from(manifest, sample.build) or sample.build)
    told = record.inputs.get(f"{module.id}/reference")
    if reference is not None and told and not serves(reference.record, told, dense=manifest.dense):
        return _other_reference(manifest.title, release_name(record), release_name(reference.record))
    if reference is not None and (changed := references.local_change(reference.record)):
        return f"the module's {changed}"
    if why := _why_built_on_older(app, sample, manifest, record):
        return why
    if record.outcome is Outcome.CANNOT_BE_TESTED:
        waited = not any(name.startswith("chain:") for name in record.inputs)
        return _now_testable(app, sample, manifest) if waited else ""
    return _why_lift_is_old(app, sample, record)


def _why_built_on_older(app: App, sample: Sample, manifest: ModuleManifest, record: Record) -> str:
    """Say why the answers that an answer is made of are other ones now, or out of date themselves; empty: neither."""
    annotating = references.annotating_modules(app.layout) if manifest.requires else {}
    for needed in manifest.requires:
        told = record.inputs.get(f"{needed}/annotations")
        if told is None:
            continue
        if needed not in annotating:
            return f"{needed}, on which it builds, cannot be used"
        title = annotating[needed].sound_manifest().title
        answer = answer_of(app, sample, annotating[needed])
        if answer.state is AnswerState.OUT_OF_DATE:
            return f"{title} is out of date: {answer.why}"
        stored = records.current(app.layout, [needed, "annotations"], sample.id.key)
        if stored is None or stored.record.sha256 != told:
            return f"{title} was looked up again"
    return ""


def _other_reference(title: str, before: str, now: str) -> str:
    before, now = release_words(before), release_words(now)
    return f"{title} {before} → {now}" if before != now else f"{title} {now} was prepared again"


def _why_lift_is_old(app: App, sample: Sample, record: Record) -> str:
    """Say why an answer, or the variants lifted for it, should be lifted again; empty: no need."""
    lift = record.metadata.get("lifted")
    missed = isinstance(lift, dict) and lift.get("reference_sequence") is False
    if why := why_lift_is_old(app, record.inputs, missed=sample.build if missed else None):
        return why
    variants = records.current(app.layout, ["sample", "lifted"], sample.id.key)
    used = record.inputs.get("sample/lifted")
    if used is None or variants is None:
        return ""
    if variants.record.sha256 != used:
        return "the variants were lifted again"
    return why_lift_is_old(app, variants.record.inputs, missed=LIFTED_TO[sample.build])


def _now_testable(app: App, sample: Sample, manifest: ModuleManifest) -> str:
    """Say that a chain is there now, where an answer waited for one."""
    provided = references.provided_names(app.layout)
    there = needed_chains(manifest, sample, provided) and not why_not_testable(manifest, sample, provided)
    return "its positions can be lifted now" if there else ""


def _changed_limits(app: App, sample: Sample, stored: Stored) -> str:
    """Say which limits an answer was not made with; where nothing could be tested, none were looked at."""
    if stored.record.outcome is not Outcome.ANSWERED:
        return ""
    return changed_limits(stored.record, rules_of(app.settings, sample.limits).plain(), Rules().plain())
