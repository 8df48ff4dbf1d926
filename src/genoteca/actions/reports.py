"""Report sections: what a module says of a genome in words, as it was written in the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from genoteca.actions.answers import answer_of
from genoteca.actions.references import annotating_modules
from genoteca.actions.results import stored_result
from genoteca.actions.troubles import trouble_in
from genoteca.actions.views import AnswerState, ReportCard, Trouble
from genoteca.engine import records
from genoteca.engine.samples import read_sample
from genoteca.errors import DatasetError, NotFoundError
from genoteca.model.report import REPORT, ReportSection
from genoteca.model.sample import SampleId

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.sample import Sample
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = ["report_is_there", "report_section", "report_sections"]


def report_sections(app: App, key: str) -> list[ReportCard]:
    """Give what every module with a report section says of a sample that it was asked about, by title."""
    sample = read_sample(app.layout, SampleId.parse(key))
    found = [
        _card(app, sample, module, stored)
        for module in annotating_modules(app.layout).values()
        if module.sound_manifest().report
        and (stored := records.current(app.layout, [module.id, "annotations"], key)) is not None
    ]
    return sorted(found, key=lambda card: card.title.casefold())


def report_section(app: App, key: str, module_id: str) -> ReportCard:
    """Give what one module says of a sample.

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
    return _card(app, sample, module, stored)


def report_is_there(app: App, key: str, module: InstalledModule, annotations: Stored) -> bool:
    """Tell whether a module's section was written from these annotations; true for a module without one."""
    if module.sound_manifest().report is None:
        return True
    try:
        written = records.current(app.layout, [module.id, REPORT], key)
    except DatasetError:
        return False
    return written is not None and _written_from(written, annotations)


def _card(app: App, sample: Sample, module: InstalledModule, annotations: Stored) -> ReportCard:
    """Give the section with where it stands; one that cannot be read, or is of older answers, says so."""
    manifest = module.sound_manifest()
    answer = answer_of(app, sample, module)
    card = ReportCard(
        module=module.id,
        title=manifest.report.title if manifest.report else manifest.title,
        release=answer.release,
        gate=manifest.gate,
        out_of_date=answer.why if answer.state is AnswerState.OUT_OF_DATE else "",
    )
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
