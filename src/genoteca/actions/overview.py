"""A genome at a glance: what its modules found, in words and numbers; what could not be looked at, and why."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from genoteca.actions.answers import answer_of
from genoteca.actions.references import annotating_modules
from genoteca.actions.report_plain import open_filter, plain_findings
from genoteca.actions.reports import written_section
from genoteca.actions.results import result_columns
from genoteca.actions.samples import show_sample
from genoteca.actions.view import Trouble, View
from genoteca.actions.views import AnswerState, ModuleAnswer, ReportCard, SampleCard
from genoteca.engine import records
from genoteca.engine.files import write_private
from genoteca.engine.samples import all_samples
from genoteca.errors import DatasetError
from genoteca.model.carrying import CARRYING
from genoteca.model.column import Column, ColumnType
from genoteca.model.evidence import Evidence, Outcome, Shape
from genoteca.model.filter import Any_, Filter
from genoteca.model.report import ReportFinding
from genoteca.model.smart_filter import columns_of
from genoteca.model.tally import Tally
from genoteca.sdk.made_with import LOOKED_UP, PLACES

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.module import ModuleManifest
    from genoteca.model.sample import Sample
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = ["ModuleOverview", "Opened", "Overview", "brief_samples", "finding_rows", "genome_overview"]

Opened = Mapping[str, Collection[str]]
"""By module: the gates that the person has opened."""

CLASSES = ("significance_class", "strength")
"""Categories by which a picture sorts what a module found, the first that it has."""
TALLY_VERSION = "2"
"""Raised when tallies are counted otherwise: kept ones are then counted again."""


class ModuleOverview(View):
    """What one module that has answered says of a genome."""

    answer: ModuleAnswer
    """Without a number where the person must agree first."""
    category: str
    summary: str
    """What the module is about; it says nothing of the genome."""
    gate: str = ""
    """What must be read first, now closed: of the whole answer (`answer.gate`), or of what it says in words."""
    opened: list[str] = Field(default_factory=list)
    """Gates that the person opened, and may close again."""
    report: ReportCard | None = None
    """Its own section; None: it writes none, or it is closed."""
    plain: list[ReportFinding] = Field(default_factory=list)
    """Of a module without a section: its first answers."""
    told: int = 0
    """Findings there are; more than are listed where some are left for the table."""
    tally: Tally = Tally()
    class_column: Column | None = None

    @property
    def findings(self) -> Sequence[ReportFinding]:
        """Give what it found, in words; empty while it is closed."""
        return self.report.section.findings if self.report and self.report.section else self.plain


class Overview(View):
    """Everything that the overview of a genome shows."""

    card: SampleCard
    modules: list[ModuleOverview] = Field(default_factory=list)
    """Those that have answered: by category, the categories with most findings first."""

    @property
    def waiting(self) -> Iterator[ModuleAnswer]:
        """Give the modules that have not answered, or whose answer is out of date: what to do next."""
        yield from (one for one in self.card.answers if one.state is not AnswerState.UP_TO_DATE)

    @property
    def categories(self) -> Iterator[tuple[str, list[ModuleOverview]]]:
        """Give the modules by category."""
        for category, found in groupby(self.modules, key=lambda one: one.category):
            yield category, list(found)

    @property
    def sites(self) -> int:
        """Places looked up, by the open answers of modules that look at a list of places."""
        return sum(one.answer.sites or 0 for one in self.modules if not one.answer.gate and one.answer.evidence)

    @property
    def evidence(self) -> dict[Evidence, int]:
        """How the open answers are known, all together."""
        counts = [one.answer.evidence for one in self.modules]
        return {kind: sum(one.get(kind.value, 0) for one in counts) for kind in Evidence}

    def of_shape(self, shape: Shape) -> int:
        """Count the open answers of one shape."""
        return sum(count for kind, count in self.evidence.items() if kind.shape is shape)


def brief_samples(app: App) -> list[Sample]:
    """Give every genome by its name alone, without a look at what was asked of it; the one added last first."""
    return sorted(all_samples(app.layout), key=lambda sample: sample.added, reverse=True)


def genome_overview(app: App, key: str, *, opened: Opened | None = None) -> Overview:
    """Give a genome at a glance; of a gate that is not among those opened, nothing is told.

    Raises:
        NotFoundError: there is no such sample.

    """
    card = show_sample(app, key)
    modules = annotating_modules(app.layout)
    found = [
        _module(app, card, modules[answer.module], stored, answer, (opened or {}).get(answer.module, ()))
        for answer in card.answers
        if answer.outcome is Outcome.ANSWERED
        and (stored := records.current(app.layout, [answer.module, "annotations"], key)) is not None
    ]
    return Overview(card=card, modules=_in_order(found))


def _in_order(modules: Sequence[ModuleOverview]) -> list[ModuleOverview]:
    """Sort by category, those with most findings at a place first; within one, by findings and title."""
    told: dict[str, int] = {}
    for one in modules:
        told[one.category] = told.get(one.category, 0) + (one.told if one.tally.rows else 0)

    def place(one: ModuleOverview) -> tuple[int, str, bool, bool, str]:
        return -told[one.category], one.category, not one.told, bool(one.gate), one.answer.title.casefold()

    return sorted(modules, key=place)


def _module(
    app: App,
    card: SampleCard,
    module: InstalledModule,
    stored: Stored,
    answer: ModuleAnswer,
    opened: Collection[str],
) -> ModuleOverview:
    manifest, sample = module.sound_manifest(), card.sample
    closed = next((gate for gate in manifest.gates if gate not in opened), "")
    if opened:
        answer = answer_of(app, sample, module, opened=opened)
    told = ModuleOverview(
        answer=answer,
        category=manifest.category,
        summary=manifest.summary,
        gate=closed,
        opened=[gate for gate in manifest.gates if gate in opened],
    )
    if closed:
        return told
    try:
        return told.model_copy(update=_found(app, card.sample, module, stored, answer, opened))
    except DatasetError as error:  # one damaged table must not hide what the other modules say
        trouble = Trouble(title="The answers cannot be read", message=error.message, hint=error.hint)
        damaged = ReportCard(module=module.id, title=manifest.title, trouble=trouble)
        return told.model_copy(update={"report": damaged})


def _found(
    app: App,
    sample: Sample,
    module: InstalledModule,
    stored: Stored,
    answer: ModuleAnswer,
    opened: Collection[str],
) -> dict[str, object]:
    """Give what an open answer says in words, and where it lies."""
    manifest, columns = module.sound_manifest(), result_columns(module, stored)
    report: ReportCard | None = None
    plain: list[ReportFinding] = []
    count = 0
    if manifest.report:
        report = written_section(app, sample, module, stored, answer, opened=True)
        count = len(report.section.findings) if report.section else 0
    else:
        plain, count = plain_findings(stored, columns, opened=opened)
    classed = next((c for c in columns if c.name in CLASSES and c.type is ColumnType.CATEGORY), None)
    tally = _tally(app, manifest, stored, columns, classed, opened)
    return {"report": report, "plain": plain, "told": count, "tally": tally, "class_column": classed}


def _tally(
    app: App,
    manifest: ModuleManifest,
    stored: Stored,
    columns: Sequence[Column],
    classed: Column | None,
    opened: Collection[str],
) -> Tally:
    """Count where a module's findings lie, and in which classes; kept beside the other disposable files."""
    places = finding_rows(manifest, stored)
    if places is None or not {column.name for column in columns}.issuperset(columns_of(places)):
        return Tally()  # an older table may lack what the module looks at today
    places, classes = open_filter(columns, places, opened), open_filter(columns, CARRYING, opened)
    asked = f"{TALLY_VERSION} {places.model_dump_json()} {classed and classed.name}"
    name = f"{stored.record.sha256[:32]}-{hashlib.sha256(asked.encode()).hexdigest()[:16]}.tally"
    kept = app.layout.cache / "browse" / name
    with suppress(OSError, ValidationError):  # not counted yet, or written half: it is counted again
        return Tally.model_validate_json(kept.read_bytes())
    from genoteca.engine.results.glance import tally  # loads DuckDB, which the first page does without

    counted = tally(
        stored.path, columns, places=places, classes=classes, class_column=classed.name if classed else ""
    )
    write_private(kept, counted.model_dump_json())
    return counted


def finding_rows(manifest: ModuleManifest, stored: Stored) -> Filter | None:
    """Tell which rows of a module are drawn on the chromosomes; None: it finds nothing at a place.

    Those that its report tells, else those of the first of its own filters, else those that the file has. A module
    that lists what others carry (population data), or that marks stretches, finds nothing of its own.
    """
    template = manifest.report.template if manifest.report else None
    if template and template.findings:
        return Any_.model_validate({"or": [one.where for one in template.findings]})
    if manifest.filters:
        return manifest.filters[0].where
    if not manifest.dense or stored.record.metadata.get(LOOKED_UP) == PLACES:
        return None
    return CARRYING
