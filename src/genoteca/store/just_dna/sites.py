"""A module's rows put in order by site: alleles looked at, what repeats folded, what contradicts itself marked."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from genoteca.annotate.panel import ordered_genotype
from genoteca.genome.alleles import trim
from genoteca.store.just_dna.contradicting import folded
from genoteca.store.just_dna.sieve import NUMBER, Aside, Sieve

__all__ = ["Sites", "site_rows", "with_shared"]

PLACE = ("chrom", "start", "ref")
LETTERS = "^[ACGT]+$"
ONE_COPY = ("Y", "MT")


class Sites(NamedTuple):
    """Sites and their genotypes."""

    sites: pl.DataFrame
    """One row per site: `site` (name), `rsid`, `chrom`, `pos` (1-based), `ref`, `alt` (several joined by a comma),
    `shared` (its rsID names several places)."""
    genotypes: pl.DataFrame
    """One row per site and genotype: `site`, `genotype`, the content, `contradicts` (text, null: it does not)."""
    kept: pl.Series
    """Numbers of the rows that stand in `genotypes`."""
    left_out: int
    """Alternative alleles of other letters than A, C, G, T that no genotype has."""


def with_shared(rows: pl.DataFrame) -> pl.DataFrame:
    """Mark the rows whose rsID names several places, by the table's own rows or by its count of places."""
    here = pl.struct(PLACE).n_unique().over("rsid") > 1
    told = pl.col("locus_count").fill_null(1) > 1
    return rows.with_columns(shared=pl.col("rsid").is_not_null() & (here | told))


def site_rows(rows: pl.DataFrame, content: list[str], sieve: Sieve) -> Sites:
    """Make sites and genotypes of rows whose positions are right.

    A site is an rsID (or none) at a place with its alleles. A genotype is spelled shorter allele first, then by
    letter; phase is dropped, which says nothing at a single site. On Y and MT two alike alleles are one as well.
    """
    rows, left_out = _with_alleles(rows, sieve)
    rows = sieve.drop(rows, ~_own_alleles(), Aside.FOREIGN)
    bare = pl.col("genotype").list.eval(pl.element()).list.unique() == pl.concat_list("ref")
    rows = sieve.drop(rows, pl.col("shared") & bare, Aside.SHARED_REFERENCE)
    rows = _spelled(rows).with_columns(site=_name())
    genotypes, repeated = folded(rows, content)
    sieve.drop(repeated, pl.lit(value=True), Aside.REPEAT)
    sites = rows.unique("site", keep="first", maintain_order=True).select(
        "site", "rsid", "chrom", pl.col("start").alias("pos"), "ref", alt=pl.col("alts").list.join(","),
        shared=pl.col("shared"),
    )  # fmt: skip
    gone = repeated[NUMBER] if len(repeated) else pl.Series(NUMBER, [], pl.UInt32)
    kept = rows.filter(~pl.col(NUMBER).is_in(gone.implode()))[NUMBER].unique()
    return Sites(sites, _with_single(genotypes, sites), kept, left_out)


def _with_alleles(rows: pl.DataFrame, sieve: Sieve) -> tuple[pl.DataFrame, int]:
    rows = sieve.drop(rows, pl.col("ref").is_null(), Aside.NO_REFERENCE)
    rows = sieve.drop(rows, ~pl.col("ref").str.contains(LETTERS), Aside.LETTERS)
    strange = pl.col("genotype").list.eval(~pl.element().str.contains(LETTERS)).list.any()
    rows = sieve.drop(rows, strange, Aside.LETTERS)
    seen = pl.col("genotype").explode().over(["rsid", *PLACE], mapping_strategy="join").list.unique()
    given = pl.coalesce("alts", seen).list.set_difference(pl.concat_list("ref"))
    rows = rows.with_columns(alts=given)
    plain = pl.col("alts").list.eval(pl.element().filter(pl.element().str.contains(LETTERS))).list.sort()
    rows = rows.with_columns(alts=plain, left_out=pl.col("alts").list.len() - plain.list.len())
    left_out = rows.unique(["rsid", *PLACE])["left_out"].sum()
    rows = sieve.drop(rows.drop("left_out"), pl.col("alts").list.len() == 0, Aside.NO_ALTERNATIVE)
    return rows, int(left_out)


def _own_alleles() -> pl.Expr:
    site = pl.concat_list(pl.concat_list("ref"), "alts")
    return pl.col("genotype").list.set_difference(site).list.len() == 0


def _spelled(rows: pl.DataFrame) -> pl.DataFrame:
    """Trim the alleles of sites with one ALT, in the genotypes as well, and spell genotypes in the one order."""
    made = []
    for start, ref, alts, genotype in rows.select("start", "ref", "alts", "genotype").iter_rows():
        place, renamed = (start, ref, alts), dict[str, str]()
        if len(alts) == 1 and len(ref) > 1 and len(alts[0]) > 1:
            pos, short_ref, short_alt = trim(start, ref, alts[0])
            place, renamed = (pos, short_ref, [short_alt]), {ref: short_ref, alts[0]: short_alt}
        made.append((*place, ordered_genotype("/".join(renamed.get(allele, allele) for allele in genotype))))
    schema: dict[str, pl.DataType] = {
        "start": pl.Int64(), "ref": pl.String(), "alts": pl.List(pl.String), "genotype": pl.String(),
    }  # fmt: skip
    spelled_out = pl.DataFrame(made, schema=schema, orient="row")
    return rows.drop(schema).hstack(spelled_out.get_columns())


def _name() -> pl.Expr:
    """Name a site by rsID, place and alleles; long alleles by their length and a hash."""
    alleles = pl.concat_str("ref", pl.lit(">"), pl.col("alts").list.join(","))
    short = pl.when(alleles.str.len_bytes() > 40).then(pl.format("long-{}", alleles.hash())).otherwise(alleles)
    return pl.format("{}-{}-{}-{}", pl.col("rsid").fill_null("site"), "chrom", "start", short)


def _with_single(genotypes: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    """On Y and MT, add the single allele where only two alike are described: there is one copy to describe."""
    homes = dict(sites.select("site", "chrom").iter_rows())
    alleles = pl.col("genotype").str.split("/")
    doubled = genotypes.filter(
        pl.col("site").replace_strict(homes, return_dtype=pl.String).is_in(ONE_COPY)
        & (alleles.list.len() == 2)
        & (alleles.list.n_unique() == 1)
    ).with_columns(genotype=alleles.list.first())
    added = doubled.join(genotypes, on=["site", "genotype"], how="anti")
    return pl.concat([genotypes, added])
