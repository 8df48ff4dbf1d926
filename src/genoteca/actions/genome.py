"""One genome's own page: what its file holds, how good it is, and the limits its calls are marked by."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field, JsonValue

from genoteca.actions.app import App
from genoteca.actions.samples import CORE, show_sample
from genoteca.actions.view import View
from genoteca.actions.views import SampleCard
from genoteca.engine import records
from genoteca.engine.limits import rules_of
from genoteca.engine.samples import read_sample, write_sample
from genoteca.errors import InputError
from genoteca.model.quality import Quality
from genoteca.model.record import CheckResult
from genoteca.model.run import RunKind, RunRequest, RunStatus
from genoteca.model.sample import CallLimits, SampleId, Sex
from genoteca.sdk.resources import Stored

__all__ = [
    "GenomeReport",
    "LimitsPreview",
    "genome_report",
    "preview_limits",
    "read_again",
    "set_limits",
    "sex_compared",
]

SEXES = {"XX": Sex.FEMALE, "XY": Sex.MALE}


class GenomeReport(View):
    """Everything that a genome's own page shows."""

    card: SampleCard
    quality: Quality | None = None
    """None: not read yet, or read by a version that measured nothing."""
    checks: dict[str, list[CheckResult]] = Field(default_factory=dict)
    """What was looked at in each of its tables, by the table's name."""
    sha256: str = ""
    """Of the file as given."""
    read: datetime | None = None
    effective: dict[str, JsonValue] = Field(default_factory=dict)
    """The limits that hold: the sample's own, else those of the settings."""
    reference_limits: dict[str, JsonValue] = Field(default_factory=dict)
    """From which genotype quality and depth the file's 0/0 counted when it was read."""


class LimitsPreview(View):
    """What limits would mark, before they are kept."""

    rows: int
    marked: int
    reasons: dict[str, int]
    """By `filter`, `qual`, `depth`, `genotype_quality` or `balance`, as far as a limit is set."""
    not_judged: dict[str, int]
    """Variants without the value that a limit looks at: it marks none of them."""


def genome_report(app: App, key: str) -> GenomeReport:
    """Give what a genome's own page shows.

    Raises:
        NotFoundError: there is no such sample.
        DatasetError: a record of it is damaged.

    """
    card = show_sample(app, key)
    names = ("source", "variants", "coverage", "structural")
    tables = {name: records.current(app.layout, ["sample", name], key) for name in names}
    source, variants, coverage = (tables[name] for name in names[:3])
    figures = None if variants is None else variants.record.metadata.get("quality")
    limits = None if coverage is None else coverage.record.metadata.get("limits")
    return GenomeReport(
        card=card,
        quality=None if figures is None else Quality.model_validate(figures),
        checks={name: one.record.checks for name, one in tables.items() if one is not None and one.record.checks},
        sha256="" if source is None else source.record.sha256,
        read=None if variants is None else variants.record.created,
        effective=rules_of(app.settings, card.sample.limits).plain(),
        reference_limits=limits if isinstance(limits, dict) else {},
    )


def sex_compared(report: GenomeReport) -> str:
    """Say how the stated sex and the calls on X and Y agree: a finding that is shown on request only."""
    stated = report.card.sample.sex
    pattern = None if report.quality is None else report.quality.sex.pattern
    if pattern is None:
        return "It cannot be told from this file."
    if stated is Sex.UNSTATED:
        return f"The calls look like {pattern}. No sex was stated for this genome."
    if SEXES[pattern] is stated:
        return f"The calls look like {pattern}, as stated."
    return (
        f"The calls look like {pattern}, but {stated} was stated. The file may be another person's, the statement "
        "may be a slip, or the chromosomes may differ from what is usual."
    )


def preview_limits(app: App, key: str, limits: CallLimits) -> LimitsPreview:
    """Count what limits would mark among a sample's variants; nothing is kept.

    Raises:
        NotFoundError: there is no such sample.
        InputError: it was not read yet.
        DatasetError: its table is damaged.

    """
    from genoteca.annotate.filtering import preview  # loads the table library, which the first page does without

    read_sample(app.layout, SampleId.parse(key))
    stored = _variants(app, key)
    told = preview(stored.path, rules_of(app.settings, limits))
    return LimitsPreview(rows=told.rows, marked=told.marked, reasons=told.reasons, not_judged=told.not_judged)


def set_limits(app: App, key: str, limits: CallLimits) -> None:
    """Keep a sample's own limits; what modules said with others is then out of date.

    Raises:
        NotFoundError: there is no such sample.

    """
    sample = read_sample(app.layout, SampleId.parse(key))
    write_sample(app.layout, sample.model_copy(update={"limits": limits}))


def read_again(app: App, key: str) -> str:
    """Queue another reading of a sample's file, with the limits that now hold; gives the run.

    A reading that waits or works is not doubled.

    Raises:
        NotFoundError: there is no such sample.

    """
    sample = read_sample(app.layout, SampleId.parse(key))
    for run in app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING):
        if run.request.partition == key and run.request.kind is RunKind.IMPORT:
            return run.id
    return app.index.enqueue(RunRequest(kind=RunKind.IMPORT, partition=sample.id.key, assets=CORE)).id


def _variants(app: App, key: str) -> Stored:
    stored = records.current(app.layout, ["sample", "variants"], key)
    if stored is None:
        raise InputError(
            f"The file of {key} was not read yet, so there is nothing to try limits on.",
            title="This genome was not read",
            hint="Wait until it is read, or read it again.",
        )
    return records.trusted(stored)
