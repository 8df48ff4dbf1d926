"""Annotate: references first where they are missing, then the sample's run; and what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from genoteca.actions import references
from genoteca.actions.answers import answer_of, outcomes_of
from genoteca.actions.app import App
from genoteca.actions.chains import chain_runs, enqueue_shared, lifted_assets
from genoteca.actions.reports import report_is_there
from genoteca.actions.troubles import trouble_in
from genoteca.actions.views import AnnotateReport, AnswerState, ModuleAnswer, ModuleReport
from genoteca.engine import records
from genoteca.engine.needed_chromosomes import needed_chromosomes
from genoteca.engine.samples import read_sample
from genoteca.errors import DatasetError, InputError, NotFoundError
from genoteca.model.build import Build
from genoteca.model.evidence import Evidence, Outcome
from genoteca.model.module import SettingType
from genoteca.model.report import REPORT
from genoteca.model.run import LineKind, Run, RunKind, RunRequest, RunStatus
from genoteca.model.sample import Sample, SampleId
from genoteca.sdk.chains import lifted_from
from genoteca.sdk.testable import needed_chains
from genoteca.store.installed import InstalledModule
from genoteca.store.preferences import Preferences

if TYPE_CHECKING:
    from genoteca.sdk.resources import Stored

__all__ = ["Left", "annotate", "annotate_report", "data_to_fetch", "download_size", "what_is_left"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """What annotating a sample would come to now: ids of modules."""

    fresh: list[str]
    """Asked."""
    reused: list[str]
    """Up to date: not asked again."""
    missing: list[str]
    """Those among the asked whose data must be made first."""


def annotate(
    app: App,
    key: str,
    module_ids: Sequence[str] = (),
    *,
    engine: str | None = None,
    force: bool = False,
    run_id: str = "",
    held: bool = False,
    settles: bool = False,
) -> str:
    """Queue the annotation of a sample (by every usable module, unless some are named); gives the run.

    A reference that is missing or out of date is queued before it, in a run of its own. An answer that is up to date
    is not made again, unless `force`; where all are, the run is over at once. A run that is queued or at work for the
    very same is given as it is. `run_id`: the id that a new one shall have. `held`: what it finds waits beside the
    answers in force, until it is taken or left; with `settles`, what changes nothing is taken by itself.

    Raises:
        NotFoundError: there is no such sample or module.
        InputError: no module is installed, the sample was never read, or a chosen release cannot be used.

    """
    sample = read_sample(app.layout, SampleId.parse(key))
    modules = _with_required(app, named := references.chosen_modules(app.layout, module_ids))
    reading = _reading(app, key)
    if not reading and records.current(app.layout, ["sample", "variants"], key) is None:
        raise InputError(
            f"The file of {key} could not be read, so there is nothing to ask about.",
            title="This genome was not read",
            hint="Read it again from the Genomes page, or add it again.",
        )
    kept = [] if reading else [one for one in modules if not force or one not in named]
    # what is made anew of older answers that the person has kept is made of those
    reused = _up_to_date(app, sample, kept, older=[one for one in kept if settles and one not in named])
    fresh = [module for module in modules if module.id not in reused]
    request = _request(app, sample, modules, reused, engine=engine, held=held, settles=settles)
    if not fresh:
        return _over_at_once(app, request)
    if at_work := _same_at_work(app, request):
        return at_work
    missing = _missing(app, sample, fresh)
    needed = sorted(needed_chromosomes(app.layout, key)) if missing else []
    after = [
        # while the genome is being read its chromosomes are not known: those of every genome are, when the run begins
        enqueue_shared(
            app,
            module,
            build,
            [module.id, "reference"],
            why,
            release=release,
            chromosomes=None if reading else needed,
        )
        for module, build, why, release in missing
    ]
    after += chain_runs(app, sample, fresh)
    after += [run.id for run in reading]
    return app.index.enqueue(request.model_copy(update={"after": after}), run_id=run_id).id


def what_is_left(app: App, key: str, module_ids: Sequence[str]) -> Left:
    """Tell what `annotate` would do for a sample, without doing it.

    Raises:
        NotFoundError: there is no such sample or module.
        InputError: no module is installed, or a chosen release cannot be used.

    """
    sample = read_sample(app.layout, SampleId.parse(key))
    modules = _with_required(app, references.chosen_modules(app.layout, module_ids))
    reused = {} if _reading(app, key) else _up_to_date(app, sample, modules)
    fresh = [module for module in modules if module.id not in reused]
    missing = [module.id for module, *_ in _missing(app, sample, fresh)]
    return Left(fresh=[module.id for module in fresh], reused=list(reused), missing=missing)


def annotate_report(app: App, run_id: str) -> AnnotateReport:
    """Give outcome, release and counts of every module of a run.

    Raises:
        NotFoundError: there is no such run, or it annotated nothing.

    """
    run = app.index.get(run_id)
    if run.request.partition is None or run.request.kind is not RunKind.ANNOTATE:
        raise NotFoundError(f"The run {run.id[:8]} annotated no sample.")
    seconds = _seconds(app, run)
    modules = {module: _report(answer, run, seconds.get(module)) for module, answer in outcomes_of(app, run).items()}
    return AnnotateReport(run=run.id, sample=run.request.partition, modules=modules)


def data_to_fetch(app: App, key: str) -> dict[str, int]:
    """Give the modules whose data must be fetched before they can be asked about a sample, with its bytes at most.

    The bytes are what the manifest says of all its data; 0: not known. A module that makes its data of what came with
    it, or of a file on this computer, is left out; so is one whose chosen release cannot be used (`annotate` tells).

    Raises:
        NotFoundError: there is no such sample.

    """
    sample, found = read_sample(app.layout, SampleId.parse(key)), dict[str, int]()
    for module in references.annotating_modules(app.layout).values():
        size = download_size(app, module)
        if size is None:
            continue
        with suppress(InputError):
            if _missing(app, sample, [module]):
                found[module.id] = size
    return found


def _request(
    app: App,
    sample: Sample,
    modules: Sequence[InstalledModule],
    reused: dict[str, str],
    *,
    engine: str | None,
    held: bool,
    settles: bool,
) -> RunRequest:
    """Say what the run shall make: of these modules those that are not reused."""
    fresh = [module for module in modules if module.id not in reused]
    return RunRequest(
        kind=RunKind.ANNOTATE,
        partition=sample.id.key,
        assets=[*lifted_assets(app, sample, fresh), *_assets(fresh)],
        modules=[module.id for module in modules],
        build=sample.build,
        engine=engine or app.settings.engine,
        reused=reused,
        held=held,
        settles=settles,
        closed=[one.id for one in modules if settles and one.sound_manifest().gate],
        requires={one.id: list(one.sound_manifest().requires) for one in modules if settles},
    )


def _assets(modules: Sequence[InstalledModule]) -> list[list[str]]:
    """Give what is made of a sample by these modules: their answers, then what they say of them in words."""
    with_report = [module.id for module in modules if module.sound_manifest().report]
    return [*([module.id, "annotations"] for module in modules), *([one, REPORT] for one in with_report)]


def _with_required(app: App, modules: Sequence[InstalledModule]) -> list[InstalledModule]:
    """Add the modules whose answers these build on, before them; one that is not usable fails them in the run."""
    usable, found = references.annotating_modules(app.layout), dict[str, InstalledModule]()

    def add(module: InstalledModule) -> None:
        for needed in module.sound_manifest().requires:
            if needed in usable and needed not in found:
                add(usable[needed])
        found[module.id] = module

    for module in modules:
        add(module)
    return list(found.values())


def download_size(app: App, module: InstalledModule) -> int | None:
    """Give the bytes that a module's data takes to fetch; 0: not known; None: nothing of it comes from elsewhere."""
    manifest = module.sound_manifest()
    values = Preferences(app.layout.database).values(manifest)
    places = [
        str(values.get(name) or "") for name, one in manifest.settings.items() if one.type is SettingType.PATH_OR_URL
    ]
    chosen = [place for place in places if place]
    if chosen:
        return 0 if any("://" in place for place in chosen) else None
    return manifest.download_bytes if manifest.permissions.network else None


def _report(answer: ModuleAnswer, run: Run, seconds: float | None) -> ModuleReport:
    told = run.failed_assets.get(f"{answer.module}/{REPORT}") if answer.outcome is not Outcome.FAILED else None
    return ModuleReport(
        outcome=answer.outcome or Outcome.FAILED,
        reason=answer.why,
        release=answer.release,
        sites=answer.sites,
        evidence={kind.value: answer.evidence.get(kind, 0) for kind in Evidence} if answer.evidence else {},
        filtered=answer.filtered,
        lifted=answer.lifted,
        unusable=answer.unusable,
        rows=answer.rows,
        seconds=seconds,
        peak_memory_mb=run.peak_memory_mb,
        reused=answer.module in run.request.reused,
        closed=bool(answer.gate),
        closed_rows=answer.closed,
        report_failed=trouble_in(told).message if told else "",
        words=answer.words,
        cancelled=answer.outcome is None,
        waits=answer.waits,
    )


def _up_to_date(
    app: App, sample: Sample, modules: Sequence[InstalledModule], *, older: Sequence[InstalledModule] = ()
) -> dict[str, str]:
    """Give the modules whose answer would be the same if it were made again, with the run that made it.

    A module that builds on the answers of others is among them only if these are, and are before it in `modules`. So
    is none whose answer is not, byte by byte, what was written, or whose report was not written from it. `older`:
    those that count also where the person has kept an older answer.
    """
    found = dict[str, str]()
    annotating = references.annotating_modules(app.layout)
    for module in modules:
        built_on = [one for one in module.sound_manifest().requires if one in annotating]
        with suppress(DatasetError):
            whole = all(one in found for one in built_on)
            if whole and (run := _made_by(app, sample, module, older=module in older)):
                found[module.id] = run
    return found


def _made_by(app: App, sample: Sample, module: InstalledModule, *, older: bool = False) -> str:
    """Give the run that made an answer which is up to date; empty: there is none. `older`: or which was kept.

    Raises:
        DatasetError: it is damaged.

    """
    answer = answer_of(app, sample, module)
    stored = records.current(app.layout, [module.id, "annotations"], sample.id.key)
    good = (AnswerState.UP_TO_DATE, AnswerState.CANNOT_BE_TESTED, *((AnswerState.KEPT,) if older else ()))
    if stored is None or answer.state not in good:
        return ""
    if not report_is_there(app, sample.id.key, module, stored):
        return ""
    if not _names_what_it_is_made_of(app, module, stored):
        return ""
    return records.verified(stored).record.run


def _names_what_it_is_made_of(app: App, module: InstalledModule, stored: Stored) -> bool:
    """Tell whether an answer names the answers that it builds on: else nobody can say that they changed."""
    annotating = references.annotating_modules(app.layout)
    built_on = (one for one in module.sound_manifest().requires if one in annotating)
    return all(f"{one}/annotations" in stored.record.inputs for one in built_on)


def _over_at_once(app: App, request: RunRequest) -> str:
    """Write down a run that had nothing to do."""
    now = datetime.now(UTC)
    run = Run(
        id=str(uuid.uuid4()),
        request=request,
        status=RunStatus.SUCCEEDED,
        queued=now,
        started=now,
        ended=now,
        fraction=1.0,
        message="Up to date, nothing to do",
    )
    app.index.restore([run])
    return run.id


def _same_at_work(app: App, request: RunRequest) -> str:
    """Give the run that is queued or at work for the very same; empty: there is none."""
    waiting = app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING)
    same = (run.id for run in waiting if run.request.model_copy(update={"after": []}) == request)
    return next(same, "")


def _missing(
    app: App, sample: Sample, modules: Sequence[InstalledModule]
) -> list[tuple[InstalledModule, Build, str, str]]:
    """Give the modules whose reference must be made for this sample: in which build, why, and which release."""
    found = []
    provided = references.provided_names(app.layout)
    for module in modules:
        manifest = module.sound_manifest()
        source = lifted_from(manifest, sample.build)
        if not manifest.is_set_up or (source and not needed_chains(manifest, sample, provided)):
            continue
        build = source or sample.build
        why, release = references.reference_wanted(app.layout, module, build, key=sample.id.key)
        if why:
            found.append((module, build, why, release))
    return found


def _reading(app: App, key: str) -> list[Run]:
    """Give the runs that are about to read this sample."""
    waiting = app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING)
    return [run for run in waiting if run.request.partition == key and run.request.kind is RunKind.IMPORT]


def _seconds(app: App, run: Run) -> dict[str, float]:
    """Give the wall time of every module's annotations in a run."""
    begun: dict[str, float] = {}
    spent: dict[str, float] = {}
    for line in app.index.lines(run.id):
        if line.asset is None:
            continue
        at, module = line.time.timestamp(), line.asset.split("/")[0]
        if line.kind is LineKind.STARTED:
            begun[module] = at
        elif line.kind in (LineKind.DONE, LineKind.FAILED) and module in begun:
            spent[module] = round(at - begun[module], 3)
    return spent
