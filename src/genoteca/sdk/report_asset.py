"""The asset `[id, "report"]`: a module's report section, written in the worker after its answers.

It is kept beside them as a file of its own with its record, so that it is deleted with the sample, and the app can
say that it was written from other answers than those that are there now.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pluggy

from genoteca.errors import CheckError, GenotecaError
from genoteca.model.evidence import Outcome
from genoteca.model.module import ModuleManifest
from genoteca.model.report import REPORT, ReportSection
from genoteca.sdk.closed import Counts, closed_in, counts_in, without
from genoteca.sdk.context import ModuleContext
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.made_with import columns_made_with
from genoteca.sdk.planned import Plan, made_by, planned_asset
from genoteca.sdk.report_template import filled_section
from genoteca.sdk.resources import PATHS, Stored
from genoteca.sdk.result import ModuleResult

if TYPE_CHECKING:
    import dagster as dg

    from genoteca.model.record import Record
    from genoteca.model.sample import Sample

__all__ = ["SECTION_ENDING", "with_report"]

SECTION_ENDING = ".section"
"""Of the file that holds a section: JSON of `ReportSection`, in UTF-8."""

REPORT_VERSION = "2"
"""Raised when the app fills in templates otherwise."""

Write = Callable[[ModuleResult], ReportSection]


def with_report(
    definitions: dg.Definitions, manifest: ModuleManifest, manager: pluggy.PluginManager, context: ModuleContext
) -> dg.Definitions:
    """Add the asset of the report section to a module's definitions, if its manifest names one."""
    import dagster as dg

    if manifest.report is None:
        return definitions
    report = _report_asset(manifest, _writer(manifest, manager, context), context)
    return dg.Definitions(assets=[*(definitions.assets or ()), report])


def _writer(manifest: ModuleManifest, manager: pluggy.PluginManager, context: ModuleContext) -> Write:
    """Give what writes the section: the module's hook, else the app with the manifest's template."""

    def by_hook(result: ModuleResult) -> ReportSection:
        try:
            section = manager.hook.report_section(context=context, result=result)
        except GenotecaError:
            raise
        except Exception as error:  # the border to a module's code, which may raise anything
            raise CheckError(
                f"report_section of {manifest.id} failed: {type(error).__name__}: {error}",
                title="The report section could not be written",
                hint="What the module answered stands; tell its author.",
            ) from error
        if not isinstance(section, ReportSection):
            raise CheckError(f"report_section of {manifest.id} gave {type(section).__name__}, not a ReportSection.")
        return section

    def by_template(result: ModuleResult) -> ReportSection:
        return filled_section(manifest, result)

    return by_template if manifest.report and manifest.report.template else by_hook


def _report_asset(manifest: ModuleManifest, write: Write, context: ModuleContext) -> dg.AssetsDefinition:
    def work(run: Any) -> Dataset:
        paths = getattr(run.resources, PATHS)
        sample: Sample = paths.sample(run.partition_key)
        stored: Stored = paths.stored([manifest.id, "annotations"], run.partition_key)
        path = paths.scratch() / f"{REPORT}{SECTION_ENDING}"
        path.write_text(_section(manifest, sample, stored, write).model_dump_json(indent=1), "utf-8")
        return Dataset(
            table=path,
            ending=SECTION_ENDING,
            build=sample.build,
            data_version=stored.record.data_version,
            release=stored.record.release,
            licence=stored.record.licence,
            inputs={f"{manifest.id}/annotations": stored.record.sha256},
        )

    plan = Plan(
        name=REPORT,
        description=f"{manifest.title} in words, for one sample.",
        code_version=f"{REPORT_VERSION}.{manifest.version}",
        checks={},
        columns=(),
        deps=[[manifest.id, "annotations"]],
        partitioned=True,
        kind="json",
        made_by=made_by(manifest, context.settings),
    )
    return planned_asset(manifest, plan, work)


def _told(record: Record, manifest: ModuleManifest) -> Counts:
    """Give the counts without the rows that stay closed where the report is shown."""
    apart = closed_in(record, manifest)
    if apart is None:
        raise CheckError(
            "These answers do not say what stays closed until the person asks.",
            title="The report cannot be written",
            hint="Annotate again.",
        )
    return without(counts_in(record), (one for gate, one in apart.items() if gate != manifest.gate))


def _section(manifest: ModuleManifest, sample: Sample, stored: Stored, write: Write) -> ReportSection:
    record = stored.record
    title = manifest.report.title if manifest.report else manifest.title
    if record.outcome is Outcome.CANNOT_BE_TESTED:
        return ReportSection(title=title, lead=record.reason[:1000] or "This genome cannot be tested.")
    told = _told(record, manifest)
    result = ModuleResult(
        path=stored.path,
        columns=columns_made_with(record, manifest),
        sites=told.sites,
        evidence=told.evidence,
        filtered=told.filtered,
        rows=told.rows,
        release=record.release or record.data_version,
        kind=sample.kind,
        sex=sample.sex,
        build=sample.build,
    )
    # headed as the manifest says: that is what the person chose to install
    return write(result).model_copy(update={"title": title})
