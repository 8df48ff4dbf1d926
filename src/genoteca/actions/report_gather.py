"""Gathering what stands in a report: what the chosen modules say of a genome, and what they rest on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from genoteca.actions.genome import genome_report
from genoteca.actions.overview import ModuleOverview, Opened, Overview, genome_overview
from genoteca.actions.references import annotating_modules
from genoteca.actions.report_document import Missing, ReportDocument, ReportPart
from genoteca.actions.report_methods import facts_of, methods_of, rest_of
from genoteca.actions.report_plain import plain_findings
from genoteca.actions.results import result_columns
from genoteca.engine import records
from genoteca.errors import InputError, NotFoundError
from genoteca.model.column import GATE
from genoteca.model.counted import counted
from genoteca.model.evidence import Evidence, Shape
from genoteca.model.report import ReportCount, ReportFinding

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = ["gather"]

NOT_RULED_OUT = (
    "Nothing found does not mean no risk. Modules look only at what is known today, and only where the file says "
    "something; what could not be looked at is named with each module."
)


def gather(app: App, key: str, module_ids: Sequence[str], opened: Opened) -> ReportDocument:
    """Give the report of the chosen modules (all that have answered, when none is named).

    Of what is behind a gate that is not among those opened, nothing stands in it.

    Raises:
        NotFoundError: no such sample, or a module that is named has no answer.
        InputError: nothing was looked up yet, or all that was chosen is closed.

    """
    told = genome_overview(app, key, opened=opened)
    chosen = _chosen(told, module_ids)
    shown = [one for one in chosen if not one.gate]
    if not shown:
        raise InputError(
            f"Nothing of {key} can stand in a report: {_why_nothing(chosen)}.",
            title="There is nothing to report",
            hint="Open a module's answer first; on the command line, add --show-me.",
        )
    genome = genome_report(app, key)
    modules = annotating_modules(app.layout)
    stored = {one.answer.module: _stored(app, key, one.answer.module) for one in shown}
    sample = told.card.sample
    ids = {one.answer.module for one in chosen}
    return ReportDocument(
        name=sample.sample_name,
        person=sample.user_name,
        synthetic=sample.synthetic,
        made=datetime.now(UTC),
        summary=_summary(shown),
        facts=facts_of(genome),
        parts=[
            _part(one, modules[one.answer.module], stored[one.answer.module], opened.get(one.answer.module, ()))
            for one in shown
        ],
        closed=[one.answer.title for one in chosen if one.gate],
        missing=[
            Missing(title=answer.title, state=answer.state, why=answer.why)
            for answer in told.waiting
            if not module_ids or answer.module in ids
        ],
        methods=methods_of(app, genome),
        rests=[
            rest_of(app, sample, modules[one.answer.module], stored[one.answer.module])
            for one in sorted(shown, key=lambda one: one.answer.title.casefold())
        ],
    )


def _chosen(told: Overview, module_ids: Sequence[str]) -> list[ModuleOverview]:
    answered = {one.answer.module: one for one in told.modules}
    missing = [name for name in module_ids if name not in answered]
    if missing:
        raise NotFoundError(
            f"{missing[0]} has no answer about {told.card.sample.id.key}.",
            hint=f"Modules that have one: {', '.join(answered) or 'none yet'}",
        )
    return [one for name, one in answered.items() if not module_ids or name in module_ids]


def _why_nothing(chosen: Sequence[ModuleOverview]) -> str:
    titles = ", ".join(one.answer.title for one in chosen)
    return f"{titles} stay closed until you ask" if chosen else "no module has answered yet"


def _stored(app: App, key: str, module_id: str) -> Stored:
    stored = records.current(app.layout, [module_id, "annotations"], key)
    if stored is None:  # it was there a moment ago: it is being deleted
        raise NotFoundError(f"The answers of {module_id} about {key} are gone.", hint="Make the report again.")
    return stored


def _summary(shown: Sequence[ModuleOverview]) -> list[str]:
    """Say in plain words what was looked at, and what came of it."""
    findings = sum(one.told for one in shown)
    evidence: Mapping[str, int] = {
        kind.value: sum(one.answer.evidence.get(kind.value, 0) for one in shown) for kind in Evidence
    }
    known = _of(evidence, Shape.ANSWERED) + _of(evidence, Shape.REFERENCE)
    silent = _of(evidence, Shape.NOT_CALLABLE)
    lines = [f"This report tells what {counted(len(shown), 'module')} of Genoteca found in this genome."]
    if known + silent:
        lines.append(
            f"Together they looked up {known + silent:,} places. The file answers {known:,} of them; of {silent:,} "
            "it says nothing, or could not tell."
        )
    lines.append(
        f"{counted(findings, 'finding is', 'findings are')} told in words."
        if findings
        else "No finding is told in words."
    )
    old = sum(bool(one.answer.doubt) for one in shown)
    if old:
        lines.append(f"{counted(old, 'answer is', 'answers are')} out of date; each says why.")
    return [*lines, NOT_RULED_OUT]


def _of(evidence: Mapping[str, int], shape: Shape) -> int:
    return sum(evidence[kind.value] for kind in Evidence if kind.shape is shape)


def _part(one: ModuleOverview, module: InstalledModule, stored: Stored, opened: Collection[str]) -> ReportPart:
    answer, section = one.answer, one.report.section if one.report else None
    findings = list(one.findings)
    findings += _opened_one_by_one(module, stored, opened) if section else []
    notes = [
        f"{counted(number, 'call')} of this genome cannot be used: {why}." for why, number in answer.unusable.items()
    ]
    notes += [answer.lifted] if answer.lifted else []
    if one.report and one.report.trouble:
        notes.append(f"{one.report.trouble.title}: {one.report.trouble.message}")
    if answer.closed:
        closed = counted(answer.closed, "answer stays", "answers stay")
        notes.append(f"{closed} closed until opened one by one, and nothing of them is told here.")
    return ReportPart(
        module=answer.module,
        title=answer.title,
        category=one.category,
        release=answer.release,
        when=answer.when,
        lead=section.lead if section else f"{one.summary} {answer.words}.",
        out_of_date=answer.doubt,
        evidence=answer.evidence,
        counts=_counts(answer.sites, answer.evidence, answer.filtered),
        findings=findings,
        not_told=list(section.not_told) if section else [],
        paragraphs=list(section.paragraphs) if section else [],
        citations=list(section.citations) if section else [],
        notes=notes,
    )


def _opened_one_by_one(module: InstalledModule, stored: Stored, opened: Collection[str]) -> list[ReportFinding]:
    """Tell the answers behind gates of their own that the person opened: a section does not tell them."""
    columns = result_columns(module, stored)
    if not opened or all(column.name != GATE for column in columns):
        return []
    return plain_findings(stored, columns, opened=opened, only_opened=True)[0]


def _counts(sites: int | None, evidence: Mapping[str, int], filtered: int) -> list[ReportCount]:
    """Give the denominator: places looked up, how each is known, and how many calls are doubtful."""
    found = [ReportCount(label="places looked up", count=sites)] if sites is not None else []
    found += [
        ReportCount(label=kind.words, count=evidence[kind.value]) for kind in Evidence if evidence.get(kind.value)
    ]
    return found + ([ReportCount(label="of these rest on a doubtful call", count=filtered)] if filtered else [])
