"""The report section: what the list tells of, in how many places it was looked for, and what could not be told."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import polars as pl

from genoteca.sdk import Citation, Evidence, ReportFinding, ReportSection, SampleKind, Shape, Tone, counts_of
from genoteca_acmg_secondary_findings.judging import Verdict
from genoteca_acmg_secondary_findings.panel import Rule

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
CLINVAR = Citation(
    text="Landrum MJ et al. ClinVar: improvements to accessing data. Nucleic Acids Res 2020;48(D1):D835-D844.",
    url="https://doi.org/10.1093/nar/gkz972",
)
VARIATION = "https://www.ncbi.nlm.nih.gov/clinvar/variation/{}/"

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
MOST_NAMED = 40


def section(result: ModuleResult, genes: pl.DataFrame) -> ReportSection:
    """Write the section from the stored answers."""
    rows = result.scan()
    carried = rows.filter(pl.col("verdict").is_not_null()).collect().to_dicts()
    known = {gene["gene"]: gene for gene in genes.to_dicts()}
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in carried:
        groups[row["gene"]].append(row)
    told = {gene: found for gene, found in groups.items() if found[0]["verdict"] != Verdict.NOT.value}
    return ReportSection(
        title="ACMG secondary findings",
        lead=_lead(result, told),
        counts=counts_of(result),
        findings=tuple(_finding(known[gene], found, result) for gene, found in sorted(told.items())),
        not_told=tuple(_not_told(result, rows, genes, groups)),
        paragraphs=(OTHER_CONDITIONS, RESIDUAL),
        citations=(LEE, CLINVAR),
    )


def _lead(result: ModuleResult, told: Mapping[str, Sequence[Row]]) -> str:
    looked = f"{result.sites:,} alleles that the list means were looked up in its 84 genes (version 3.3)."
    certain = [gene for gene, rows in told.items() if rows[0]["verdict"] == Verdict.REPORT.value]
    if told:
        unsure = len(told) - len(certain)
        return f"{looked} The list tells of {len(certain)} of these genes in your genome" + (
            f", and of {unsure} more it could not be decided." if unsure else "."
        )
    known = result.shape(Shape.ANSWERED) + result.shape(Shape.REFERENCE)
    return (
        f"{looked} Your file has nothing that the list tells of; but it tells something about {known:,} of these "
        f"alleles only, "
        f"and says nothing, or could not tell, about {result.shape(Shape.NOT_CALLABLE):,}."
    )


def _finding(gene: Row, alleles: Sequence[Row], result: ModuleResult) -> ReportFinding:
    verdict = Verdict(str(alleles[0]["verdict"]))
    meaning = {Verdict.IF_APART: IF_APART, Verdict.UNSURE: UNSURE}.get(verdict, MEANING[Rule(gene["rule"])])
    text = [meaning, CONFIRM]
    if gene["limit"]:
        text.append(f"Read it with care: {gene['limit']}")
    if any(row["filtered"] for row in alleles):
        text.append("Your file, or your own limits, mark a call behind this as doubtful.")
    if result.kind is SampleKind.ARRAY:
        text.append("Confirm first: a DNA chip's calls of rare variants are mostly wrong (Weedon et al. 2021).")
    return ReportFinding(
        title=f"{gene['gene']} · {gene['condition']} · {verdict.value}",
        text=" ".join(text),
        details=tuple(_detail(row) for row in alleles),
        tone=Tone.CAUTION,
        evidence=tuple(dict.fromkeys(Evidence(str(row["evidence"])) for row in alleles)),
        citations=tuple(
            Citation(text=f"ClinVar {row['variation_id']}", url=VARIATION.format(row["variation_id"]))
            for row in alleles
        ),
    )


def _detail(row: Row) -> str:
    """Name one allele: where, which genotype, how ClinVar classifies it and how well, and for what."""
    stars = "no review status" if row["stars"] is None else f"{row['stars']} of 4 stars"
    also = [name for name in str(row["clinvar_gene"] or "").split(";") if name and name != row["gene"]]
    told = [
        f"{row['chrom']}:{row['pos']} {row['ref']}>{row['alt']}",
        f"genotype {row['genotype']}" if row["genotype"] else "",
        f"{row['significance_class']}, {stars}",
        f"for: {str(row['conditions']).replace(';', ', ')}" if row["conditions"] else "",
        f"the record also names the gene {', '.join(also)}" if also else "",
    ]
    return " · ".join(filter(None, told))


def _not_told(
    result: ModuleResult, rows: pl.LazyFrame, genes: pl.DataFrame, groups: Mapping[str, Sequence[Row]]
) -> list[str]:
    silent, unlisted = _silent_genes(rows, genes)
    found = []
    if result.kind in (SampleKind.WHOLE_GENOME, SampleKind.EXOME, SampleKind.PANEL):
        found.append(
            'Your file lists differences only. That nothing is listed is not read as "not carried": '
            f"{result.shape(Shape.NOT_CALLABLE):,} of the {result.sites:,} alleles were therefore not ruled out."
        )
    if silent:
        found.append(f"Nothing at all is known of {len(silent)} genes in this file: {_named(silent)}.")
    if "HFE" in unlisted:  # C282Y has a row of its own class only, which need not be one that always has a row
        unlisted.remove("HFE")
        found.append("Nothing is known of C282Y in HFE: your file says nothing of it.")
    if unlisted:
        found.append(
            f"ClinVar's release has no allele that the list means in {len(unlisted)} genes: {_named(unlisted)}."
        )
    left = [gene for gene, found_in in groups.items() if found_in[0]["verdict"] == Verdict.NOT.value]
    if left:
        found.append(
            f"Carried, and by the list's rules not told, because one copy has no known consequence for the carrier: "
            f"{_named(sorted(left))}. The module Carrier screening tells of some of these."
        )
    limits = genes.filter(pl.col("limit").is_not_null()).select("gene", "limit").iter_rows()
    return [*found, *(f"{gene}: {limit}" for gene, limit in limits)]


def _silent_genes(rows: pl.LazyFrame, genes: pl.DataFrame) -> tuple[list[str], list[str]]:
    """Give the genes of which the file tells nothing, and those in which ClinVar has nothing to look up."""
    shapes = {kind.value: kind.shape is Shape.NOT_CALLABLE for kind in Evidence}
    dark = pl.col("evidence").cast(pl.String).replace_strict(shapes, return_dtype=pl.Boolean)
    told = dict(rows.select("gene", dark=dark).group_by("gene").agg(pl.col("dark").all()).collect().iter_rows())
    names = genes["gene"].to_list()
    return [name for name in names if told.get(name)], [name for name in names if name not in told]


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
