"""One row per allele: what several records say of the same one is brought together."""

from __future__ import annotations

import polars as pl

__all__ = ["one_row_an_allele"]

ALLELE = ("chrom", "pos", "ref", "alt")
FACTS = ("variant_class", "frequency", "minor_allele", "minor_allele_frequency", "ancestral_allele")


def one_row_an_allele(rows: pl.DataFrame) -> pl.DataFrame:
    """Bring together the rows of each allele; `rows` is sorted by `key`, and every row of an allele is in it.

    The identifiers stay, rsIDs first, else in the order given. Frequency, minor allele and the like are those of the
    first record, in that order, that has a minor allele frequency: they belong together and are never mixed.
    """
    named = rows.with_columns(ids=pl.col("id").fill_null("").str.split(";"))
    key = pl.col("key")
    shared = ((key == key.shift()) | (key == key.shift(-1))).fill_null(value=False)
    single, several = named.filter(~shared), named.filter(shared)
    made = pl.concat([single, _merged(several)]) if len(several) else single
    return made.with_columns(_identifiers()).drop("ids", "id")


def _merged(rows: pl.DataFrame) -> pl.DataFrame:
    ranked = rows.with_row_index("given").sort(
        ~pl.col("id").fill_null("").str.starts_with("rs"), "given", maintain_order=True
    )
    together = pl.struct(FACTS).sort_by(pl.col("minor_allele_frequency").is_null(), maintain_order=True).first()
    merged = ranked.group_by(ALLELE, maintain_order=True).agg(
        pl.col("ids").explode(),
        pl.col("seen_in").str.split(";").explode().drop_nulls().unique(maintain_order=True).str.join(";"),
        together.alias("facts"),
        pl.exclude(*ALLELE, "ids", "seen_in", "given", *FACTS).first(),
    )
    whole = merged.unnest("facts").with_columns(pl.col("seen_in").replace("", None))
    return whole.select(rows.columns)


def _identifiers() -> list[pl.Expr]:
    names = pl.col("ids").list.unique(maintain_order=True).list.filter(pl.element() != "")
    rest = names.list.slice(1)
    return [
        names.list.first().alias("rsid"),
        pl.when(rest.list.len() > 0).then(rest.list.join(";")).alias("other_ids"),
    ]
