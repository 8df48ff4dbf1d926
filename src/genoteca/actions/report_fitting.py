"""Keeping a report readable: what is too long for the page goes into tables beside it."""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from genoteca.actions.overview import Opened, finding_rows
from genoteca.actions.references import annotating_modules
from genoteca.actions.report_document import Attachment, ReportDocument, ReportPart
from genoteca.actions.report_html import finding_html
from genoteca.actions.report_plain import TOLD_PLAINLY, carried_rows, open_filter
from genoteca.actions.results import export_result, result_columns, result_page, stored_result
from genoteca.actions.views import Query
from genoteca.model.counted import counted
from genoteca.model.report import Citation, ReportFinding
from genoteca.model.smart_filter import columns_of

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.filter import Filter

__all__ = ["MOST_BYTES", "fitted", "with_tables"]

MOST_BYTES = 5_000_000
"""Of a report, its tables aside: what a browser opens, and a mail carries, without complaint."""
ROOM = 400_000
"""Bytes of the page that belong to no module: style, facts, methods, versions, sources."""
MOST_ATTACHED = 100_000
"""Rows of a table beside a report; what is longer is exported from the module's own page."""

T = TypeVar("T")


def with_tables(app: App, key: str, document: ReportDocument, opened: Opened, folder: Path) -> ReportDocument:
    """Write the rows behind findings that are more than were told one by one, as tables in a folder."""
    modules = annotating_modules(app.layout)
    parts = []
    for part in document.parts:
        template = (naming := modules[part.module].sound_manifest().report) and naming.template
        plain = naming is None
        wanted = (template or plain) and len(part.findings) >= min(TOLD_PLAINLY, *_most(template))
        parts.append(_with_rows(app, key, part, opened.get(part.module, ()), folder) if wanted else part)
    return document.model_copy(update={"parts": parts})


def fitted(document: ReportDocument, folder: Path, *, most: int = MOST_BYTES) -> ReportDocument:
    """Shorten what modules say until the page stays below `most` bytes; findings left out become a table."""
    share = max(most - ROOM, 0) // max(len(document.parts), 1)
    return document.model_copy(update={"parts": [_shortened(part, share, folder) for part in document.parts]})


def _most(template: object) -> tuple[int, ...]:
    """Give how many findings each part of a template tells at most."""
    findings = getattr(template, "findings", ())
    return tuple(one.most for one in findings) or (TOLD_PLAINLY,)


def _with_rows(app: App, key: str, part: ReportPart, opened: Collection[str], folder: Path) -> ReportPart:
    where = _rows_behind(app, key, part.module, opened)
    if where is None:
        return part
    rows = result_page(app, key, part.module, Query(where=where, limit=0)).matched
    if rows <= len(part.findings):
        return part
    if rows > MOST_ATTACHED:
        note = f"{rows:,} rows stand behind this: too many for a report. Export them from the module's page."
        return part.model_copy(update={"notes": [*part.notes, note]})
    name = f"{part.module}.csv"
    export_result(app, key, part.module, Query(where=where), columns=None, format="csv", output=folder / name)
    attached = Attachment(name=name, label="All rows behind these findings", rows=rows)
    return part.model_copy(update={"attachments": [*part.attachments, attached]})


def _rows_behind(app: App, key: str, module_id: str, opened: Collection[str]) -> Filter | None:
    _, module, stored = stored_result(app, key, module_id)
    columns = result_columns(module, stored)
    manifest, known = module.sound_manifest(), {column.name for column in columns}
    if manifest.report is None:
        return carried_rows(columns, opened) if "conclusion" in known else None
    where = finding_rows(manifest, stored)
    if where is None or not known.issuperset(columns_of(where)):
        return None  # an older table may lack what the module looks at today
    return open_filter(columns, where, opened)


def _shortened(part: ReportPart, share: int, folder: Path) -> ReportPart:
    """Shorten one module's part to its share of the page, in bytes."""
    few = share // 10
    told, left_told = _within(part.not_told, few)
    paragraphs, left_paragraphs = _within(part.paragraphs, few)
    notes, left_notes = _within(part.notes, few)
    citations, left_citations = _within(part.citations, few)
    findings, left = _within(part.findings, share - 5 * few)
    lines = left_told + left_paragraphs + left_notes + left_citations
    cut = [f"{counted(lines, 'line')} would make this report too long, and {'is' if lines == 1 else 'are'} left out."]
    attached = [_findings_table(part.module, part.findings[-left:], folder)] if left else []
    return part.model_copy(
        update={
            "not_told": told,
            "paragraphs": paragraphs,
            "notes": [*notes, *(cut if lines else [])],
            "citations": citations,
            "findings": findings,
            "attachments": [*part.attachments, *attached],
        }
    )


def _within(items: Sequence[T], most: int) -> tuple[list[T], int]:
    """Give the first items that fit into so many bytes, and how many are left."""
    kept, used = [], 0
    for item in items:
        used += _size(item)
        if used > most:
            break
        kept.append(item)
    return kept, len(items) - len(kept)


def _size(item: object) -> int:
    """Give the bytes that an item takes on the page, at most: a letter may be written as six."""
    if isinstance(item, ReportFinding):
        return len(finding_html(item).encode())
    words = f"{item.text}{item.url}{item.url}" if isinstance(item, Citation) else str(item)
    return 200 + 6 * len(words.encode())


def _findings_table(module: str, findings: Sequence[ReportFinding], folder: Path) -> Attachment:
    """Write findings that did not fit as a table; a text that a spreadsheet would run is made harmless."""
    from genoteca.engine.results.formulas import runs_as_formula  # loads the table library

    name = f"{module}-findings.csv"
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["finding", "text", "details", "how it is known", "citations"])
        for one in findings:
            cells = (
                one.title,
                one.text,
                "; ".join(one.details),
                ", ".join(kind.value for kind in one.evidence),
                " ".join(filter(None, (part for cited in one.citations for part in (cited.text, cited.url)))),
            )
            writer.writerow([f"'{cell}" if runs_as_formula(cell) else cell for cell in cells])
    return Attachment(name=name, label="Findings that did not fit into this report", rows=len(findings))
