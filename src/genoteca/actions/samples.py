"""Genomes: looked at, added, shown, forgotten."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from genoteca.actions.answers import answers_of
from genoteca.actions.app import App
from genoteca.actions.changes import unseen_changes, waiting_answers
from genoteca.actions.forgetting import forget_sample
from genoteca.actions.keeping import keep_file
from genoteca.actions.rereading import why_read_again
from genoteca.actions.troubles import trouble_from, trouble_of
from genoteca.actions.views import AddSample, SampleCard, SampleState
from genoteca.engine import records
from genoteca.engine.files import require_room
from genoteca.engine.samples import all_samples, read_sample, write_sample
from genoteca.errors import DatasetError, GenomeFileError, InputError, RunError
from genoteca.model.build import Build
from genoteca.model.formats import whole
from genoteca.model.intake import FileFacts, Intake
from genoteca.model.run import Run, RunKind, RunRequest, RunStatus
from genoteca.model.sample import Sample, SampleId, slug
from genoteca.settings import assets_folder

if TYPE_CHECKING:
    from pydantic import JsonValue

__all__ = [
    "CORE",
    "add_sample",
    "add_samples",
    "demo_genome",
    "inspect_genome",
    "list_samples",
    "sample_report",
    "show_sample",
]

CORE = [["sample", name] for name in ("source", "variants", "coverage", "structural")]
"""What reading a genome makes."""


def inspect_genome(app: App, path: Path, member: str | None = None) -> FileFacts:  # noqa: ARG001 - every action takes the app
    """Say what a genome file holds, from its head; nothing is stored. `member` chooses one of an archive's genomes.

    Raises:
        GenomeFileError: it is no genome file that can be read.

    """
    from genoteca.genome.inspect import inspect_file  # loads the table library, which the first page does without

    if not path.is_file():
        raise GenomeFileError(f"There is no file {path}.", hint="Check the name, or choose the file again.")
    return inspect_file(path, member)


def demo_genome(app: App) -> AddSample:  # noqa: ARG001 - every action takes the app
    """Give the bundled synthetic genome, ready to be added."""
    path = assets_folder() / "demo" / "demo-genome.vcf.gz"
    return AddSample(path=str(path), user="demo", sample="synthetic")


def add_sample(app: App, request: AddSample) -> tuple[SampleId, str]:
    """Add a genome and queue its reading; gives the sample and the run.

    Raises:
        InputError: the file, the picked sample, the build or the name cannot be used; nothing is stored.

    """
    (added,) = add_samples(app, request, [request.pick])
    return added


def add_samples(app: App, request: AddSample, picks: Sequence[str | None] | None) -> list[tuple[SampleId, str]]:
    """Add several people of one file and queue the reading of each; gives every sample with its run.

    `picks` names them as the file does; None: everyone in it. Each becomes a sample of the user, under its own name.

    Raises:
        InputError: the file, a picked sample, the build or a name cannot be used; nothing is stored.
        DataFolderError: there is no room for the file or its tables; nothing is stored.

    """
    facts = inspect_genome(app, Path(request.path), request.member)
    asked: Sequence[str | None] = picks if picks is not None else facts.samples or [None]
    chosen = [_pick(facts, pick) for pick in asked]
    build, evidence = _build(facts, request.build)
    names = _names(request, facts, chosen)
    require_room(app.layout.home, facts.bytes * len(names), people=facts.people)
    _make_room(app, names)
    sources = keep_file(app.layout, list(names), request, facts)
    added = []
    for (sample_id, name), pick in zip(names.items(), chosen, strict=True):
        sample = Sample(
            id=sample_id,
            user_name=request.user,
            sample_name=name,
            source=sources[sample_id],
            pick=pick,
            build=build,
            build_evidence=evidence,
            kind=facts.kind,
            sex=request.sex,
            decompose=request.decompose,
            synthetic=facts.synthetic,
            added=datetime.now(UTC),
        )
        write_sample(app.layout, sample)
        run = app.index.enqueue(RunRequest(kind=RunKind.IMPORT, partition=sample_id.key, assets=CORE))
        added.append((sample_id, run.id))
    return added


def list_samples(app: App) -> list[SampleCard]:
    """Give every sample with its card."""
    return [_card(app, sample) for sample in all_samples(app.layout)]


def show_sample(app: App, key: str) -> SampleCard:
    """Give one sample with its card.

    Raises:
        NotFoundError: there is no such sample.

    """
    return _card(app, read_sample(app.layout, SampleId.parse(key)))


def sample_report(app: App, key: str, run: Run) -> dict[str, JsonValue]:
    """Give what `samples add --json` prints, after the run that read the file.

    Raises:
        RunError: that run did not succeed.

    """
    if run.status is not RunStatus.SUCCEEDED:
        trouble = trouble_of(run)
        raise RunError(trouble.message, title=trouble.title, hint=trouble.hint)
    card = show_sample(app, key)
    intake = card.intake
    if intake is None:
        raise RunError(f"The run {run.id} left no record of {key}.", hint="Run `genoteca doctor`.")
    return {
        "sample": key,
        "build": card.sample.build,
        "build_evidence": card.sample.build_evidence,
        "kind": card.sample.kind,
        "samples_in_file": card.sample.source.samples,
        "records_read": intake.records_read,
        "records_kept": intake.records_kept,
        "set_aside": {reason: one.records for reason, one in intake.set_aside.items()},
        "alleles_set_aside": dict(intake.alleles_set_aside),
        "rows": intake.rows,
        "structural_rows": intake.structural_rows,
        "seconds": run.seconds,
        "peak_memory_mb": run.peak_memory_mb,
    }


def _card(app: App, sample: Sample) -> SampleCard:
    runs = [run for run in app.index.list(sample.id.key, limit=200) if run.request.kind is RunKind.IMPORT]
    last = runs[0] if runs else None
    try:
        intake, answers = _intake(app, sample), answers_of(app, sample)
        why, changes = why_read_again(app, sample), unseen_changes(app, sample.id.key)
        waiting = waiting_answers(app, sample.id.key)
    except DatasetError as error:  # one damaged file must not hide the other genomes
        return SampleCard(sample=sample, state=SampleState.FAILED, import_run=last, trouble=trouble_from(error))
    state = SampleState.READY if intake is not None else SampleState.FAILED
    if last is not None and not last.status.over:
        state = SampleState.IMPORTING
    failed = last if state is SampleState.FAILED else None
    return SampleCard(
        sample=sample,
        state=state,
        intake=intake,
        import_run=last,
        trouble=trouble_of(failed) if failed else None,
        answers=answers,
        why_read_again=why if state is SampleState.READY else "",
        changes=changes,
        waiting=waiting,
    )


def _intake(app: App, sample: Sample) -> Intake | None:
    stored = records.current(app.layout, ["sample", "variants"], sample.id.key)
    return None if stored is None else Intake.model_validate(stored.record.metadata["intake"])


def _pick(facts: FileFacts, pick: str | None) -> str | None:
    if facts.undecided:
        raise InputError(
            f"{facts.name} holds {len(facts.members)} genome files: {_some(facts.members)}.",
            title="Which file of this archive?",
            hint="Choose one (on the command line: --member NAME); each can be added by itself.",
        )
    if not facts.has_genotypes:
        raise GenomeFileError(
            f"{facts.name} lists variants but no genotypes: it does not say what a person carries.",
            title="This file has no genotypes",
            hint="A list of sites or a tumour's somatic calls is not a person's genome. Ask its maker for the "
            "germline VCF with a genotype (GT) column.",
        )
    if pick is None and facts.people == 1:
        return next(iter(facts.samples), None)
    if pick in facts.samples:
        return pick
    shown = _some(facts.samples)
    if pick is None:
        raise InputError(
            f"{facts.name} holds {len(facts.samples)} samples: {shown}.",
            title="Which sample of this file?",
            hint="Choose one or more (on the command line: --pick NAME, or --all).",
        )
    near = difflib.get_close_matches(pick, facts.samples, n=1)
    raise InputError(
        f"{facts.name} holds no sample {pick!r}" + (f"; did you mean {near[0]}?" if near else "."),
        hint=f"Samples in the file: {shown}",
    )


def _names(request: AddSample, facts: FileFacts, picks: Sequence[str | None]) -> dict[SampleId, str]:
    """Name every sample: as asked, as in the file, or as the file is called."""
    if request.sample and len(picks) > 1:
        raise InputError(
            f"{len(picks)} genomes cannot all be called {request.sample!r}.",
            title="One name for several genomes",
            hint="Leave the name away: each is then called as in the file.",
        )
    called = Path(facts.member or facts.name).name.split(".")[0]
    names: dict[SampleId, str] = {}
    for pick in picks:
        name = request.sample or pick or called
        sample_id = SampleId(user=slug(request.user), sample=slug(name))
        if sample_id in names:
            raise InputError(
                f"{names[sample_id]!r} and {name!r} would both be kept as {sample_id.key}.",
                title="Two genomes with one name",
                hint="Add them one by one, each under a name of its own.",
            )
        names[sample_id] = name
    return names


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (f" and {whole(len(names) - 10)} more" if len(names) > 10 else "")


def _build(facts: FileFacts, asked: str) -> tuple[Build, str]:
    """Settle the build: what the file says holds; what it leaves open, the person says; nobody guesses."""
    if asked == "auto":
        if facts.build is None:
            raise InputError(
                f"{facts.name} does not say its genome build ({facts.build_evidence}).",
                title="Which genome build is this file?",
                hint="Look in the report that came with it: GRCh37 (hg19), GRCh38 (hg38) or NCBI36 (hg18).",
            )
        return facts.build, facts.build_evidence
    stated = Build(asked)
    if facts.build not in (None, stated):
        raise InputError(
            f"{facts.name} says that it is {facts.build} ({facts.build_evidence}), not {stated}.",
            title="The file says another genome build",
            hint="Read on the wrong build, every position would be wrong. Leave the choice to the file.",
        )
    return stated, facts.build_evidence if facts.build else "stated by the user"


def _make_room(app: App, sample_ids: Collection[SampleId]) -> None:
    """Refuse names in use; samples that could never be read give way."""
    failed = []
    for sample_id in sample_ids:
        if not (app.layout.sample(sample_id.user, sample_id.sample) / "sample.json").exists():
            continue
        if show_sample(app, sample_id.key).state is not SampleState.FAILED:
            raise InputError(
                f"There is already a sample {sample_id.key}.",
                title="This name is in use",
                hint="Give the new one another name, or delete the old one first.",
            )
        failed.append(sample_id.key)
    for key in failed:
        forget_sample(app, key)
