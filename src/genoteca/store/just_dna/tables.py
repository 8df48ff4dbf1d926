"""The two tables of an imported module, as they are published: sites and genotypes."""

from __future__ import annotations

import polars as pl

from genoteca.store.just_dna.formats import FLAGS
from genoteca.store.just_dna.gates import gate_of
from genoteca.store.just_dna.sites import Sites

__all__ = ["genotype_table", "site_table"]

SHARED = (
    "The rsID names several places in the genome, and the module wrote its rows for all of them: this one may have "
    "been meant for another."
)
_FLAG_WORDS = {
    "clinvar": "in ClinVar", "pathogenic": "pathogenic", "likely_pathogenic": "likely pathogenic", "benign": "benign",
    "likely_benign": "likely benign", "acmg_sf": "on the ACMG list",
}  # fmt: skip


def site_table(sites: Sites, studies: pl.DataFrame) -> pl.DataFrame:
    """Give the sites with what holds for all of their genotypes: gene, papers, cautions, gate."""
    genes = sites.genotypes.group_by("site").agg(
        gene=pl.col("gene").drop_nulls().unique(maintain_order=True).str.join("; ").replace("", None)
    )
    whole = (
        sites.sites.join(genes, on="site", how="left", validate="1:1", maintain_order="left")
        .join(studies, on="site", how="left", validate="1:1", maintain_order="left")
        .with_columns(caution=pl.when("shared").then(pl.lit(SHARED)), gate=gate_of(pl.col("gene")))
        .drop("shared")
    )
    return _filled(whole, ("site", "chrom", "pos", "ref", "alt"))


def genotype_table(sites: Sites) -> pl.DataFrame:
    """Give the genotypes with what the module says of each, and what is amiss with its rows."""
    shared = sites.sites.select("site", "shared")
    words = [pl.when(name).then(pl.lit(_FLAG_WORDS[name])) for name in FLAGS]
    caution = pl.concat_str(
        "contradicts", pl.when("shared").then(pl.lit(SHARED)), separator=" ", ignore_nulls=True
    ).replace("", None)
    whole = (
        sites.genotypes.join(shared, on="site", how="left", validate="m:1", maintain_order="left")
        .with_columns(caution=caution, flags_true=pl.concat_str(*words, separator=";", ignore_nulls=True))
        .with_columns(pl.col("flags_true").replace("", None))
        .drop("gene", "shared", *FLAGS)
    )
    return _filled(whole, ("site", "genotype"))


def _filled(table: pl.DataFrame, needed: tuple[str, ...]) -> pl.DataFrame:
    """Drop the columns in which nothing stands."""
    return table.select(name for name in table.columns if name in needed or table[name].null_count() < len(table))
