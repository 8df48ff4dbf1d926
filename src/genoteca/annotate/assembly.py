"""The genotype of a site, put together from all the records that speak of it.

A record split from a longer one writes the other alleles as 0, so the 0 of one row is never taken for REF while
another row of the position carries an allele. A duplicate adds no copies. What no record accounts for is REF when the
genotypes are complete, unknown when they are not.
"""

from __future__ import annotations

import polars as pl

from genoteca.annotate.covering import BESIDE, DELETED, OWN, UNKNOWN

__all__ = ["DELETED_COPY", "assemble"]

DELETED_COPY = "*"

SCHEMA = {
    "site": pl.UInt32, "row": pl.UInt32, "line": pl.UInt32, "allele": pl.UInt32, "dosage": pl.UInt32,
    "mitochondrial": pl.Boolean, "hit": pl.Boolean, "exact": pl.Boolean, "filtered": pl.Boolean,
    "speaks": pl.Int8, "unknown": pl.Int64, "overfull": pl.Boolean, "outside": pl.Boolean, "gone": pl.Boolean,
    "genotype": pl.String, "text": pl.String,
}  # fmt: skip


def assemble(spoken: pl.DataFrame) -> pl.DataFrame:
    """Give one row per site that any record speaks of; `spoken` is that of `covering.speaking_rows`.

    Columns: `row`, `line`, `allele`, `dosage`, `hit`, `exact` and `speaks` of the row that speaks best;
    `filtered`; `unknown`: copies that no record tells; `overfull`: the records claim more copies than there are;
    `outside`: an allele does not fit the site's frame; `gone`: every copy is deleted; `genotype`: the assembled
    alleles, shorter first, then by letter, `*` and `?` last, joined by `/` (null: overfull or outside, or no record
    of the site's own bases); `text`: the same as the records say it, for one record its own genotype.
    """
    ranked = _joined(spoken).sort(
        "site", "speaks", "hit", "exact", "carried", "missing", "filtered", "row",
        descending=[False, False, True, True, True, False, False, False],
    )  # fmt: skip
    speaker = ranked.unique("site", keep="first", maintain_order=True)
    heard = ranked.join(speaker.select("site", best="speaks"), on="site", maintain_order="left")
    alleles = _one_per_allele(heard)
    counts = _counts(alleles)
    best = speaker.select("site", "row", "line", "allele", "dosage", "hit", "exact", "speaks")
    whole = best
    for part in (counts, _spelled_out(counts, alleles), _texts(heard)):
        whole = whole.join(part, on="site", how="left", maintain_order="left")
    own_bases = (pl.col("speaks") != BESIDE) & ~pl.col("overfull") & ~pl.col("outside")
    return (
        whole.with_columns(genotype=pl.when(own_bases).then("genotype"))
        .with_columns(text=_text())
        .select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    )


def _joined(spoken: pl.DataFrame) -> pl.DataFrame:
    """Count together the alleles of one record that spell a site alike: AT>GC and AT>AC are both T>C at the T."""
    alike = (pl.col("speaks") == OWN) & pl.col("spelled").is_not_null()
    over = ("site", "line", "speaks", "spelled")
    return spoken.with_columns(
        pl.when(alike).then(pl.col(name).sum().over(over)).otherwise(name).cast(kind).alias(name)
        for name, kind in (("copies", spoken.schema["copies"]), ("dosage", spoken.schema["dosage"]))
    )


def _one_per_allele(heard: pl.DataFrame) -> pl.DataFrame:
    """Keep the best row of every allele of a site: a duplicate record adds nothing."""
    fallback = pl.format("{}-{}", "line", "allele")
    named = heard.with_columns(
        which=pl.when(pl.col("speaks") == OWN).then(pl.coalesce("spelled", fallback)).otherwise(pl.lit(DELETED_COPY))
    ).filter((pl.col("speaks") != BESIDE) | (pl.col("best") == BESIDE))
    return named.unique(["site", "speaks", "which"], keep="first", maintain_order=True)


def _counts(alleles: pl.DataFrame) -> pl.DataFrame:
    own = pl.col("speaks") == OWN
    bare = pl.col("spelled").eq_missing(pl.col("base"))
    unclear = pl.col("spelled").eq_missing(pl.lit(UNKNOWN))
    mentioned = pl.col("speaks") == pl.col("best")
    summed = alleles.group_by("site", maintain_order=True).agg(
        pl.col("base").first(),
        mitochondrial=(pl.col("chrom") == "MT").first(),
        ploidy=pl.col("ploidy").filter(mentioned).max(),
        known=pl.col("copies").filter(own & ~bare & ~unclear).sum(),
        unclear=pl.col("copies").filter(own & unclear).sum(),
        taken=pl.col("copies").filter(pl.col("speaks") == DELETED).max().fill_null(0),
        starred=pl.col("deleted").filter(mentioned & (pl.col("speaks") != DELETED)).max().fill_null(0),
        missing=pl.col("missing").filter(mentioned).max(),
        filtered=pl.col("filtered").filter(mentioned).any(),
        outside=(own & pl.col("spelled").is_null() & pl.col("carried")).any(),
        sliced=pl.col("sliced").filter(mentioned).any(),
    )
    left = pl.col("ploidy") - pl.col("known") - pl.col("unclear")
    return (
        summed.with_columns(overfull=left < 0, rest=left.clip(lower_bound=0))
        .with_columns(stars=pl.min_horizontal(pl.max_horizontal("taken", "starred"), "rest"))
        .with_columns(rest=pl.col("rest") - pl.col("stars"))
        .with_columns(untold=pl.min_horizontal("missing", "rest"))
        .with_columns(
            unknown=pl.col("unclear") + pl.col("untold"),
            bare=pl.col("rest") - pl.col("untold"),
            gone=pl.col("stars") >= pl.col("ploidy"),
            added=pl.col("stars") > pl.col("starred"),
        )
    )


def _spelled_out(counts: pl.DataFrame, alleles: pl.DataFrame) -> pl.DataFrame:
    """Spell the genotype of every site; on MT, where copies have no meaning, every allele once."""
    told = alleles.filter(
        (pl.col("speaks") == OWN) & (pl.col("spelled") != pl.col("base")) & (pl.col("spelled") != UNKNOWN)
    ).select("site", allele="spelled", times=pl.col("copies"), place=pl.lit(0))
    rest = [
        counts.select("site", allele=allele.cast(pl.String), times=pl.col(times), place=pl.lit(place))
        for allele, times, place in (
            (pl.col("base"), "bare", 0),
            (pl.lit(DELETED_COPY), "stars", 1),
            (pl.lit(UNKNOWN), "unknown", 2),
        )
    ]
    return (
        pl.concat([told, *rest])
        .filter(pl.col("times") > 0)
        .join(counts.select("site", "mitochondrial"), on="site", how="left")
        .with_columns(times=pl.when("mitochondrial").then(1).otherwise("times"))
        .sort("site", "place", pl.col("allele").str.len_bytes(), "allele")
        .select("site", allele=pl.col("allele").repeat_by("times"))
        .explode("allele")
        .group_by("site", maintain_order=True)
        .agg(genotype=pl.col("allele").str.join("/"))
    )


def _texts(heard: pl.DataFrame) -> pl.DataFrame:
    mentioned = heard.filter(pl.col("speaks") == pl.col("best")).unique(["site", "line"], keep="first")
    return (
        mentioned.sort("site", "line")
        .group_by("site", maintain_order=True)
        .agg(records=pl.len(), said=pl.col("genotype").str.join(", "))
    )


def _text() -> pl.Expr:
    one = (pl.col("records") == 1) & ~pl.col("sliced") & ~pl.col("added") & (pl.col("speaks") != DELETED)
    return pl.when(one).then("said").otherwise(pl.coalesce("genotype", "said"))
