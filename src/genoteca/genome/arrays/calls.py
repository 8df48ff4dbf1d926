"""What an array's genotype says, worked out once per distinct text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

__all__ = ["CALL_SCHEMA", "COMPLEMENT", "MINUS", "ArrayCall", "Observed", "call_table", "parse_call"]

MINUS = "~"
"""Stands before a genotype that the file gives on the minus strand."""

COMPLEMENT = str.maketrans("ACGT", "TGCA")

_MISSING = frozenset({"", "-", "--", "0", "?", ".", "N", "NA", "NC"})
_ALL_MISSING = frozenset({"", "-", "--", "0", "00", "?", "??", ".", "N", "NN", "NA", "NC", "---"})
_BASES = frozenset("ACGT")
_INDEL = frozenset("ID")


class Observed:
    """What the alleles of a call are: nothing, bases, or only whether something is inserted or deleted."""

    NOTHING, BASES, INDEL = 0, 1, 2


CALL_SCHEMA = pl.Schema(
    {
        "text": pl.String(),
        "genotype": pl.String(),
        "observed": pl.UInt8(),
        "ploidy": pl.UInt32(),
        "missing": pl.UInt32(),
        "distinct": pl.String(),
    }
)
"""One row per readable text. `genotype`: the alleles in the file's order, `?` for a missing one; `distinct`: each
allele once, in order of letter, by which two rows of a position are compared."""


class ArrayCall(NamedTuple):
    """One call: its alleles in the file's order (None: missing), on the plus strand where the file tells its own."""

    alleles: tuple[str | None, ...]
    observed: int


def parse_call(text: str) -> ArrayCall | None:
    """Read `AG`, `A/G`, `A`, `--`, `00`, `DI`, `A-`; None: it cannot be read.

    A base beside an I or a D is unreadable, and so are three letters without a separator.
    """
    minus, bare = text.startswith(MINUS), text.removeprefix(MINUS).strip().upper().replace("|", "/")
    if bare in _ALL_MISSING:
        return ArrayCall((None,) * (1 if len(bare) == 1 else 2), Observed.NOTHING)
    parts = [part.strip() for part in bare.split("/")] if "/" in bare else list(bare)
    if len(parts) > 2:
        return None
    alleles = tuple(None if part in _MISSING else part for part in parts)
    known = [allele for allele in alleles if allele is not None]
    if not known:
        return ArrayCall(alleles, Observed.NOTHING)
    if set(known) <= _INDEL:
        return ArrayCall(alleles, Observed.INDEL)
    if not set("".join(known)) <= _BASES:
        return None
    if minus:
        alleles = tuple(allele.translate(COMPLEMENT)[::-1] if allele else None for allele in alleles)
    return ArrayCall(alleles, Observed.BASES if all(len(allele) == 1 for allele in known) else Observed.INDEL)


def call_table(texts: Iterable[str]) -> pl.DataFrame:
    """Make the table of these distinct texts (`CALL_SCHEMA`); one that cannot be read has no row."""
    parsed = [(text, call) for text in texts if (call := parse_call(text))]
    return pl.DataFrame([_row(text, call) for text, call in parsed], schema=CALL_SCHEMA, orient="row")


def _row(text: str, call: ArrayCall) -> tuple[object, ...]:
    spelled = [allele or "?" for allele in call.alleles]
    distinct = "/".join(sorted(set(spelled)))
    return text, "/".join(spelled), call.observed, len(spelled), spelled.count("?"), distinct
