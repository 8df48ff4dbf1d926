"""The report section: what was found, in how many places it was looked for, and what could not be told."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import polars as pl

from genoteca.sdk import Citation, Evidence, ReportFinding, ReportSection, SampleKind, Sex, Shape, Tone, counts_of
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
CLINVAR = Citation(
    text="Landrum MJ et al. ClinVar: improvements to accessing data. Nucleic Acids Res 2020;48(D1):D835-D844.",
    url="https://doi.org/10.1093/nar/gkz972",
)
VARIATION = "https://www.ncbi.nlm.nih.gov/clinvar/variation/{}/"

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
    Kind.ONLY_COPY: "It lies on the X chromosome, of which a male has one copy, so that none is free of it. That "
    "is no "
    "diagnosis, but it may concern you yourself: have it confirmed by a clinical laboratory.",
    Kind.NOT_JUDGED: "Your file has such an allele, and nothing is concluded from it.",
}
X_CARRIER = (
    "One of two copies carries it. The gene lies on the X chromosome: each son has a chance of one in two to get "
    "it, and "
    "each daughter to carry it. Some women with one copy have signs of the condition themselves."
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
    "alleles were therefore not ruled out. A gVCF says where the reference was seen."
)
MOST_NAMED = 40


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
        lead=_lead(result, len(carried), len(judged)),
        counts=counts_of(result),
        findings=tuple(sorted(findings, key=lambda one: (one.tone is not Tone.CAUTION, one.title))),
        not_told=tuple(_not_told(result, rows, genes, groups)),
        paragraphs=(CAUTION, RESIDUAL),
        citations=(GREGG, CLINVAR),
    )


def _by_gene(carried: Sequence[Row]) -> Mapping[str, list[Row]]:
    """Group carried alleles by gene; an allele of two genes of the list stands under both."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in carried:
        for gene in row["gene"].split(";"):
            groups[gene].append(row)
    return groups


def _lead(result: ModuleResult, alleles: int, genes: int) -> str:
    known = result.shape(Shape.ANSWERED) + result.shape(Shape.REFERENCE)
    looked = (
        f"{result.sites:,} alleles that ClinVar calls pathogenic or likely pathogenic were looked up in the 113 "
        f"genes of the "
        "ACMG's list of 2021."
    )
    if alleles:
        many = "is one" if alleles == 1 else f"are {alleles}"
        return f"{looked} Among them {many} that your file has, in {genes} gene{'' if genes == 1 else 's'}."
    return (
        f"{looked} Your file has none of them; but it tells something about {known:,} of them only, and says "
        f"nothing, or "
        f"could not tell, about {result.shape(Shape.NOT_CALLABLE):,}."
    )


def _finding(gene: Row, alleles: Sequence[Row], result: ModuleResult) -> ReportFinding:
    # an allele that belongs to this gene alone says best what the gene's alleles come to
    kind = Kind(str(min(alleles, key=lambda row: row["gene"].count(";"))["finding"]))
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
        details=tuple(_detail(row) for row in alleles),
        tone=Tone.CAUTION if kind in BOTH or kind is Kind.UNKNOWN else Tone.NOTE,
        evidence=tuple(dict.fromkeys(Evidence(str(row["evidence"])) for row in alleles)),
        citations=tuple(
            Citation(text=f"ClinVar {row['variation_id']}", url=VARIATION.format(row["variation_id"]))
            for row in alleles
        ),
    )


def _meaning(kind: Kind, gene: Row, sex: Sex) -> str:
    if gene["inheritance"] == X_LINKED:
        if kind in (Kind.ONE_COPY, Kind.SAME) and sex is not Sex.MALE:
            return X_CARRIER if sex is Sex.FEMALE else f"{X_UNSTATED} {X_CARRIER}"
        if kind is Kind.TWO_COPIES and sex is Sex.UNSTATED:
            return f"{X_UNSTATED} {MEANING[kind]}"
    return MEANING[kind]


def _detail(row: Row) -> str:
    """Name one allele: where, which genotype, how ClinVar classifies it and how well, and for what."""
    stars = "no review status" if row["stars"] is None else f"{row['stars']} of 4 stars"
    also = [name for name in str(row["clinvar_gene"]).split(";") if name not in str(row["gene"]).split(";")]
    told = [
        f"{row['chrom']}:{row['pos']} {row['ref']}>{row['alt']}",
        f"genotype {row['genotype']}" if row["genotype"] else "",
        f"{row['significance_class']}, {stars}",
        f"for: {str(row['conditions']).replace(';', ', ')}" if row["conditions"] else "",
        f"the record also names the gene {', '.join(also)}" if also and also != ["None"] else "",
    ]
    return " · ".join(filter(None, told))


def _not_told(
    result: ModuleResult, rows: pl.LazyFrame, genes: pl.DataFrame, groups: Mapping[str, list[Row]]
) -> list[str]:
    silent, unlisted = _silent_genes(rows, genes)
    found = []
    if result.kind in (SampleKind.WHOLE_GENOME, SampleKind.EXOME, SampleKind.PANEL):
        nothing = result.shape(Shape.NOT_CALLABLE)
        found.append(SILENT.format(silent=f"{nothing:,}", sites=f"{result.sites:,}"))
    if silent:
        found.append(f"Nothing at all is known of {len(silent)} genes in this file: {_named(silent)}.")
    if unlisted:
        found.append(
            f"ClinVar's release has no pathogenic allele that could be looked up in {len(unlisted)} genes: "
            f"{_named(unlisted)}."
        )
    for gene in genes.filter(pl.col("told").cast(pl.String) != "all").to_dicts():
        had = " Your file has such an allele, and nothing is concluded from it." if gene["gene"] in groups else ""
        nothing = gene["told"] == "nothing"
        found.append(f"{gene['gene']}: {gene['limit']}{had if nothing else ''}")
    return found


def _silent_genes(rows: pl.LazyFrame, genes: pl.DataFrame) -> tuple[list[str], list[str]]:
    """Give the genes of which the file tells nothing, and those in which ClinVar has nothing to look up."""
    shapes = {kind.value: kind.shape is Shape.NOT_CALLABLE for kind in Evidence}
    dark = pl.col("evidence").cast(pl.String).replace_strict(shapes, return_dtype=pl.Boolean)
    by_gene = rows.select(pl.col("gene").str.split(";"), dark=dark).explode("gene").group_by("gene")
    told = dict(by_gene.agg(pl.col("dark").all()).collect().iter_rows())
    names = genes["gene"].to_list()
    return [name for name in names if told.get(name)], [name for name in names if name not in told]


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
