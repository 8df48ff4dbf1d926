"""Report sections: what a module says of a genome in words, as it was written in the worker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import ValidationError

from genoteca.actions.answers import answer_of
from genoteca.actions.references import annotating_modules
from genoteca.actions.results import stored_result
from genoteca.actions.telling import NOT_COUNTED
from genoteca.actions.troubles import trouble_in
from genoteca.actions.view import Trouble
from genoteca.actions.views import ModuleAnswer, ReportCard
from genoteca.engine import records
from genoteca.errors import DatasetError, NotFoundError
from genoteca.model.report import REPORT, ReportSection
from genoteca.sdk.closed import closed_in

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.sample import Sample
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = ["report_is_there", "report_section", "report_words", "written_section"]


def report_section(app: App, key: str, module_id: str, *, opened: bool = False) -> ReportCard:
    """Give what one module says of a sample; `opened`: the person agreed to what its manifest says first.

    Raises:
        NotFoundError: no such sample or module, nothing was asked yet, or the module has no report section.

    """
    sample, module, stored = stored_result(app, key, module_id)
    if module.sound_manifest().report is None:
        named = [one.id for one in annotating_modules(app.layout).values() if one.sound_manifest().report]
        raise NotFoundError(
            f"{module_id} has no report section.",
            hint=f"Modules that have one: {', '.join(named) or 'none installed'}",
        )
    return _card(app, sample, module, stored, opened=opened)


def report_is_there(app: App, key: str, module: InstalledModule, annotations: Stored) -> bool:
    """Tell whether a module's section was written from these annotations; true for a module without one."""
    if module.sound_manifest().report is None:
        return True
    try:
        written = records.current(app.layout, [module.id, REPORT], key)
    except DatasetError:
        return False
    return written is not None and _written_from(written, annotations)


def report_words(card: ReportCard) -> Iterator[str]:
    """Give a report section line by line, as plain text."""
    section = card.section
    if section is None:
        return
    yield section.title
    yield section.lead
    if card.out_of_date:
        yield f"Out of date: {card.out_of_date}"
    for count in section.counts:
        yield f"  {count.count:,} {count.label}"
    for finding in section.findings:
        yield ""
        yield finding.title
        yield f"  {finding.text}"
        yield from (f"  - {line}" for line in finding.details)
        if finding.evidence:
            yield f"  How it is known: {', '.join(kind.words for kind in finding.evidence)}"
        yield from (f"  {' '.join(filter(None, (one.text, one.url)))}" for one in finding.citations)
    for title, lines in (("What could not be told", section.not_told), ("How to read it", section.paragraphs)):
        if lines:
            yield ""
            yield title
            yield from (f"  - {line}" for line in lines)
    if section.citations:
        yield ""
        yield from (f"{one.text} {one.url}".strip() for one in section.citations)


def _card(app: App, sample: Sample, module: InstalledModule, annotations: Stored, *, opened: bool) -> ReportCard:
    """Give the section with where it stands; one that cannot be read, or is of older answers, says so."""
    return written_section(app, sample, module, annotations, answer_of(app, sample, module), opened=opened)


def written_section(
    app: App,
    sample: Sample,
    module: InstalledModule,
    annotations: Stored,
    answer: ModuleAnswer,
    *,
    opened: bool,
) -> ReportCard:
    """Give the section that was written from stored annotations, of a module whose answer is known already."""
    manifest = module.sound_manifest()
    card = ReportCard(
        module=module.id,
        title=manifest.report.title if manifest.report else manifest.title,
        release=answer.release,
        gate="" if opened else next(iter(manifest.gates), ""),
        out_of_date=answer.doubt,
    )
    if card.gate:
        return card
    if closed_in(annotations.record, manifest) is None:
        trouble = Trouble(title="The report is of an older Genoteca", message=NOT_COUNTED, hint="Annotate again.")
        return card.model_copy(update={"trouble": trouble})
    key = sample.id.key
    try:
        written = records.current(app.layout, [module.id, REPORT], key)
        section = (
            None if written is None else ReportSection.model_validate_json(records.trusted(written).path.read_bytes())
        )
    except (DatasetError, ValidationError) as error:
        trouble = Trouble(title="The report cannot be read", message=str(error), hint="Annotate again.")
        return card.model_copy(update={"trouble": trouble})
    if written is None or section is None or not _written_from(written, annotations):
        return card.model_copy(update={"trouble": _why_missing(app, sample, module)})
    return card.model_copy(update={"section": section, "when": written.record.created})


def _written_from(report: Stored, annotations: Stored) -> bool:
    asset = "/".join(annotations.record.asset)
    return report.record.inputs.get(asset) == annotations.record.sha256


def _why_missing(app: App, sample: Sample, module: InstalledModule) -> Trouble:
    """Say why there is no section of these answers: writing it failed, or nobody wrote it yet."""
    name = f"{module.id}/{REPORT}"
    for run in app.index.list(sample.id.key, limit=200):
        if name in run.failed_assets:
            return trouble_in(run.failed_assets[name])
        if [module.id, REPORT] in run.request.assets:
            break
    return Trouble(
        title="The report was not written yet",
        message="The answers below were looked up before this module had a report.",
        hint="Annotate again, with this module.",
    )
