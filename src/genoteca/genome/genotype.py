"""Genotypes: what each GT says, worked out once per distinct text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

__all__ = ["GENOTYPE_SCHEMA", "ParsedGenotype", "genotype_rows", "parse_genotype"]

_GENOTYPE = re.compile(r"[/|]?(?:\d{1,9}|\.)(?:[/|](?:\d{1,9}|\.))*")

GENOTYPE_SCHEMA = pl.Schema(
    {
        "gt": pl.String(),
        "called": pl.List(pl.Int32()),
        "first": pl.Int32(),
        "second": pl.Int32(),
        "ploidy": pl.UInt32(),
        "missing": pl.UInt32(),
        "highest": pl.Int32(),
        "ones": pl.UInt32(),
        "phased": pl.Boolean(),
    }
)
"""One row per readable GT. `called`: allele numbers, -1 for a missing one; `first` and `second` of them;
`highest`: the highest number, -1 when all are missing; `ones`: how many are allele 1."""


class ParsedGenotype(NamedTuple):
    """One GT: the allele numbers in order, -1 for a missing one, and whether all of it is phased."""

    called: tuple[int, ...]
    phased: bool


def parse_genotype(text: str) -> ParsedGenotype | None:
    """Read a GT (VCF 4.5 section 1.6.2, https://samtools.github.io/hts-specs/VCFv4.5.pdf); None: it is not one.

    Any ploidy; a leading separator, as VCF 4.4 allows, states the phase and is no allele.
    """
    if not _GENOTYPE.fullmatch(text):
        return None
    bare = text.lstrip("/|")
    called = tuple(-1 if part == "." else int(part) for part in re.split(r"[/|]", bare))
    return ParsedGenotype(called, "|" in bare and "/" not in bare)


def genotype_rows(texts: Sequence[str]) -> pl.DataFrame:
    """Make the rows of these GTs in their order, and an empty one behind them; an unreadable GT has an empty row."""
    empty = (None,) * len(GENOTYPE_SCHEMA)
    parsed = [(text, parse_genotype(text)) for text in texts]
    rows = [_row(text, made) if made else empty for text, made in parsed]
    return pl.DataFrame([*rows, empty], schema=GENOTYPE_SCHEMA, orient="row")


def _row(text: str, made: ParsedGenotype) -> tuple[object, ...]:
    called = made.called
    second = called[1] if len(called) > 1 else None
    missing = called.count(-1)
    return text, list(called), called[0], second, len(called), missing, max(called), called.count(1), made.phased
