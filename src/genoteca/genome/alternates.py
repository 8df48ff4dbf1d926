"""The ALT field: which of its alleles are sequences, and what the others are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

import polars as pl

__all__ = ["ALTERNATES_SCHEMA", "STRUCTURAL", "UNKNOWN", "AlleleClass", "alternates_table", "classify"]


class AlleleClass(StrEnum):
    """What an ALT allele is; the value is how it is named in `alleles_set_aside`."""

    SEQUENCE = "sequence"
    UNKNOWN = "<NON_REF>"
    DELETED = "*"
    STRUCTURAL = "symbolic or breakend"
    OTHER = "not made of A, C, G, T"


_SEQUENCE = re.compile(r"[ACGT]+", re.IGNORECASE)
# <CGA_NOCALL> is Complete Genomics' word for a stretch that was not called: unknown, like <NON_REF>.
UNKNOWN = ("<NON_REF>", "<*>", "<CGA_NOCALL>")
# <*:DEL> is how GATK 3.4 wrote the `*` of later versions.
DELETED = ("*", "<*:DEL>")

STRUCTURAL = "structural variant"
NO_SEQUENCE = "ALT is not made of A, C, G, T"

ALTERNATES_SCHEMA = pl.Schema(
    {"alt": pl.String, "alleles": pl.UInt32, "sequences": pl.UInt32, "alt_reason": pl.String}
)
"""One row per distinct ALT field: how many alleles it lists (`.` lists none), how many of them are sequences, and why
a record with it makes no row of the variants (null: it may); a `STRUCTURAL` one makes rows of its own table."""


def classify(allele: str) -> AlleleClass:
    """Tell what one ALT allele is (VCF 4.5 section 1.6.1, https://samtools.github.io/hts-specs/VCFv4.5.pdf)."""
    if _SEQUENCE.fullmatch(allele):
        return AlleleClass.SEQUENCE
    if allele.upper() in UNKNOWN:
        return AlleleClass.UNKNOWN
    if allele.upper() in DELETED:
        return AlleleClass.DELETED
    breakend = len(allele) > 1 and (allele.startswith(".") or allele.endswith("."))
    if allele.startswith("<") or "[" in allele or "]" in allele or breakend:
        return AlleleClass.STRUCTURAL
    return AlleleClass.OTHER


def alternates_table(texts: Iterable[str]) -> pl.DataFrame:
    """Make the table of these distinct ALT fields (`ALTERNATES_SCHEMA`)."""
    return pl.DataFrame([_row(text) for text in texts], schema=ALTERNATES_SCHEMA, orient="row")


def _row(text: str) -> tuple[str, int, int, str | None]:
    classes = [] if text == "." else [classify(allele) for allele in text.split(",")]
    sequences = classes.count(AlleleClass.SEQUENCE)
    reason = None
    if not sequences and AlleleClass.STRUCTURAL in classes:
        reason = STRUCTURAL
    elif not sequences and AlleleClass.OTHER in classes:
        reason = NO_SEQUENCE
    return text, len(classes), sequences, reason
