"""How many copies of a gene carry something: zygosity of carried alleles, and whether two lie on the same copy.

Two heterozygous alleles are told apart by one phase set only: without it they may lie on one copy of the gene or on
both, and nothing is concluded (VCF 4.3, section 1.6.2, https://samtools.github.io/hts-specs/VCFv4.3.pdf).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl

from genoteca.model.evidence import Evidence

__all__ = ["Carried", "Lie", "carried_alleles", "how_they_lie", "is_carried"]

_VARIANT = ("zygosity", "phase_set", "genotype", "ref", "alt", "line")


class Lie(StrEnum):
    """How two or more alleles of one gene lie on its two copies."""

    SAME = "same copy"
    DIFFERENT = "different copies"
    UNKNOWN = "phase unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """One carried allele: a row of a module's annotations, and what the sample's own table says of it."""

    row: Mapping[str, Any]
    """Of the annotations, by column."""
    variant: int | None
    """Row of the variants table: two answers about one variant are one allele; null: of no variant."""
    line: int | None
    zygosity: str
    """`heterozygous`, `homozygous`, `hemizygous`, or empty: half known, or not told."""
    phase_set: str | None
    haplotype: int | None
    """On which of the two written copies it stands; null: not phased, or it cannot be told."""

    @property
    def filtered(self) -> bool:
        """Whether the file's FILTER, or the person's limits, speak against it."""
        return bool(self.row.get("filtered"))


def is_carried(evidence: pl.Expr, dosage: pl.Expr) -> pl.Expr:
    """Tell which answers say that an allele is carried, as `model.carrying` says it of a filter.

    Of a genotype that is half known, the known half need not have the allele: `./0` carries nothing that is known.
    """
    told = evidence.cast(pl.String)
    half = (told == Evidence.PARTIAL.value) & (dosage > 0)
    return ((told == Evidence.CALLED.value) | half).fill_null(value=False)


def carried_alleles(answers: pl.LazyFrame, variants: Path) -> list[Carried]:
    """Give the carried alleles of a module's annotations (few, of many rows), in their order.

    `variants`: the sample's table, of which each row is one ALT.
    """
    rows = answers.filter(is_carried(pl.col("evidence"), pl.col("dosage"))).collect().to_dicts()
    wanted = sorted({row["row"] for row in rows if row["row"] is not None})
    scan = pl.scan_parquet(variants).with_row_index("row").filter(pl.col("row").is_in(wanted))
    known = {one["row"]: one for one in scan.select("row", *_VARIANT).collect().to_dicts()} if wanted else {}
    return [_carried(row, known.get(row["row"], {})) for row in rows]


def how_they_lie(alleles: Sequence[Carried]) -> Lie:
    """Say how two or more different heterozygous alleles lie: on different copies if any two of them do."""
    told = [_pair(one, other) for one, other in combinations(alleles, 2)]
    if Lie.DIFFERENT in told:
        return Lie.DIFFERENT
    return Lie.SAME if told and set(told) == {Lie.SAME} else Lie.UNKNOWN


def _carried(row: Mapping[str, Any], variant: Mapping[str, Any]) -> Carried:
    zygosity = str(variant.get("zygosity") or "") or {1: "heterozygous", 2: "homozygous"}.get(row["dosage"], "")
    if str(row["evidence"]) == Evidence.PARTIAL.value:
        zygosity = ""
    return Carried(
        row=row,
        variant=row["row"],
        line=variant.get("line"),
        zygosity=zygosity,
        phase_set=variant.get("phase_set"),
        haplotype=_haplotype(variant) if zygosity == "heterozygous" else None,
    )


def _haplotype(variant: Mapping[str, Any]) -> int | None:
    """Find the written copy (0 or 1) that holds the ALT of a phased, heterozygous record with REF and one ALT."""
    alleles = str(variant.get("genotype") or "").split("|")
    if len(alleles) != 2:
        return None
    ref, alt = str(variant["ref"]), str(variant["alt"])
    fits = [at for at in (0, 1) if _is_changed(alleles[1 - at], alleles[at], ref, alt)]
    return fits[0] if len(fits) == 1 else None


def _is_changed(before: str, after: str, ref: str, alt: str) -> bool:
    """Tell whether one whole allele becomes the other by exchanging REF for ALT at one place."""
    if len(after) - len(before) != len(alt) - len(ref):
        return False
    places = range(len(before) - len(ref) + 1)
    return any(before[at:].startswith(ref) and before[:at] + alt + before[at + len(ref) :] == after for at in places)


def _pair(one: Carried, other: Carried) -> Lie:
    if one.line is not None and one.line == other.line and one.variant != other.variant:
        return Lie.DIFFERENT  # two ALTs of one genotype: each copy has one of them
    if one.phase_set is None or one.phase_set != other.phase_set or None in (one.haplotype, other.haplotype):
        return Lie.UNKNOWN
    if one.row["chrom"] != other.row["chrom"]:
        return Lie.UNKNOWN
    return Lie.SAME if one.haplotype == other.haplotype else Lie.DIFFERENT
