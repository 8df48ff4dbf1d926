"""How an answer is known."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["EVIDENCE_ORDER", "Evidence", "Match", "Outcome", "Shape"]


class Shape(StrEnum):
    """The shapes in which an answer appears on a screen, told apart without colour."""

    ANSWERED = "answered"
    REFERENCE = "reference"
    NOT_CALLABLE = "not callable"
    NOT_APPLICABLE = "not applicable"
    ABSENT = "looked up and absent"
    """The module has looked, and its release does not list this variant."""
    FAILED = "module failed"
    NOT_LOOKED_UP = "not looked up"
    """Nothing is known: the module was not asked yet, or cannot be."""


class Evidence(StrEnum):
    """How one (site, sample) answer is known. The members stand in the order in which they win."""

    CALLED = "called"
    PARTIAL = "partial"
    OTHER_ALLELE = "other_allele"
    NO_CALL = "no_call"
    REFERENCE = "reference"
    INFERRED = "inferred"
    NOT_APPLICABLE = "not_applicable"
    NOT_COVERED = "not_covered"

    @property
    def shape(self) -> Shape:
        """Shape under which a screen shows this evidence."""
        return _SHAPES[self]

    @property
    def words(self) -> str:
        """Say the evidence in words for the owner of the genome."""
        return _WORDS[self]


class Match(StrEnum):
    """What an answer was matched by; `rsid` and `decomposed` are fallbacks and shown as such."""

    ALLELE = "allele"
    GENOTYPE = "genotype"
    POSITION = "position"
    INTERVAL = "interval"
    RSID = "rsid"
    DECOMPOSED = "decomposed"


class Outcome(StrEnum):
    """What became of one module for one sample."""

    ANSWERED = "answered"
    CANNOT_BE_TESTED = "cannot be tested"
    FAILED = "failed"


EVIDENCE_ORDER: tuple[Evidence, ...] = tuple(Evidence)

_SHAPES = {
    Evidence.CALLED: Shape.ANSWERED,
    Evidence.PARTIAL: Shape.ANSWERED,
    Evidence.OTHER_ALLELE: Shape.ANSWERED,
    Evidence.REFERENCE: Shape.REFERENCE,
    Evidence.INFERRED: Shape.REFERENCE,
    Evidence.NO_CALL: Shape.NOT_CALLABLE,
    Evidence.NOT_COVERED: Shape.NOT_CALLABLE,
    Evidence.NOT_APPLICABLE: Shape.NOT_APPLICABLE,
}

_WORDS = {
    Evidence.CALLED: "your file has this allele or genotype",
    Evidence.PARTIAL: "your file knows only part of the genotype here",
    Evidence.OTHER_ALLELE: "your file has a genotype here, without this allele",
    Evidence.REFERENCE: "your file says you carry the reference base twice",
    Evidence.INFERRED: "your file lists differences only, and none is listed here",
    Evidence.NO_CALL: "your file could not tell",
    Evidence.NOT_COVERED: "your file says nothing here",
    Evidence.NOT_APPLICABLE: "this does not apply to this genome",
}
