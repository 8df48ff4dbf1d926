"""A panel: sites, and what its authors say of every genotype there."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from genoteca.errors import ReferenceDataError
from genoteca.genome.schema import CHROM

__all__ = ["BY_RSID", "Panel", "in_order", "ordered_genotype"]

BY_RSID = "by_rsid"
"""Column of a panel's sites: the rsID of a site without a place in the build; null where it has one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """A panel in one build.

    A genotype is spelled with the alleles of its site, on the plus strand, the shorter first and then by letter,
    joined by `/`; a single allele where the sample has one copy.
    """

    sites: pl.DataFrame
    """One row per site: `site` (number), `site_id`, `chrom`, `pos` (1-based), `ref`, `alt` (several joined by a
    comma), `infer`, and free text columns. Where `by_rsid` stands, a site that has it has no `chrom` and no `pos`."""
    genotypes: pl.DataFrame
    """One row per authored genotype: `site_id`, `genotype`, and text columns."""
    combinations: pl.DataFrame
    """One row per authored combination of genotypes: `combination`, `members` (`siteid=A/G;siteid=C/C`), `opt_in`
    (empty, or the setting that must be on), and text columns. May be empty, without columns."""


def ordered_genotype(genotype: str) -> str:
    """Spell a genotype in the one order: shorter alleles first, then by letter; phase is dropped."""
    return "/".join(sorted(genotype.replace("|", "/").split("/"), key=lambda allele: (len(allele), allele)))


def in_order(panel: Panel) -> Panel:
    """Take a panel as its authors wrote it, sites by number and genotypes in the one order.

    Raises:
        ReferenceDataError: a site, or a genotype of a site, stands there twice.

    """
    spelled = pl.col("genotype").map_elements(ordered_genotype, return_dtype=pl.String)
    genotypes = panel.genotypes.with_columns(spelled)
    for frame, name in ((panel.sites, ["site_id"]), (panel.sites, ["site"]), (genotypes, ["site_id", "genotype"])):
        twice = frame.select(name).filter(frame.select(name).is_duplicated())
        if len(twice):
            raise ReferenceDataError(
                f"The panel has the {' and '.join(name)} {' '.join(map(str, twice.row(0)))} twice.",
                hint="Every site and every genotype of a site is written once; A/G and G/A are the same.",
            )
    named = pl.col(BY_RSID) if BY_RSID in panel.sites.columns else pl.lit(None)
    typed = panel.sites.sort("site").with_columns(
        named.cast(pl.String).alias(BY_RSID),
        pl.col("site", "pos").cast(pl.UInt32),
        pl.col("chrom").cast(CHROM),
        pl.col("infer").cast(pl.Boolean),
    )
    return Panel(sites=typed, genotypes=genotypes, combinations=panel.combinations)
