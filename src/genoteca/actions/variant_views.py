"""What the page of one variant shows."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from genoteca.actions.view import Trouble, View
from genoteca.actions.views import Cell, Step
from genoteca.model.build import Build
from genoteca.model.evidence import Evidence
from genoteca.model.sample import Sample

__all__ = [
    "ClosedAnswer",
    "Frequencies",
    "Frequency",
    "LineageBranch",
    "OtherSample",
    "RecordField",
    "RecordShown",
    "SiteShown",
    "Standing",
    "VariantAnswer",
    "VariantDetail",
    "VariantRow",
]


class Standing(StrEnum):
    """How a module stands to one variant."""

    ANSWERED = "answered"
    ABSENT = "looked up and absent"
    CLOSED = "closed until you ask"
    NOT_LOOKED_UP = "not looked up"
    RUNNING = "being looked up"
    CANNOT_BE_TESTED = "cannot be tested"
    FAILED = "failed"
    WHOLE = "about the whole genome"
    """It says nothing of single variants."""


class VariantRow(View):
    """One answer of a module about the variant."""

    number: int | None
    """Row of the module's table; None: it was looked up on demand, and stands in no table."""
    title: str
    evidence: Evidence
    filtered: bool
    matched: str = ""
    cells: list[Cell] = Field(default_factory=list)
    """The module's own columns."""
    technical: list[Cell] = Field(default_factory=list)
    caution: str = ""
    gate: str = ""
    """Not empty: it stays closed until this is agreed to, and nothing else of it is told."""


class LineageBranch(View):
    """The way of one module's answer: what it was looked up in, what it says, which run said so."""

    module: str
    title: str
    reference: Step
    result: Step
    run: Step
    run_id: str = ""


class VariantAnswer(View):
    """What one module says of the variant."""

    module: str
    title: str
    icon: str
    standing: Standing
    words: str
    why: str = ""
    """Why it is out of date; empty: it is not."""
    release: str = ""
    when: datetime | None = None
    lifted: str = ""
    gate: str = ""
    """Not empty: what must be agreed to before anything of the module is told."""
    rows: list[VariantRow] = Field(default_factory=list)
    sources: list[tuple[str, str]] = Field(default_factory=list)
    """Names of its sources, with their addresses."""
    links: dict[str, str] = Field(default_factory=dict)
    """Address templates of its link columns, by column."""
    branch: LineageBranch | None = None
    trouble: Trouble | None = None


class ClosedAnswer(View):
    """An answer that stays closed: what must be read first."""

    module: str
    title: str
    gate: str


class SiteShown(View):
    """What the sample has at the site."""

    evidence: Evidence
    words: str
    genotype: str = ""
    filtered: bool = False
    calls: list[Cell] = Field(default_factory=list)
    """What the record says, where there is one: depth, quality, filter."""
    other_alleles: list[str] = Field(default_factory=list)
    """Other alternatives carried at the same position, as names of variants."""
    line: int | None = None


class Frequency(View):
    """One frequency, 0 to 1."""

    label: str
    value: float
    about: str = ""


class Frequencies(View):
    """What one module says of how common the allele is."""

    module: str
    title: str
    release: str
    bars: list[Frequency]


class OtherSample(View):
    """What another genome of the same person has at the site."""

    key: str
    name: str
    build: Build
    words: str
    evidence: Evidence | None = None
    """None: nothing is told; the words say why."""
    genotype: str = ""
    filtered: bool = False


class VariantDetail(View):
    """Everything about one variant but what takes a while: the file's own record, and other samples."""

    name: str
    """`chrom-pos-ref-alt`."""
    title: str
    known_as: str = ""
    """rsID and gene, as modules name them."""
    sample: Sample
    closed: list[ClosedAnswer] = Field(default_factory=list)
    """Single answers that stay closed: until they are opened nothing else is told, what other modules say neither."""
    site: SiteShown | None = None
    """None: the alleles are not known, or an answer is closed."""
    answers: list[VariantAnswer] = Field(default_factory=list)
    frequencies: list[Frequencies] = Field(default_factory=list)
    origin: list[Step] = Field(default_factory=list)
    """The file, and the genotype that was read of it."""
    infer: bool = False
    """Whether silence may mean the reference base here."""


class RecordField(View):
    """One value of the file's record, as it stands there."""

    part: str
    """`place`, `info`, `sample` (this person's own) or `other`."""
    name: str
    value: str
    about: str = ""


class RecordShown(View):
    """The record of the source file, cut into its fields."""

    where: str
    """Which record of which file, in words."""
    fields: list[RecordField]
    person: str = ""
    not_shown: int = 0
    """Columns of other people that are left out."""
