"""Why an answer is out of date: every reason, also those that lie in what it is made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from genoteca.actions import references
from genoteca.actions.chains import why_lift_is_old
from genoteca.actions.look import Look
from genoteca.actions.rereading import limits_reason, reading_reasons
from genoteca.actions.view import Reason, ReasonKind
from genoteca.actions.words import release_words
from genoteca.engine.kinship import MODULE_DIGEST, serves
from genoteca.engine.limits import limit_changes
from genoteca.engine.records import in_force_since
from genoteca.engine.release_choice import release_name
from genoteca.model.evidence import Outcome
from genoteca.model.form import OWN_FORMS, own_part
from genoteca.model.rules import Rules
from genoteca.sdk.chains import LIFTED_TO, lifted_from
from genoteca.sdk.code_version import ANNOTATE_VERSION, matched_by_an_older
from genoteca.sdk.testable import needed_chains, why_not_testable

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.module import ModuleManifest
    from genoteca.model.record import Record
    from genoteca.model.sample import Sample
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = ["Reason", "ReasonKind", "refused_again", "waits_for_a_look", "why_old", "why_waiting_is_old"]

Beside: TypeAlias = "Callable[[str], Stored | None]"
"""Gives, of a module, the answers that count in the place of those in force; None: those in force do."""

TABLES = ("variants", "coverage", "structural")
"""A genome's own tables, by which every answer is looked up."""
USUAL_LIMITS = Rules().plain()
"""Those that held before they were kept with an answer."""
SHORT = 12
"""Letters of a digest that tell it from another."""


def waits_for_a_look(look: Look, sample: Sample, module: InstalledModule) -> Stored | None:
    """Give the new answers that wait and are what a look-up would find now; None: none wait, or they are old by now.

    Raises:
        DatasetError: a record that they depend on is damaged.

    """
    waiting = look.waiting(module.id, sample.id.key)
    return None if waiting is None or why_waiting_is_old(look, sample, module, waiting) else waiting


def why_waiting_is_old(look: Look, sample: Sample, module: InstalledModule, waiting: Stored) -> str:
    """Say why answers that wait are out of date by now; empty: they are not.

    Raises:
        DatasetError: a record that they depend on is damaged.

    """
    beside = _made_with(look, sample.id.key, waiting)
    found = why_old(look.app, sample, module, waiting, look, beside=beside)
    return next((reason.words for reason in found), "")


def _made_with(look: Look, key: str, waiting: Stored) -> Beside:
    """Give what the same run made of other modules, and what waits as well."""

    def beside(needed: str) -> Stored | None:
        other = look.waiting(needed, key)
        return other if other is not None and other.record.run == waiting.record.run else None

    return beside


def refused_again(look: Look, sample: Sample, module: InstalledModule) -> Stored | None:
    """Give the answers that the person has left, where a look-up would find the very same now.

    What builds on others was left with them: once new answers of those came into force, it is offered again.

    Raises:
        DatasetError: a record that they depend on is damaged.

    """
    key = sample.id.key
    left = look.refused(module.id, key)
    if left is None or _taken_since(look, sample, module.sound_manifest(), left.record):
        return None
    old = why_old(look.app, sample, module, left, look, beside=lambda needed: look.refused(needed, key))
    return None if old else left


def _taken_since(look: Look, sample: Sample, manifest: ModuleManifest, left: Record) -> bool:
    """Tell whether answers on which left ones build came into force since."""
    for needed in manifest.requires:
        if look.refused(needed, sample.id.key) is not None:
            if needed in look.annotating and not refused_again(look, sample, look.annotating[needed]):
                return True
            continue
        now = look.current([needed, "annotations"], sample.id.key)
        if now is not None and now.record.run != left.run and in_force_since(now.record) > left.created:
            return True
    return False


def why_old(
    app: App,
    sample: Sample,
    module: InstalledModule,
    stored: Stored,
    look: Look | None = None,
    *,
    beside: Beside = lambda _: None,
) -> list[Reason]:
    """Give every reason why an answer is out of date, what the person did least to change first; none: it is not.

    A reason that lies in the answers of a module that it requires names that module. `look`: what was looked at
    already, where many answers are asked about. `beside`: answers that count in the place of those in force.

    Raises:
        DatasetError: a record that it depends on is damaged.

    """
    look = look or Look(app)
    found = list(_of_module(module, stored.record))
    found += _of_genome(look, sample, stored)
    found += _of_settings(look, module.sound_manifest(), stored.record)
    found += _of_reference(look, sample, module.sound_manifest(), stored.record)
    found += _of_required(look, sample, module.sound_manifest(), stored.record, beside)
    if stored.record.outcome is Outcome.CANNOT_BE_TESTED:
        found += _of_waiting(look, sample, module.sound_manifest(), stored.record)
    else:
        found += _of_lift(look, sample, stored.record)
    return found


def _of_module(module: InstalledModule, record: Record) -> Iterator[Reason]:
    manifest, made = module.sound_manifest(), record.metadata
    version, data = made.get("module_version"), made.get("module_data_version")
    if version != manifest.version:
        before = str(version or "of an older kind")
        yield _changed(ReasonKind.MODULE, "module {}", before, manifest.version)
    if data != manifest.data_version:
        yield _changed(ReasonKind.DATA, "its data {}", str(data), manifest.data_version)
    # another version has other code: that is no reason of its own
    if version == manifest.version and references.code_changed(record, module.digest):
        before, after = str(made.get(MODULE_DIGEST))[:SHORT], module.digest[:SHORT]
        yield Reason(kind=ReasonKind.CODE, words="the module's code changed", before=before, after=after)
    if matched_by_an_older(record.code_version):
        before, now = record.code_version.partition(".")[0], str(ANNOTATE_VERSION)
        words = "Genoteca compares variants better now than when this was looked up"
        yield Reason(
            kind=ReasonKind.MATCHING, words=f"{words} (comparing {before} → {now})", before=before, after=now
        )


def _of_genome(look: Look, sample: Sample, stored: Stored) -> Iterator[Reason]:
    record = stored.record
    for name in TABLES:
        now = look.current(["sample", name], sample.id.key)
        used = record.inputs.get(f"sample/{name}", "")
        if now is not None and used != now.record.sha256:
            words = "the genome was read again"
            before, after = used[:SHORT], now.record.sha256[:SHORT]
            yield Reason(kind=ReasonKind.GENOME, words=words, before=before, after=after)
            break
    yield from _limits(look, sample, record)
    if (before_sex := sample.sex_at(record.created)) is not sample.sex:
        yield _changed(ReasonKind.SEX, "the stated sex changed ({})", str(before_sex), str(sample.sex))
    for one in reading_reasons(look, sample):
        yield one.model_copy(update={"words": f"the genome should be read again: {one.words}"})


def _of_settings(look: Look, manifest: ModuleManifest, record: Record) -> Iterator[Reason]:
    now, made = look.settings(manifest), record.metadata.get("settings")
    if made != now:
        told = made if isinstance(made, dict) else {}
        other = sorted(name for name in {*now, *told} if now.get(name) != told.get(name))
        yield Reason(
            kind=ReasonKind.SETTINGS,
            words="the module's settings changed",
            before=json.dumps({name: told.get(name) for name in other}, ensure_ascii=False),
            after=json.dumps({name: now.get(name) for name in other}, ensure_ascii=False),
        )
    if look.other_columns(record, manifest):
        yield Reason(kind=ReasonKind.COLUMNS, words="the module's columns changed")
    own, now_own = own_part(record.form), OWN_FORMS["annotations"]
    if own and own != now_own:
        words = f"the columns that every answer has changed ({own} → {now_own})"
        yield Reason(kind=ReasonKind.COLUMNS, words=words, before=own, after=now_own)


def _of_reference(look: Look, sample: Sample, manifest: ModuleManifest, record: Record) -> Iterator[Reason]:
    build = lifted_from(manifest, sample.build) or sample.build
    reference = look.reference(manifest.id, build)
    if reference is None:
        return
    used = record.inputs.get(f"{manifest.id}/reference")
    if used and not serves(reference.record, used, dense=manifest.dense):
        before, now = release_words(release_name(record)), release_words(release_name(reference.record))
        words = f"{before} → {now}" if before != now else f"{now} was prepared again"
        yield Reason(kind=ReasonKind.REFERENCE, words=f"{manifest.title} {words}", before=before, after=now)
    if changed := look.local_change(manifest.id, build):
        yield Reason(kind=ReasonKind.FILE, words=f"the module's {changed}")


def _of_required(
    look: Look, sample: Sample, manifest: ModuleManifest, record: Record, beside: Beside
) -> Iterator[Reason]:
    """Say why the answers that an answer is made of are other ones now, or out of date themselves."""
    for needed in manifest.requires:
        used = record.inputs.get(f"{needed}/annotations")
        if used is None:
            continue
        if needed not in look.annotating:
            words = f"{needed}, on which it builds, cannot be used"
            yield Reason(kind=ReasonKind.REQUIRED, words=words, module=needed)
            continue
        module = look.annotating[needed]
        now = beside(needed) or look.current([needed, "annotations"], sample.id.key)
        title = module.sound_manifest().title
        older = why_old(look.app, sample, module, now, look, beside=beside) if now else []
        for one in older:
            yield one.model_copy(
                update={"words": f"{title} is out of date: {one.words}", "module": one.module or needed}
            )
        if not older and (now is None or now.record.sha256 != used):
            after = now.record.sha256[:SHORT] if now else ""
            words = f"{title} was looked up again"
            yield Reason(kind=ReasonKind.REQUIRED, words=words, before=used[:SHORT], after=after, module=needed)


def _of_lift(look: Look, sample: Sample, record: Record) -> Iterator[Reason]:
    """Say why an answer, or the variants lifted for it, should be lifted again."""
    lift = record.metadata.get("lifted")
    missed = isinstance(lift, dict) and lift.get("reference_sequence") is False
    if words := why_lift_is_old(look, record.inputs, missed=sample.build if missed else None):
        yield Reason(kind=ReasonKind.LIFT, words=words)
    variants = look.current(["sample", "lifted"], sample.id.key)
    used = record.inputs.get("sample/lifted")
    if used is None or variants is None:
        return
    if variants.record.sha256 != used:
        after = variants.record.sha256[:SHORT]
        yield Reason(kind=ReasonKind.LIFT, words="the variants were lifted again", before=used[:SHORT], after=after)
    elif words := why_lift_is_old(look, variants.record.inputs, missed=LIFTED_TO[sample.build]):
        yield Reason(kind=ReasonKind.LIFT, words=words)


def _of_waiting(look: Look, sample: Sample, manifest: ModuleManifest, record: Record) -> Iterator[Reason]:
    """Say that a chain is there now, where an answer waited for one."""
    if any(name.startswith("chain:") for name in record.inputs):
        return
    if needed_chains(manifest, sample, look.provided) and not why_not_testable(manifest, sample, look.provided):
        yield Reason(kind=ReasonKind.LIFT, words="its positions can be lifted now")


def _limits(look: Look, sample: Sample, record: Record) -> Iterator[Reason]:
    """Say which limits an answer was not made with; where nothing could be tested, none were looked at."""
    if record.outcome is not Outcome.ANSWERED:
        return
    changes = limit_changes(record, look.limits(sample), USUAL_LIMITS)
    yield from limits_reason("your limits changed", changes)


def _changed(kind: ReasonKind, words: str, before: str, after: str) -> Reason:
    return Reason(kind=kind, words=words.format(f"{before} → {after}"), before=before, after=after)
