"""What stands in a report about a genome, before it is written as a page: plain values, every text still a text."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from genoteca.actions.view import View
from genoteca.actions.views import AnswerState
from genoteca.model.report import Citation, ReportCount, ReportFinding

__all__ = ["Attachment", "KeptReport", "Missing", "ReportDocument", "ReportPart", "Rest"]


class Attachment(View):
    """A table beside the report, too long to stand in it."""

    name: str
    """File name."""
    label: str
    rows: int


class ReportPart(View):
    """What one module says."""

    module: str
    title: str
    category: str
    release: str = ""
    when: datetime | None = None
    lead: str
    out_of_date: str = ""
    evidence: dict[str, int] = Field(default_factory=dict)
    """By kind; closed answers are in no number."""
    counts: list[ReportCount] = Field(default_factory=list)
    findings: list[ReportFinding] = Field(default_factory=list)
    not_told: list[str] = Field(default_factory=list)
    paragraphs: list[str] = Field(default_factory=list)
    citations: list[Citation] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    attachments: list[Attachment] = Field(default_factory=list)


class Missing(View):
    """A module that does not stand in the report, or whose answer is out of date."""

    title: str
    state: AnswerState
    why: str = ""


class Rest(View):
    """What one module rests on: its version, its data, and under which licences they stand."""

    title: str
    version: str
    release: str
    checksum: str = ""
    """sha256 of the reference that was used; empty: it has none."""
    code_licence: str
    data_licence: str
    note: str = ""
    sources: list[tuple[str, str, str]] = Field(default_factory=list)
    """Of every source: name, citation, address."""


class ReportDocument(View):
    """A report about one genome."""

    name: str
    person: str
    synthetic: bool = False
    made: datetime
    summary: list[str]
    facts: list[tuple[str, str]]
    """Of the genome and its file: what, and its value."""
    parts: list[ReportPart]
    closed: list[str] = Field(default_factory=list)
    """Titles of modules that ask first and were not opened: nothing of them stands here."""
    missing: list[Missing] = Field(default_factory=list)
    methods: list[str]
    rests: list[Rest]


class KeptReport(View):
    """A report that is kept beside its genome."""

    name: str
    """Of its folder."""
    made: datetime
    modules: list[str]
    """Titles of those in it."""
    shows_closed: bool
    """Whether what had been opened stands in it."""
    bytes: int
    attachments: list[Attachment] = Field(default_factory=list)
