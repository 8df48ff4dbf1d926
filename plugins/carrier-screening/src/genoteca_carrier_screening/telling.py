"""The report section: what was found, in how many places it was looked for, and what could not be told."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import polars as pl

from genoteca.sdk import (
    Citation,
    Evidence,
    ReportFinding,
    ReportSection,
    SampleKind,
    Sex,
    Shape,
    Tone,
    clinvar_allele,
    clinvar_citation,
    clinvar_links,
    counted,
    counts_of,
    dark_genes,
    little_known,
    some_of,
)
from genoteca_carrier_screening.judging import BOTH, Kind
from genoteca_carrier_screening.panel import X_LINKED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genoteca.sdk import ModuleResult

__all__ = ["section"]

Row = dict[str, Any]

GREGG = Citation(
    text="Gregg AR et al. Screening for autosomal recessive and X-linked conditions during pregnancy and "
    "preconception. Genet Med 2021;23(10):1793-1806.",
    url="https://doi.org/10.1038/s41436-021-01203-z",
)


MEANING = {
    Kind.ONE_COPY: "One of your two copies carries it. Carriers of one copy are usually well. It matters for "
    "children if "
    "the other parent carries one in the same gene: then each child has a chance of one in four to get both.",
    Kind.AT_LEAST_ONE: "At least one copy carries it; your file does not say whether the other does too.",
    Kind.TWO_COPIES: "Your file says that both copies carry it. That is no diagnosis, but it may concern you "
    "yourself: "
    "have it confirmed by a clinical laboratory.",
    Kind.DIFFERENT: "You carry two, and the phase in your file puts them on different copies, so that neither is "
    "free of "
    "one. That is no diagnosis, but it may concern you yourself: have it confirmed by a clinical laboratory.",
    Kind.UNKNOWN: "You carry two, and your file does not say whether they lie on the same copy (then you are a "
    "carrier) or "
    "on different ones (then it may concern you yourself). Testing a parent, or a laboratory, can tell.",
    Kind.SAME: "You carry two, and the phase in your file puts them on the same copy: the other copy has neither.",
    Kind.ONLY_COPY: "Your file writes one copy here, where two are expected (a deletion of the other looks like "
    "this), and this one carries it. That is no diagnosis, but it may concern you yourself: have it confirmed by a "
    "clinical laboratory.",
    Kind.NO_FIT: "The gene lies on the X chromosome, of which a male has one. Your file has half of a call here, or "
    "two copies that are not alike: that cannot be right as it stands. His only copy may carry it, or it may not be "
    "there at all, so nothing is concluded. Have it confirmed by a clinical laboratory, and see whether the sex "
    "stated for this genome is right.",
    Kind.NOT_JUDGED: "Your file has such an allele, and nothing is concluded from it.",
}
X_ONE = "One of two copies carries it."
X_CHILDREN = (
    "The gene lies on the X chromosome: a woman with one such copy may pass it on to half of her children: each son "
    "has a chance of one in two to get it, and each daughter to carry it. Some women with one copy have signs of "
    "the condition themselves."
)
X_ONLY = (
    "It lies on the X chromosome, of which a male has one copy, so that none is free of it. That is no diagnosis, "
    "but it may concern you yourself: have it confirmed by a clinical laboratory."
)
X_UNSTATED = (
    "The gene lies on the X chromosome. What it means depends on the sex, which is not stated for this genome."
)
CAUTION = (
    "ClinVar classifies an allele for all of its conditions together. Some of these genes also have conditions for "
    "which "
    "one copy is enough, so read the conditions that ClinVar names."
)
RESIDUAL = (
    "What is left: ClinVar knows only some of the alleles that cause these conditions. Deletions, duplications, "
    "repeats and "
    "inversions were not looked up. So a gene in which nothing was found is less likely to carry something, and "
    "never "
    "certainly free of it. A clinical carrier test looks at more, and both partners should have the same one."
)
SILENT = (
    'Your file lists differences only. That nothing is listed is not read as "not carried": {silent} of the {sites} '
    "{were} therefore not ruled out. A gVCF says where the reference was seen."
)


def section(result: ModuleResult, genes: pl.DataFrame) -> ReportSection:
    """Write the section from the stored answers."""
    rows = result.scan()
    carried = rows.filter(pl.col("finding").is_not_null()).collect().to_dicts()
    known = {gene["gene"]: gene for gene in genes.to_dicts()}
    groups = _by_gene(carried)
    judged = {gene: found for gene, found in groups.items() if known[gene]["told"] != "nothing"}
    findings = [_finding(known[gene], found, result) for gene, found in judged.items()]
    return ReportSection(
        title="Carrier screening",
        lead=_lead(result, rows, len(carried), len(judged)),
        counts=counts_of(result),
        findings=tuple(sorted(findings, key=lambda one: (one.tone is not Tone.CAUTION, one.title))),
        not_told=tuple(_not_told(result, rows, genes, groups)),
        paragraphs=(CAUTION, RESIDUAL),
        citations=(GREGG, clinvar_citation()),
    )


def _by_gene(carried: Sequence[Row]) -> Mapping[str, list[Row]]:
    """Group carried alleles by gene; an allele of two genes of the list stands under both."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in carried:
        for gene in row["gene"].split(";"):
            groups[gene].append(row)
    return groups


def _lead(result: ModuleResult, rows: pl.LazyFrame, alleles: int, genes: int) -> str:
    within = rows.select(pl.col("gene").str.split(";").explode().drop_nulls().n_unique()).collect().item()
    sites = result.sites or 0
    looked = (
        f"{counted(sites, 'allele')} that ClinVar calls pathogenic or likely pathogenic "
        f"{'was' if sites == 1 else 'were'} looked up in {within} of the 113 genes of the ACMG's list of 2021."
    )
    if alleles:
        many = "is one" if alleles == 1 else f"are {alleles}"
        return f"{looked} Among them {many} that your file has, in {counted(genes, 'gene')}."
    return f"{looked} {little_known(result, 'Your file has none of them')}"


def _finding(gene: Row, alleles: Sequence[Row], result: ModuleResult) -> ReportFinding:
    kind = _kind(gene["gene"], alleles[0])
    text = [_meaning(kind, gene, result.sex)]
    if gene["limit"]:
        text.append(f"Read it with care: {gene['limit']}")
    if any(row["filtered"] for row in alleles):
        text.append("Your file, or your own limits, mark a call behind this as doubtful.")
    if result.kind is SampleKind.ARRAY:
        text.append("Confirm first: a DNA chip's calls of rare variants are mostly wrong (Weedon et al. 2021).")
    return ReportFinding(
        title=f"{gene['gene']} · {gene['condition']} · {kind.value}",
        text=" ".join(text),
        details=tuple(clinvar_allele(row) for row in alleles),
        tone=Tone.CAUTION if kind in (*BOTH, Kind.UNKNOWN, Kind.NO_FIT) else Tone.NOTE,
        evidence=tuple(dict.fromkeys(Evidence(str(row["evidence"])) for row in alleles)),
        citations=clinvar_links(alleles),
    )


def _kind(gene: str, row: Row) -> Kind:
    """Give what the carried alleles of one of the row's genes come to."""
    return Kind(dict(zip(row["gene"].split(";"), row["findings"].split(";"), strict=True))[gene])


def _meaning(kind: Kind, gene: Row, sex: Sex) -> str:
    if gene["inheritance"] != X_LINKED or kind in (Kind.NOT_JUDGED, Kind.NO_FIT):
        return MEANING[kind]
    if kind is Kind.ONLY_COPY and sex is not Sex.FEMALE:
        return X_ONLY if sex is Sex.MALE else f"{X_UNSTATED} {X_ONLY}"
    told = X_ONE if kind is Kind.ONE_COPY else MEANING[kind]
    if kind in (Kind.ONE_COPY, Kind.SAME, Kind.AT_LEAST_ONE, Kind.UNKNOWN):
        told = f"{told} {X_CHILDREN}"
    return told if sex is not Sex.UNSTATED else f"{X_UNSTATED} {told}"


def _not_told(
    result: ModuleResult, rows: pl.LazyFrame, genes: pl.DataFrame, groups: Mapping[str, list[Row]]
) -> list[str]:
    silent, unlisted = dark_genes(rows, genes["gene"].to_list())
    found = []
    if result.kind in (SampleKind.WHOLE_GENOME, SampleKind.EXOME, SampleKind.PANEL):
        nothing = result.shape(Shape.NOT_CALLABLE)
        were = "was" if nothing == 1 else "were"
        found.append(SILENT.format(silent=f"{nothing:,}", sites=counted(result.sites or 0, "allele"), were=were))
    if silent:
        found.append(f"Nothing at all is known of {counted(len(silent), 'gene')} in this file: {some_of(silent)}.")
    if unlisted:
        found.append(
            f"ClinVar's release has no pathogenic allele that could be looked up in "
            f"{counted(len(unlisted), 'gene')}: {some_of(unlisted)}."
        )
    for gene in genes.filter(pl.col("told").cast(pl.String) != "all").to_dicts():
        had = " Your file has such an allele, and nothing is concluded from it." if gene["gene"] in groups else ""
        nothing = gene["told"] == "nothing"
        found.append(f"{gene['gene']}: {gene['limit']}{had if nothing else ''}")
    return found
