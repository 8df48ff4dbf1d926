"""A module's rows put in order by site: alleles looked at, what repeats folded, what contradicts itself marked."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

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
    rows = rows.with_row_index("_row")
    rows = rows.join(_trimmed(rows), on="_row", how="left", validate="1:1", maintain_order="left")
    alt = pl.col("alts").list.first()
    copies = [pl.col("genotype").list.get(copy, null_on_oob=True) for copy in (0, 1)]
    # A trimmed site has two alleles: a copy is the one or the other.
    short = [
        pl.when(pl.col("_pos").is_null() | copy.is_null())
        .then(copy)
        .otherwise(pl.when(copy == alt).then("_alt").otherwise("_ref"))
        .alias(f"_copy{number}")
        for number, copy in enumerate(copies)
    ]
    one, other = pl.col("_copy0"), pl.col("_copy1")
    swap = (one.str.len_bytes() > other.str.len_bytes()) | (
        (one.str.len_bytes() == other.str.len_bytes()) & (one > other)
    )
    paired = pl.when(swap).then(pl.format("{}/{}", other, one)).otherwise(pl.format("{}/{}", one, other))
    return (
        rows.with_columns(short)
        .with_columns(
            start=pl.coalesce("_pos", "start"),
            ref=pl.coalesce("_ref", "ref"),
            alts=pl.when(pl.col("_alt").is_null()).then("alts").otherwise(pl.concat_list("_alt")),
            genotype=pl.when(other.is_null()).then(one).otherwise(paired),
        )
        .drop("_row", "_pos", "_ref", "_alt", "_copy0", "_copy1")
    )


def _trimmed(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the shorter spelling of every row that has one: `_row`, `_pos`, `_ref`, `_alt`."""
    alt = pl.col("alts").list.first()
    long = (pl.col("alts").list.len() == 1) & (pl.col("ref").str.len_bytes() > 1) & (alt.str.len_bytes() > 1)
    given = rows.filter(long).select("_row", "start", "ref", alt.alias("alt"))
    made = [(row, *trim(pos, ref, one)) for row, pos, ref, one in given.iter_rows()]
    schema = {"_row": pl.get_index_type(), "_pos": pl.Int64, "_ref": pl.String, "_alt": pl.String}
    return pl.DataFrame(made, schema=schema, orient="row")


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
