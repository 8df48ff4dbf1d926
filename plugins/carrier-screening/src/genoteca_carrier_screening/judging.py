"""From ClinVar's answers to what a carrier should know: which rows count, and what they come to in each gene."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import polars as pl

from genoteca.sdk import Lie, carried_alleles, how_they_lie

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from genoteca.sdk import Carried

__all__ = ["PATHOGENIC", "GeneFinding", "Kind", "findings_of", "in_the_panel", "judged"]

PATHOGENIC = ("pathogenic", "likely pathogenic")
"""Classes that are screened for. Low penetrance, risk alleles and conflicts are classes of their own."""


class Kind(StrEnum):
    """What the carried alleles of one gene come to; never that somebody is ill."""

    ONE_COPY = "one copy"
    AT_LEAST_ONE = "at least one copy"
    TWO_COPIES = "two copies"
    DIFFERENT = "two alleles on different copies"
    UNKNOWN = "two alleles, phase unknown"
    SAME = "two alleles on the same copy"
    ONLY_COPY = "the only copy"
    """Of a male's one X chromosome."""
    NO_FIT = "does not fit one X chromosome"
    """A male's X, written as two copies that are not alike, or as half a call: it cannot be right as it stands."""
    NOT_JUDGED = "not judged"
    """Of a gene of which nothing can be told from single variants."""


BOTH = frozenset({Kind.TWO_COPIES, Kind.DIFFERENT, Kind.ONLY_COPY})
"""No copy without a pathogenic allele: it may concern the person, not only children."""

SAYS_MOST = (
    *(Kind.ONLY_COPY, Kind.TWO_COPIES, Kind.DIFFERENT, Kind.NO_FIT, Kind.UNKNOWN),
    *(Kind.AT_LEAST_ONE, Kind.SAME, Kind.ONE_COPY, Kind.NOT_JUDGED),
)
"""Of an allele of two genes, the kind that says most comes first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GeneFinding:
    """The carried pathogenic alleles of one gene."""

    gene: str
    kind: Kind
    alleles: tuple[Carried, ...]


def in_the_panel(answers: pl.LazyFrame, symbols: Mapping[str, str]) -> pl.DataFrame:
    """Give ClinVar's rows of pathogenic alleles in the genes of the list, with `gene` as the list names it.

    An allele of two genes of the list keeps both, joined by `;`. ClinVar's own names stay in `clinvar_gene`.
    """
    names = pl.DataFrame({"symbol": list(symbols), "listed": list(symbols.values())})
    wanted = answers.filter(pl.col("significance_class").cast(pl.String).is_in(PATHOGENIC))
    rows = wanted.rename({"gene": "clinvar_gene"}).with_row_index("at").collect(engine="streaming")
    parts = rows.select("at", symbol=pl.col("clinvar_gene").str.split(";")).explode("symbol")
    found = parts.join(names, on="symbol").group_by("at").agg(gene=pl.col("listed").unique().sort().str.join(";"))
    return rows.join(found, on="at", maintain_order="left").drop("at")


def findings_of(
    table: pl.DataFrame, variants: Path, nothing_told: frozenset[str], one_x: frozenset[str]
) -> list[GeneFinding]:
    """Judge the carried alleles, gene by gene; an allele counts once, however many of ClinVar's records name it.

    `one_x`: the genes of which the sample has one copy: those on the X chromosome, of a male.
    """
    by_gene: dict[str, list[Carried]] = defaultdict(list)
    for allele in carried_alleles(table.lazy(), variants):
        for gene in str(allele.row["gene"]).split(";"):
            by_gene[gene].append(allele)
    return [
        GeneFinding(
            gene=gene,
            kind=Kind.NOT_JUDGED if gene in nothing_told else _kind(_once(alleles), one_x=gene in one_x),
            alleles=tuple(alleles),
        )
        for gene, alleles in sorted(by_gene.items())
    ]


def judged(table: pl.DataFrame, findings: Sequence[GeneFinding]) -> pl.DataFrame:
    """Add what the carried alleles of the row's genes come to; empty where none is carried.

    `findings`: of each of the row's genes, in their order, joined by `;`. `finding`: of them the one that says most.
    """
    by_site: dict[int, dict[str, Kind]] = defaultdict(dict)
    for finding in findings:
        for allele in finding.alleles:
            by_site[allele.row["site"]][finding.gene] = finding.kind
    rows = [
        (site, min(kinds.values(), key=SAYS_MOST.index).value, ";".join(kinds[gene].value for gene in sorted(kinds)))
        for site, kinds in by_site.items()
    ]
    told = pl.DataFrame(rows, {"site": pl.UInt32, "finding": pl.String, "findings": pl.String}, orient="row")
    return table.join(told, on="site", how="left", maintain_order="left")


def _once(alleles: Sequence[Carried]) -> list[Carried]:
    """Give each carried variant once; ClinVar may know one under several records."""
    seen: dict[object, Carried] = {}
    for allele in alleles:
        seen.setdefault(("site", allele.row["site"]) if allele.variant is None else allele.variant, allele)
    return list(seen.values())


def _kind(alleles: Sequence[Carried], *, one_x: bool = False) -> Kind:
    zygosities = {allele.zygosity for allele in alleles}
    if one_x:
        return Kind.ONLY_COPY if zygosities & {"hemizygous", "homozygous"} else Kind.NO_FIT
    if "hemizygous" in zygosities:
        return Kind.ONLY_COPY
    if "homozygous" in zygosities:
        return Kind.TWO_COPIES
    if len(alleles) == 1:
        return Kind.ONE_COPY if zygosities == {"heterozygous"} else Kind.AT_LEAST_ONE
    lie = how_they_lie(alleles)
    return {Lie.SAME: Kind.SAME, Lie.DIFFERENT: Kind.DIFFERENT, Lie.UNKNOWN: Kind.UNKNOWN}[lie]
