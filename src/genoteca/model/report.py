"""A module's report section: what it found, in words, with the evidence, the denominator and the citations.

Plain values only, and every text is shown as text. A section is made in a worker and kept as a dataset.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from genoteca.model.evidence import Evidence
from genoteca.model.filter import Filter

__all__ = [
    "BRACES",
    "PLACEHOLDERS",
    "REPORT",
    "Citation",
    "FindingTemplate",
    "ReportCount",
    "ReportFinding",
    "ReportSection",
    "ReportTemplate",
    "Tone",
]

REPORT = "report"
"""Name of the asset that holds a module's section: `[module, "report"]`."""

MOST_FINDINGS = 500

PLACEHOLDERS = frozenset({"sites", "rows", "findings", "release", *(kind.value for kind in Evidence)})
"""What a template's texts may hold in braces."""

BRACES = re.compile(r"\{([^{}]*)\}")
"""A name in braces."""

Words = Annotated[str, Field(max_length=4000)]
"""A text of a few sentences."""


class Strict(BaseModel):
    """A part of a section: an unknown key is an error, and no error repeats what was found."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Tone(StrEnum):
    """How much a finding asks for attention; never the only way in which something is said."""

    PLAIN = "plain"
    NOTE = "note"
    CAUTION = "caution"


class Citation(Strict):
    """What a statement rests on."""

    text: Words
    url: str = Field(default="", pattern=r"^(https://.*)?$")


class ReportCount(Strict):
    """One number of the denominator: `24 of 31 sites`."""

    label: Words
    count: int = Field(ge=0)


class ReportFinding(Strict):
    """One thing that was found."""

    title: Words
    text: Words
    """What it means and what it does not, in a few sentences."""
    details: tuple[Words, ...] = ()
    """The variants behind it, one a line."""
    tone: Tone = Tone.NOTE
    evidence: tuple[Evidence, ...] = ()
    """How it is known; several where it rests on several sites."""
    citations: tuple[Citation, ...] = ()


class ReportSection(Strict):
    """What a module says of one sample, in words."""

    title: str = Field(min_length=2, max_length=80)
    lead: str = Field(min_length=2, max_length=1000)
    """The answer in a sentence or two; never "nothing found" without what was looked at."""
    counts: tuple[ReportCount, ...] = ()
    """The denominator: what was looked at, and how it is known."""
    findings: tuple[ReportFinding, ...] = Field(default=(), max_length=MOST_FINDINGS)
    not_told: tuple[Words, ...] = ()
    """What could not be looked at, and why."""
    paragraphs: tuple[Words, ...] = ()
    """How to read it: what it rests on, what remains uncertain."""
    citations: tuple[Citation, ...] = ()


class FindingTemplate(Strict):
    """Which rows of a module's results are findings, and which of their columns say so.

    A closed form: a column's name stands for its cell. Nothing is computed.
    """

    where: Filter
    title: tuple[str, ...] = Field(min_length=1)
    """Columns whose cells, joined with ` · `, head the finding."""
    text: str
    """Column with the sentence."""
    details: tuple[str, ...] = ()
    """Columns named below it, each with its label."""
    pmids: str = ""
    """Column with PubMed identifiers, joined by `;`: they are cited."""
    tone: Tone = Tone.NOTE
    most: int = Field(default=50, ge=1, le=MOST_FINDINGS)
    """Rows told; how many more there are is said."""


class ReportTemplate(Strict):
    """A section that the app writes for a module without code.

    `lead` and `paragraphs` may hold `{sites}`, `{rows}`, `{findings}`, `{release}` and the eight kinds of evidence
    (`{called}`, `{not_covered}` …), which become numbers and words; nothing else in braces.
    """

    lead: str = Field(min_length=10, max_length=1000)
    paragraphs: tuple[Words, ...] = ()
    not_told: tuple[Words, ...] = ()
    findings: tuple[FindingTemplate, ...] = ()
    citations: tuple[Citation, ...] = ()

    @model_validator(mode="after")
    def _texts_hold_known_names(self) -> Self:
        found = {name for text in (self.lead, *self.paragraphs, *self.not_told) for name in BRACES.findall(text)}
        if foreign := sorted(found - PLACEHOLDERS):
            raise ValueError(
                f"texts hold {', '.join(foreign)} in braces; they may hold {', '.join(sorted(PLACEHOLDERS))}"
            )
        return self
