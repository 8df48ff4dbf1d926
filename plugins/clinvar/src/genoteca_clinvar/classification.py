"""What ClinVar's words mean: classes of significance, review stars, allele origin.

Terms: https://www.ncbi.nlm.nih.gov/clinvar/docs/clinsig/, stars: https://www.ncbi.nlm.nih.gov/clinvar/docs/review_status/
(NCBI, public domain). Low penetrance and risk alleles: Schmidt et al. 2024, https://doi.org/10.1016/j.gim.2023.101036.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Classification", "Significance", "classify", "origin_words", "stars_of"]


class Significance(StrEnum):
    """One class per allele, in the order in which they win where ClinVar names several.

    Low penetrance, risk alleles and conflicts are classes of their own, never folded into pathogenic.
    """

    PATHOGENIC = "pathogenic"
    LIKELY_PATHOGENIC = "likely pathogenic"
    PATHOGENIC_LOW = "pathogenic, low penetrance"
    LIKELY_PATHOGENIC_LOW = "likely pathogenic, low penetrance"
    ESTABLISHED_RISK = "established risk allele"
    LIKELY_RISK = "likely risk allele"
    CONFLICTING = "conflicting"
    DRUG_RESPONSE = "drug response"
    RISK_FACTOR = "risk factor"
    UNCERTAIN = "uncertain significance"
    UNCERTAIN_RISK = "uncertain risk allele"
    ASSOCIATION = "association"
    AFFECTS = "affects"
    CONFERS_SENSITIVITY = "confers sensitivity"
    PROTECTIVE = "protective"
    LIKELY_BENIGN = "likely benign"
    BENIGN = "benign"
    ASSOCIATION_NOT_FOUND = "association not found"
    OTHER = "other"
    NOT_PROVIDED = "not provided"
    UNCLASSIFIED = "unclassified"


_OF_NOTE = frozenset(
    {
        Significance.PATHOGENIC,
        Significance.LIKELY_PATHOGENIC,
        Significance.PATHOGENIC_LOW,
        Significance.LIKELY_PATHOGENIC_LOW,
        Significance.ESTABLISHED_RISK,
        Significance.LIKELY_RISK,
        Significance.RISK_FACTOR,
        # factor V Leiden and others aggregate as drug response: looking for pathogenic only would lose them
        Significance.DRUG_RESPONSE,
    }
)

# how older releases, and records without a class of their own, say the same
_SAME = {
    "conflicting classifications of pathogenicity": Significance.CONFLICTING,
    "conflicting interpretations of pathogenicity": Significance.CONFLICTING,
    "conflicting data from submitters": Significance.CONFLICTING,
    "no classifications from unflagged records": Significance.UNCLASSIFIED,
}
_TERMS = {term.value: term for term in Significance} | _SAME

HAPLOTYPE_ONLY = frozenset({"no classification for the single variant", "no interpretation for the single variant"})
"""ClinVar classified a haplotype or genotype with this allele, never the allele."""

_STARS = {
    "practice guideline": 4,
    "reviewed by expert panel": 3,
    "criteria provided, multiple submitters, no conflicts": 2,
    "criteria provided, multiple submitters": 2,
    "criteria provided, single submitter": 1,
    "criteria provided, conflicting classifications": 1,
    "criteria provided, conflicting interpretations": 1,
    "no assertion criteria provided": 0,
    "no classification provided": 0,
    "no assertion provided": 0,
    "no classification for the single variant": 0,
    "no classification for the individual variant": 0,
    "no interpretation for the single variant": 0,
    "no assertion for the individual variant": 0,
    "no classifications from unflagged records": 0,
}

_ORIGINS = {
    1: "germline",
    2: "somatic",
    4: "inherited",
    8: "paternal",
    16: "maternal",
    32: "de novo",
    64: "biparental",
    128: "uniparental",
    256: "not tested",
    512: "tested, inconclusive",
    1 << 30: "other",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Classification:
    """What one CLNSIG says."""

    words: str
    """Every term as ClinVar writes it, joined with `;`."""
    significance: Significance
    of_note: bool
    """Always shown with its evidence, even where the file says nothing."""
    haplotype_only: bool
    unknown: tuple[str, ...]
    """Terms that this version does not know; their allele is of note when they speak of pathogenicity."""


def classify(clnsig: str | None) -> Classification:
    """Read a CLNSIG; null is unclassified.

    Terms are parted at `|` and `/`. A comma parts nothing: `Pathogenic,_low_penetrance` is one term.
    """
    terms = [term for term in re.split(r"[|/]", _plain(clnsig or "")) if term not in {"", "-", "."}]
    known = {term: _significance(term) for term in terms}
    classes = {found for found in known.values() if found}
    unknown = tuple(term for term, found in known.items() if not found and term.lower() not in HAPLOTYPE_ONLY)
    of_note = bool(classes & _OF_NOTE) or any("pathogenic" in term.lower() for term in unknown)
    order = list(Significance)
    return Classification(
        words=";".join(terms),
        significance=min(
            classes, key=order.index, default=Significance.OTHER if unknown else Significance.UNCLASSIFIED
        ),
        of_note=of_note,
        haplotype_only=bool(terms) and all(term.lower() in HAPLOTYPE_ONLY for term in terms),
        unknown=unknown,
    )


def _significance(term: str) -> Significance | None:
    """Class of one term; of a term that older releases joined with others by a comma, the class of its first part.

    (`Pathogenic, risk factor` of 2019 is `Pathogenic|risk_factor` today.)
    """
    lower = term.lower()
    while lower not in _TERMS:
        lower, comma, _ = lower.rpartition(", ")
        if not comma:
            return None
    return _TERMS[lower]


def stars_of(review_status: str | None) -> int | None:
    """Stars of a review status, 0 to 4; None: none is given, or one that this version does not know."""
    return _STARS.get(_plain(review_status or "").lower())


def origin_words(origin: str | None) -> str | None:
    """Say the ORIGIN bits in words, joined with `;`; None: none is given."""
    if not origin or not origin.isdecimal():
        return None
    bits = int(origin)
    return ";".join(word for bit, word in _ORIGINS.items() if bits & bit) or "unknown"


def _plain(text: str) -> str:
    return text.replace("_", " ").strip()
