"""A module's report section on a page: what it found in words, what it rests on, what it could not tell."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from genoteca.actions.views import ReportCard
from genoteca.model.report import Citation, ReportFinding, ReportSection, Tone
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, pill, row, said, stack
from genoteca.ui.components.buttons import outside_link
from genoteca.ui.components.evidence import evidence_mark
from genoteca.ui.components.notice import trouble_box

__all__ = ["AT_FIRST", "finding_box", "report_box", "text_lines"]

AT_FIRST = 3
"""Findings that are shown at once; the others open below them."""
TONES = {Tone.PLAIN: "", Tone.NOTE: "noted", Tone.CAUTION: "cautioned"}


def report_box(report: ReportCard) -> None:
    """Draw the section; every word of it is shown as text."""
    if report.trouble:
        trouble_box(report.trouble)
    if report.section is None:
        return
    with card("report"), stack():
        _head(report, report.section)
        findings = report.section.findings
        for finding in findings[:AT_FIRST]:
            finding_box(finding)
        if left := findings[AT_FIRST:]:
            more = f"{words.count(len(left))} more {'finding' if len(left) == 1 else 'findings'}"
            with ui.expansion(more).classes("more"), stack():
                for finding in left:
                    finding_box(finding)
        text_lines("What could not be told", report.section.not_told, opened=not findings)
        text_lines("How to read it", report.section.paragraphs, opened=False)
        _cited(report.section.citations)


def _head(report: ReportCard, section: ReportSection) -> None:
    with row("tight"):
        heading(section.title)
        if report.out_of_date:
            pill("Out of date", "warn", "history")
    said(section.lead, "lead")
    if report.out_of_date:
        said(f"Written from answers that are out of date: {report.out_of_date}.", "faint")


def finding_box(finding: ReportFinding) -> None:
    """Draw one finding: what it means, the variants behind it, how it is known, and what it rests on."""
    with box(f"finding {TONES[finding.tone]}"), stack("tight"):
        with row("tight"):
            if finding.tone is Tone.CAUTION:
                ui.icon("info").props('aria-label="Read with care"').classes("care")
            heading(finding.title, 3)
        if finding.text:
            said(finding.text, "soft")
        for line in finding.details:
            said(line, "faint")
        with row("tight"):
            for kind in finding.evidence:
                with box("known-by"):
                    evidence_mark(kind)
                    said(words.EVIDENCE[kind], "faint")
            for citation in finding.citations:
                outside_link(citation.text, citation.url)


def text_lines(title: str, lines: Sequence[str], *, opened: bool) -> None:
    """Draw lines of text that open below their title; nothing where there are none."""
    if not lines:
        return
    with ui.expansion(title, value=opened).classes("more"), stack("tight"):
        for line in lines:
            said(line, "soft")


def _cited(citations: Sequence[Citation]) -> None:
    for citation in citations:
        with row("tight"):
            said(citation.text, "faint")
            if citation.url:
                outside_link(citation.url.removeprefix("https://"), citation.url)
