"""Taking results out: a module's answers in the sample's own VCF, and everything known of a sample as one file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from genoteca import __version__
from genoteca.actions.answers import answers_of
from genoteca.actions.browsing import Progress, unheard
from genoteca.actions.gates import Opened as Gates
from genoteca.actions.gates import open_rows
from genoteca.actions.references import annotating_modules
from genoteca.actions.results import refuse_column, result_columns, stored_result
from genoteca.actions.telling import NOT_COUNTED, still_closed
from genoteca.actions.views import AnswerState, ModuleAnswer, Query
from genoteca.engine import records
from genoteca.engine.samples import read_sample
from genoteca.errors import InputError, NotFoundError
from genoteca.model.column import ANNOTATIONS, GATE
from genoteca.model.counted import counted
from genoteca.model.export import ExportReport
from genoteca.model.filter import Filter
from genoteca.model.run import RunKind, RunRequest
from genoteca.model.sample import Sample, SampleId
from genoteca.sdk.closed import counts_in, without

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from genoteca.actions.app import App
    from genoteca.engine.results.vcf import ModuleAnswers
    from genoteca.model.module import ModuleManifest
    from genoteca.model.record import Record
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = [
    "NOT_ADVICE",
    "about_modules",
    "about_result",
    "age_of",
    "ages",
    "export_sample",
    "export_view_as_vcf",
    "join_sample",
]

NOT_ADVICE = "For information and research. Not medical advice, and no diagnosis."

SHOW_ME = "To take it out all the same, open it first; on the command line, add --show-me."

Opened = Mapping[str, Collection[str]]
"""By module: the gates that the person has opened."""


def export_sample(
    app: App,
    key: str,
    module_ids: Sequence[str] = (),
    *,
    format: str,  # noqa: A002 - the word of the command line
    output: Path,
    opened: Opened | None = None,
    lines: npt.NDArray[np.uint32] | None = None,
    progress: Progress = unheard,
) -> ExportReport:
    """Write everything that modules say of a sample (all that were asked, unless some are named) to one file.

    `vcf`: the sample's own records with the answers in INFO; any other format: the wide table, one row per variant.
    `opened`: answers behind any other gate are left out and counted, and so is a module that is closed as a whole;
    None: nothing is left out. `lines`: of the file's records, a `vcf` holds those of these numbers alone.

    Raises:
        NotFoundError: no such sample, or a module named has no answers for it.
        InputError: nothing was looked up yet, the answers are of an older reading, the format cannot hold them, or
            the file is the genome's own.
        GenomeFileError: for `vcf`, the genome file is gone or was changed.

    """
    from genoteca.engine.results.formats import Format
    from genoteca.engine.results.writing import Told, export_joined, export_vcf, source_text

    sample, variants = _sample(app, key)
    _require_another_file(sample, output)
    chosen, not_included = _chosen(app, sample, variants, module_ids, opened=opened)
    narrowed = [] if lines is None else [f"{counted(len(lines), 'record')} of a filtered view, and no other."]
    told = Told(
        sample=key,
        about=about_modules(sample, chosen, {one.id: opened is None or opened.get(one.id, ()) for one, _ in chosen}),
        notes=[*narrowed, *ages(app, sample, chosen)],
        not_included=not_included,
    )
    kind = Format(format)
    if kind is Format.VCF:
        source = replace(source_text(sample, variants), lines=lines)
        answers = [
            replace(_answers(module, stored, _gates(opened, module.id)), lines=lines) for module, stored in chosen
        ]
        return _with_sites(export_vcf(source, answers, output, told, progress), chosen)
    from genoteca.engine.joining import joined_module
    from genoteca.engine.results.joined import JoinedTable

    modules = [
        joined_module(
            module.sound_manifest(),
            stored,
            opened=None if (gates := _gates(opened, module.id)) is None else frozenset(gates),
        )
        for module, stored in chosen
    ]
    return _with_sites(export_joined(JoinedTable(variants.path, modules), kind, output, told, progress), chosen)


def _with_sites(report: ExportReport, chosen: Sequence[tuple[InstalledModule, Stored]]) -> ExportReport:
    """Tell how many sites each module looked at, as its page does: an export counts its answers."""
    sites = {module.id: stored.record.sites for module, stored in chosen}
    modules = {name: one.model_copy(update={"sites": sites.get(name)}) for name, one in report.modules.items()}
    return report.model_copy(update={"modules": modules})


def export_view_as_vcf(
    app: App,
    key: str,
    module_id: str,
    query: Query,
    *,
    columns: Sequence[str] | None,
    output: Path,
    opened: Collection[str] | None = None,
    progress: Progress = unheard,
) -> ExportReport:
    """Write the sample's own records with the answers of one module's view in INFO; their order stays the file's.

    Raises:
        NotFoundError: no such sample or module, or nothing was asked yet.
        FilterError: an unknown column.
        InputError: the answers are of an older reading, or the genome is a chip's.
        GenomeFileError: the genome file is gone or was changed.

    """
    from genoteca.engine.results.writing import Told, export_vcf, source_text

    sample, variants = _sample(app, key)
    _require_another_file(sample, output)
    gates = None if opened is None else {module_id: opened}
    ((module, stored),) = _chosen(app, sample, variants, [module_id], opened=gates)[0]
    source = source_text(sample, variants)
    answers = _answers(module, stored, opened, query=query, columns=columns)
    narrowed = ["Only the answers of a filtered view are in it."] if query.where or query.text else []
    told = Told(sample=key, notes=[*narrowed, *ages(app, sample, [(module, stored)])])
    return export_vcf(source, [answers], output, told, progress)


def join_sample(
    app: App, key: str, module_ids: Sequence[str] = (), *, show_closed: bool = False, run_id: str = ""
) -> str:
    """Queue the making of the wide table as an asset, `sample/annotated`; gives the run.

    `show_closed`: answers that stay closed until the person asks are in it, too. `run_id`: the id it shall have.

    Raises:
        NotFoundError: no such sample, or a module named has no answers for it.
        InputError: nothing was looked up yet, or the answers are of an older reading.

    """
    sample, variants = _sample(app, key)
    chosen, _ = _chosen(app, sample, variants, module_ids, opened=None if show_closed else {})
    run = app.index.enqueue(
        RunRequest(
            kind=RunKind.JOIN,
            partition=key,
            assets=[["sample", "annotated"]],
            modules=[module.id for module, _ in chosen],
            build=sample.build,
            show_closed=show_closed,
        ),
        run_id=run_id,
    )
    return run.id


def about_result(app: App, key: str, module_id: str, *, opened: Gates = False) -> list[tuple[str, str]]:
    """Say of one module's answers what a workbook says of itself; `opened`: the gates that the person has opened.

    Raises:
        NotFoundError: no such sample or module, or nothing was asked yet.

    """
    sample, module, stored = stored_result(app, key, module_id)
    return about_modules(sample, [(module, stored)], {module.id: opened})


def _sample(app: App, key: str) -> tuple[Sample, Stored]:
    sample = read_sample(app.layout, SampleId.parse(key))
    variants = records.current(app.layout, ["sample", "variants"], key)
    if variants is None:
        raise InputError(
            f"The file of {key} was not read, so there is nothing to export.",
            title="This genome was not read",
            hint="Read it again from the Genomes page, or add it again.",
        )
    return sample, records.verified(variants)


def _require_another_file(sample: Sample, output: Path) -> None:
    """See that an export does not take the place of the file that the genome was read from."""
    source = Path(sample.source.path)
    if source.exists() and output.exists() and output.samefile(source):
        raise InputError(
            f"{output} is the file that {sample.id.key} was read from.",
            title="This would overwrite the genome file",
            hint="Choose another name.",
        )


def _chosen(
    app: App, sample: Sample, variants: Stored, module_ids: Sequence[str], *, opened: Opened | None
) -> tuple[list[tuple[InstalledModule, Stored]], dict[str, str]]:
    """Give the modules with answers of the variants as they are now; of the others, why they have none.

    A module that was named and cannot be exported is an error.
    """
    from genoteca.engine.joining import why_closed, why_not_joined

    key = sample.id.key
    named = list(dict.fromkeys(module_ids))
    modules = [stored_result(app, key, name)[1] for name in named] or list(annotating_modules(app.layout).values())
    chosen, left_out = [], {}
    for module in sorted(modules, key=lambda one: one.sound_manifest().title.casefold()):
        stored = records.current(app.layout, [module.id, "annotations"], key)
        why = why_not_joined(stored, variants) or why_closed(module.sound_manifest(), _gates(opened, module.id))
        if stored is None or why:
            left_out[module.id] = why
        else:
            chosen.append((module, records.verified(stored)))
    refused = [name for name in named if name in left_out]
    if refused:
        closed = why_closed(stored_result(app, key, refused[0])[1].sound_manifest(), _gates(opened, refused[0]))
        raise InputError(
            f"{refused[0]} has no answers about {key} that could be exported: {left_out[refused[0]]}.",
            title="There is nothing to export",
            hint=SHOW_ME if closed else f"Run: genoteca annotate {key} --module {refused[0]}",
        )
    if not chosen:
        raise NotFoundError(
            f"No module has answers about {key}"
            + "".join(f"; {name}: {why}" for name, why in left_out.items())
            + ".",
            title="There is nothing to export",
            hint=f"Run: genoteca annotate {key}",
        )
    return chosen, left_out


def _gates(opened: Opened | None, module_id: str) -> Collection[str] | None:
    """Give the gates of one module that were opened; None: whatever there is."""
    return None if opened is None else opened.get(module_id, ())


def _answers(
    module: InstalledModule,
    stored: Stored,
    opened: Collection[str] | None,
    *,
    query: Query | None = None,
    columns: Sequence[str] | None = None,
) -> ModuleAnswers:
    from genoteca.engine.results.vcf import ModuleAnswers

    manifest, every = module.sound_manifest(), result_columns(module, stored)
    known = [column.name for column in every]
    for name in columns or ():
        if name not in known:
            refuse_column(name, known)
    wanted = set(known if columns is None else columns)
    return ModuleAnswers(
        module=module.id,
        title=manifest.title,
        release=stored.record.release or stored.record.data_version,
        path=stored.path,
        columns=every,
        own=[column for column in every[len(ANNOTATIONS) :] if column.name in wanted],
        where=query.where if query else None,
        text=query.text if query else "",
        open=_open(opened, known),
    )


def _open(opened: Collection[str] | None, known: Sequence[str]) -> Filter | None:
    return None if opened is None or GATE not in known else open_rows(opened)


AGES = {
    AnswerState.WAITING: "; new ones wait to be looked at",
    AnswerState.KEPT: "; they were kept when new ones were looked at",
}


def ages(app: App, sample: Sample, chosen: Sequence[tuple[InstalledModule, Stored]]) -> list[str]:
    """Say which answers are out of date, or older than a look-up that failed."""
    answers = {answer.module: answer for answer in answers_of(app, sample)}
    told = [(answers.get(module.id), stored) for module, stored in chosen]
    return [f"{one.title}: {words}." for one, stored in told if one and (words := age_of(one, stored))]


def age_of(answer: ModuleAnswer, stored: Stored) -> str:
    """Say that stored answers are out of date, or older than a look-up that failed; empty: neither."""
    when = stored.record.created.date().isoformat()
    if answer.state.is_old:
        return f"the answers of {when} are out of date: {answer.why}{AGES.get(answer.state, '')}"
    if answer.state is AnswerState.FAILED:
        return f"the last look-up failed; these are the answers of {when}"
    return ""


def about_modules(
    sample: Sample, chosen: Sequence[tuple[InstalledModule, Stored]], opened: Mapping[str, Gates]
) -> list[tuple[str, str]]:
    """Say what the rows are: whose, of which build, by which module and release, and of how many sites.

    `opened`, by module: no number is of answers behind another gate.
    """
    lines = [
        ("Sample", f"{sample.user_name} / {sample.sample_name} ({sample.id.key})"),
        ("Source file", sample.source.name),
        ("Genome build", f"{sample.build}"),
        ("Positions", "1-based, on the plus strand"),
        ("Written", f"{datetime.now(UTC).date().isoformat()} by Genoteca {__version__}"),
    ]
    if sample.synthetic:
        lines.insert(1, ("Synthetic", "No person: a genome made for trying things out."))
    for module, stored in chosen:
        record, manifest = stored.record, module.sound_manifest()
        lines += [
            ("Module", f"{manifest.title} {record.metadata.get('module_version', manifest.version)} ({module.id})"),
            ("Release", record.release or record.data_version),
            ("Looked up", record.created.date().isoformat()),
            *_denominator(record, manifest, opened[module.id]),
            ("Licence of the data", record.licence),
        ]
    return [*lines, ("Not medical advice", NOT_ADVICE)]


def _denominator(record: Record, manifest: ModuleManifest, opened: Gates) -> list[tuple[str, str]]:
    """Say what was looked at and what became of it, of what is open."""
    closed = still_closed(record, manifest, opened)
    if closed is None:
        return [("Denominator", NOT_COUNTED)]
    told, behind = without(counts_in(record), closed), sum(one.rows for one in closed)
    counts = ", ".join(f"{kind} {count:,}" for kind, count in told.evidence.items() if count)
    sites = "Rows only where an allele is carried" if told.sites is None else counted(told.sites, "site")
    hidden = [("Left out, closed until you ask", f"{behind:,}")] if behind else []
    return [
        ("Denominator", f"{sites}: {counts or 'no rows'}"),
        ("Marked filtered", f"{told.filtered:,}"),
        *hidden,
    ]
