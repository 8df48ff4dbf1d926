"""The report section: what the list tells of, in how many places it was looked for, and what could not be told."""

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
from genoteca_acmg_secondary_findings.judging import Verdict
from genoteca_acmg_secondary_findings.panel import X_LINKED, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genoteca.sdk import ModuleResult

__all__ = ["section"]

Row = dict[str, Any]

LEE = Citation(
    text="Lee K et al. ACMG SF v3.3 list for reporting of secondary findings in clinical exome and genome "
    "sequencing. "
    "Genet Med 2025;27(8):101454.",
    url="https://doi.org/10.1016/j.gim.2025.101454",
)

CONFIRM = (
    "It is no diagnosis: not everybody with it falls ill. Have it confirmed by a clinical laboratory before anyone "
    "acts on "
    "it; doctors know what can be done early, and relatives may want to know."
)
MEANING = {
    Rule.ANY: "For this gene the list tells of one copy of a pathogenic allele, which your file has.",
    Rule.TRUNCATING: "For this gene the list tells of one copy of an allele that cuts the protein short, which "
    "your file has.",
    Rule.TWO: "For this gene the list tells of two copies, or of two different alleles, which your file has.",
    Rule.BOTH: "For this gene the list tells of alleles without a healthy copy beside them, which is what your "
    "file says.",
    Rule.C282Y: "Your file has C282Y on both copies of HFE. Many people with it never fall ill; iron in the blood "
    "can be measured.",
}
IF_APART = (
    "Your file has two pathogenic alleles of this gene and does not say whether they lie on the same copy or on "
    "different "
    "ones. The list tells of them only if they are on different ones: a laboratory, or testing a parent, can tell."
)
UNSURE = (
    "Your file has a pathogenic allele of this gene, and whether the list tells of it depends on what could not be "
    "told: how "
    "many copies, or on how many copies of the X chromosome."
)
X_FEMALE = (
    "The gene lies on the X chromosome: a woman with one such copy may pass it on to half of her children. Some "
    "women with one copy have signs of the condition themselves."
)
X_MALE = "The gene lies on the X chromosome, of which a male has one: he passes it on to all daughters and to no son."
X_UNSTATED = "What it means depends on the sex, which is not stated for this genome."
X_NO_MALES = (
    "The gene lies on the X chromosome, of which a male has one. Your file has half of a call here, or two copies "
    "that are not alike: that cannot be right as it stands. His only copy may carry it, or it may not be there at "
    "all. See whether the sex stated for this genome is right."
)
OTHER_CONDITIONS = (
    "ClinVar classifies an allele for all of its conditions together, and some alleles of these genes cause "
    "another condition "
    "than the one for which the gene is on the list. Read the conditions that ClinVar names."
)
RESIDUAL = (
    "The list is a minimum: conditions that are serious, and for which something can be done early. Most genetic "
    "conditions "
    "are not on it. Only alleles that ClinVar knows were looked up, and no deletions, duplications or "
    "rearrangements: nothing "
    "told is not nothing there. A clinical test looks at more."
)


def section(result: ModuleResult, genes: pl.DataFrame) -> ReportSection:
    """Write the section from the stored answers."""
    rows = result.scan()
    carried = rows.filter(pl.col("verdict").is_not_null()).collect().to_dicts()
    known = {gene["gene"]: gene for gene in genes.to_dicts()}
    groups: dict[str, list[Row]] = defaultdict(list)
    verdicts: dict[str, Verdict] = {}
    for row in carried:
        for gene, verdict in zip(row["gene"].split(";"), row["verdicts"].split(";"), strict=True):
            groups[gene].append(row)
            verdicts[gene] = Verdict(verdict)
    told = {gene: verdict for gene, verdict in verdicts.items() if verdict is not Verdict.NOT}
    return ReportSection(
        title="ACMG secondary findings",
        lead=_lead(result, rows, told),
        counts=counts_of(result),
        findings=tuple(_finding(known[gene], told[gene], groups[gene], result) for gene in sorted(told)),
        not_told=tuple(_not_told(result, rows, genes, sorted(groups.keys() - told.keys()))),
        paragraphs=(OTHER_CONDITIONS, RESIDUAL),
        citations=(LEE, clinvar_citation()),
    )


def _lead(result: ModuleResult, rows: pl.LazyFrame, told: Mapping[str, Verdict]) -> str:
    genes = rows.select(pl.col("gene").cast(pl.String).drop_nulls().str.split(";").explode().n_unique())
    sites, within = result.sites or 0, genes.collect().item()
    looked = (
        f"{counted(sites, 'allele')} that the list means {'was' if sites == 1 else 'were'} looked up in {within} of "
        "its 84 genes (version 3.3)."
    )
    certain = [gene for gene, verdict in told.items() if verdict is Verdict.REPORT]
    if told:
        unsure = len(told) - len(certain)
        return f"{looked} The list tells of {len(certain)} of these genes in your genome" + (
            f", and of {unsure} more it could not be decided." if unsure else "."
        )
    return f"{looked} {little_known(result, 'Your file has nothing that the list tells of')}"


def _finding(gene: Row, verdict: Verdict, alleles: Sequence[Row], result: ModuleResult) -> ReportFinding:
    meaning = {Verdict.IF_APART: IF_APART, Verdict.UNSURE: UNSURE}.get(verdict, MEANING[Rule(gene["rule"])])
    text = [*_with_x(meaning, gene, verdict, result.sex), CONFIRM]
    if gene["limit"]:
        text.append(f"Read it with care: {gene['limit']}")
    if any(row["filtered"] for row in alleles):
        text.append("Your file, or your own limits, mark a call behind this as doubtful.")
    if result.kind is SampleKind.ARRAY:
        text.append("Confirm first: a DNA chip's calls of rare variants are mostly wrong (Weedon et al. 2021).")
    return ReportFinding(
        title=f"{gene['gene']} · {gene['condition']} · {verdict.value}",
        text=" ".join(text),
        details=tuple(clinvar_allele(row) for row in alleles),
        tone=Tone.CAUTION,
        evidence=tuple(dict.fromkeys(Evidence(str(row["evidence"])) for row in alleles)),
        citations=clinvar_links(alleles),
    )


def _with_x(meaning: str, gene: Row, verdict: Verdict, sex: Sex) -> list[str]:
    """Say what it means that a gene lies on the X chromosome, of which a male has one."""
    if gene["inheritance"] != X_LINKED:
        return [meaning]
    if sex is Sex.MALE:
        return [X_NO_MALES] if verdict is Verdict.UNSURE else [meaning, X_MALE]
    return [meaning, X_FEMALE if sex is Sex.FEMALE else f"{X_UNSTATED} {X_FEMALE}"]


def _not_told(result: ModuleResult, rows: pl.LazyFrame, genes: pl.DataFrame, left: Sequence[str]) -> list[str]:
    silent, unlisted = dark_genes(rows, genes["gene"].to_list())
    found = []
    if result.kind in (SampleKind.WHOLE_GENOME, SampleKind.EXOME, SampleKind.PANEL):
        nothing = result.shape(Shape.NOT_CALLABLE)
        found.append(
            'Your file lists differences only. That nothing is listed is not read as "not carried": '
            f"{nothing:,} of the {counted(result.sites or 0, 'allele')} {'was' if nothing == 1 else 'were'} "
            "therefore not ruled out."
        )
    if silent:
        found.append(f"Nothing at all is known of {counted(len(silent), 'gene')} in this file: {some_of(silent)}.")
    if "HFE" in unlisted:  # C282Y has a row of its own class only, which need not be one that always has a row
        unlisted.remove("HFE")
        found.append("Nothing is known of C282Y in HFE: your file says nothing of it.")
    if unlisted:
        found.append(
            f"ClinVar's release has no allele that the list means in {counted(len(unlisted), 'gene')}: "
            f"{some_of(unlisted)}."
        )
    if left:
        found.append(
            f"Carried, and by the list's rules not told, because one copy has no known consequence for the carrier: "
            f"{some_of(left)}. The module Carrier screening tells of some of these."
        )
    limits = genes.filter(pl.col("limit").is_not_null()).select("gene", "limit").iter_rows()
    return [*found, *(f"{gene}: {limit}" for gene, limit in limits)]
