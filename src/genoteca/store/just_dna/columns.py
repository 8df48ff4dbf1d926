"""The columns of an imported module: what a just-dna table says, in words for its reader."""

from __future__ import annotations

from collections.abc import Collection

from genoteca.model.column import UNSAID, AnnotationColumn, ColumnType

__all__ = ["columns_of"]

PUBMED = "https://pubmed.ncbi.nlm.nih.gov/{}/"
DBSNP = "https://www.ncbi.nlm.nih.gov/snp/{}"
T = ColumnType


def _c(name: str, label: str, kind: ColumnType, description: str, **more: object) -> AnnotationColumn:
    told = {"name": name, "label": label, "type": kind, "description": description, "null": UNSAID, **more}
    return AnnotationColumn.model_validate(told)


_COLUMNS = (
    _c("conclusion", "What it says", T.TEXT, "What the module's authors wrote of this genotype.",
       null="the genotype is not known, or the module does not describe it"),
    _c("described", "In the module", T.CATEGORY, "Whether the module describes the genotype that was found.",
       null="the genotype is not known"),
    _c("state", "State", T.CATEGORY, "What the authors make of this genotype: risk, protective, neutral, "
       "significant, alt or ref; conflicting where their rows differ."),
    _c("weight", "Weight", T.NUMBER, "The authors' own score; above 0 is favourable. Its scale is theirs, and "
       "sums of it are no forecast.", null="none is given, or the module's rows differ"),
    _c("gene", "Gene", T.CATEGORY, "The gene that the authors name."),
    _c("phenotype", "Trait", T.TEXT, "The trait or condition that the authors name."),
    _c("category", "Group", T.CATEGORY, "The group within the module."),
    _c("rsid", "dbSNP", T.LINK, "The site's name in dbSNP.", link=DBSNP, null="the module names none"),
    _c("pmids", "Papers", T.LIST, "PubMed identifiers that the module names for the site.", link=PUBMED,
       null="the module names no paper"),
    _c("caution", "Caution", T.TEXT, "What is known to be amiss with this row of the module.",
       null="nothing is known"),
    _c("priority", "Priority", T.CATEGORY, "How important the authors hold the row to be."),
    _c("negatives", "Drawbacks", T.TEXT, "What speaks against it, by the authors.", hidden=True),
    _c("direction", "Direction", T.CATEGORY, "Protective, risk, neutral or unknown, by the authors."),
    _c("clin_sig", "Clinical significance", T.CATEGORY, "Of the allele, as the module's authors took it over; look "
       "in ClinVar for what holds today."),
    _c("flags_true", "Marked as", T.LIST, "What the module marks as true: in ClinVar, pathogenic, benign, or on the "
       "ACMG list of secondary findings.", null="nothing is marked", hidden=True),
    _c("stat_significance", "Statistical significance", T.CATEGORY, "As the authors state it.", hidden=True),
    _c("effect_size", "Effect size", T.NUMBER, "Published size of the effect.", hidden=True),
    _c("effect_measure", "Effect measure", T.CATEGORY, "Unit of the effect size: OR, HR, beta …", hidden=True),
    _c("effect_allele", "Effect allele", T.TEXT, "The allele that weight and effect size are of.", hidden=True),
    _c("flags", "Tags", T.TEXT, "Tags of the authors.", hidden=True),
    _c("trait_efo_id", "Trait identifiers", T.TEXT, "EFO, MONDO, OBA or HP identifiers.", hidden=True),
    _c("actionability", "Actionability", T.CATEGORY, "As the authors state it.", hidden=True),
    _c("p_values", "P values", T.TEXT, "P values of the site's papers, as the module writes them.", hidden=True),
    _c("populations", "Populations", T.TEXT, "Populations that the site's papers studied.", hidden=True),
    _c("study_findings", "What the papers found", T.TEXT, "The authors' summary of every paper of the site.",
       hidden=True),
    _c("curator", "Curator", T.TEXT, "Who wrote the row.", hidden=True),
    _c("method", "Method", T.TEXT, "How the row was written.", hidden=True),
    _c("gate", "Before you look", T.TEXT, "The sentence shown before the answer may be opened.",
       null="the answer is not gated", hidden=True),
)  # fmt: skip


def columns_of(filled: Collection[str]) -> list[AnnotationColumn]:
    """Give the columns that have anything in them, in the order in which they are shown."""
    return [column for column in _COLUMNS if column.name in filled or column.name == "described"]
