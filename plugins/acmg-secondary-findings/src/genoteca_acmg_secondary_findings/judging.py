"""From ClinVar's answers to what the list tells of: which alleles it means, and what the carried ones come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

import polars as pl

from genoteca.sdk import Lie, Sex, carried_alleles, how_they_lie
from genoteca_acmg_secondary_findings.panel import X_LINKED, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from genoteca.sdk import Carried

__all__ = ["C282Y", "PATHOGENIC", "TRUNCATING", "Verdict", "meant_by_the_list", "said_most", "verdicts"]

PATHOGENIC = ("pathogenic", "likely pathogenic")

TRUNCATING = ("nonsense", "stop gained", "frameshift variant", "splice donor variant", "splice acceptor variant")
"""ClinVar's names (MC) of what cuts a protein short."""

TELLS_MORE = {rule.value: n for n, rule in enumerate((Rule.ANY, Rule.TRUNCATING, Rule.BOTH, Rule.TWO, Rule.C282Y))}
"""The rules, by how few copies they tell of: the first tells of the most alleles."""

OF_A_GENE = ("gene", "inheritance", "rule")
"""What a row says of each of its genes, joined by `;`."""

C282Y = "9"
"""ClinVar's Variation ID of HFE c.845G>A, p.Cys282Tyr (GRCh38 6:26092913 G>A)."""


class Verdict(StrEnum):
    """What the list says of the carried alleles of a gene."""

    REPORT = "told by the list"
    IF_APART = "told, if on different copies"
    UNSURE = "cannot be told"
    NOT = "carried, not told by the list"


SAYS_MOST = (Verdict.REPORT, Verdict.IF_APART, Verdict.UNSURE, Verdict.NOT)
"""Of an allele of two genes, the verdict that says most comes first."""


def meant_by_the_list(answers: pl.LazyFrame, genes: pl.DataFrame) -> pl.DataFrame:
    """Give ClinVar's rows of the alleles that the list means, with the gene, its condition and its rule.

    An allele of two genes of the list has both, and what the list says of each, joined in the same order (by `;`, the
    conditions by ` · `): that of which the rule tells more comes first, then as in the record.

    Of HFE only C282Y, whatever its class; of TTN those that cut the protein short, or whose consequence ClinVar does
    not name; of all others the pathogenic and likely pathogenic ones. `clinvar_gene` keeps ClinVar's own names.
    """
    pathogenic = pl.col("significance_class").cast(pl.String).is_in(PATHOGENIC)
    wanted = answers.filter(pathogenic | (pl.col("variation_id") == C282Y)).rename({"gene": "clinvar_gene"})
    rows = wanted.with_row_index("at").collect(engine="streaming")
    named = rows.select("at", gene=pl.col("clinvar_gene").str.split(";")).explode("gene")
    listed = named.join(
        genes.select("gene", "condition", "inheritance", "rule", "limit"), on="gene", maintain_order="left"
    )
    whole = rows.join(listed, on="at", maintain_order="left_right").filter(_is_meant(pathogenic))
    order = pl.col("rule").cast(pl.String).replace_strict(TELLS_MORE, return_dtype=pl.UInt8)
    limit = pl.format("{}: {}", "gene", "limit")
    both = (
        whole.sort("at", order, maintain_order=True)
        .group_by("at", maintain_order=True)
        .agg(
            pl.col(OF_A_GENE).cast(pl.String).str.join(";"),
            pl.col("condition").str.join(" · "),
            limit=limit.drop_nulls().str.join(" "),
        )
        .with_columns(pl.col("limit").replace("", None))
    )
    return rows.join(both, on="at", maintain_order="left").drop("at")


def _is_meant(pathogenic: pl.Expr) -> pl.Expr:
    rule, consequence = pl.col("rule").cast(pl.String), pl.col("molecular_consequence")
    cut = consequence.is_null() | consequence.str.contains("|".join(TRUNCATING))
    return (
        pl.when(rule == Rule.C282Y.value)
        .then(pl.col("variation_id") == C282Y)
        .when(rule == Rule.TRUNCATING.value)
        .then(pathogenic & cut)
        .otherwise(pathogenic)
    )


def verdicts(table: pl.DataFrame, variants: Path, sex: Sex) -> dict[int, list[Verdict]]:
    """Judge the carried alleles, gene by gene; gives a verdict for each gene of a site, of carried sites only.

    An allele of two genes is judged in each, beside the other alleles of that gene.
    A male has one X: what is written of it as two copies that are not alike, or as half a call, cannot be told.
    """
    carried = list(carried_alleles(table.lazy(), variants))
    by_gene: dict[tuple[str, str, str], list[Carried]] = defaultdict(list)
    for allele in carried:
        for gene in _genes(allele):
            by_gene[gene].append(allele)
    judged = {gene: _judged(gene, alleles, sex) for gene, alleles in by_gene.items()}
    return {allele.row["site"]: [judged[gene] for gene in _genes(allele)] for allele in carried}


def said_most(found: Sequence[Verdict]) -> Verdict:
    """Give the verdict of a row: of those in its genes the one that says most."""
    return min(found, key=SAYS_MOST.index)


def _genes(allele: Carried) -> list[tuple[str, str, str]]:
    """Give the genes of an allele: symbol, rule and inheritance."""
    symbols, rules, ways = (str(allele.row[name]).split(";") for name in ("gene", "rule", "inheritance"))
    return list(zip(symbols, rules, ways, strict=True))


def _judged(gene: tuple[str, str, str], alleles: Sequence[Carried], sex: Sex) -> Verdict:
    _, rule, inheritance = gene
    judge = _one_x if sex is Sex.MALE and inheritance == X_LINKED else RULES[Rule(rule)]
    return judge(_once(alleles))


def _once(alleles: Sequence[Carried]) -> list[Carried]:
    """Give each carried variant once; ClinVar may know one under several records."""
    seen: dict[object, Carried] = {}
    for allele in alleles:
        seen.setdefault(("site", allele.row["site"]) if allele.variant is None else allele.variant, allele)
    return list(seen.values())


def _any(_: Sequence[Carried]) -> Verdict:
    return Verdict.REPORT


def _two(alleles: Sequence[Carried]) -> Verdict:
    zygosities = {allele.zygosity for allele in alleles}
    if zygosities & {"homozygous", "hemizygous"}:
        return Verdict.REPORT
    if len(alleles) > 1:
        lie = how_they_lie(alleles)
        return {Lie.DIFFERENT: Verdict.REPORT, Lie.SAME: Verdict.NOT, Lie.UNKNOWN: Verdict.IF_APART}[lie]
    return Verdict.NOT if zygosities == {"heterozygous"} else Verdict.UNSURE


def _both(alleles: Sequence[Carried]) -> Verdict:
    verdict = _two(alleles)
    return Verdict.UNSURE if verdict is Verdict.NOT else verdict


def _one_x(alleles: Sequence[Carried]) -> Verdict:
    alike = any(allele.zygosity in ("hemizygous", "homozygous") for allele in alleles)
    return Verdict.REPORT if alike else Verdict.UNSURE


def _twice(alleles: Sequence[Carried]) -> Verdict:
    (allele, *_) = alleles
    by_zygosity: Mapping[str, Verdict] = {"homozygous": Verdict.REPORT, "heterozygous": Verdict.NOT}
    return by_zygosity.get(allele.zygosity, Verdict.UNSURE)


RULES = {Rule.ANY: _any, Rule.TRUNCATING: _any, Rule.TWO: _two, Rule.BOTH: _both, Rule.C282Y: _twice}
