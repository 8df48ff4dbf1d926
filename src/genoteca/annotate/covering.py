"""Which variant rows speak of which site, and what each says there.

A record speaks of a site in one of three ways:

- `own`: it gives alleles of the site's bases. An exact match; for a substitution site every substitution that
  overlaps it (of a longer one the part at the site is read) and every complex allele (whose bases there cannot be
  told: unknown copies); for an insertion or deletion site every other insertion or deletion at its position.
- `beside`: an insertion or deletion anchored at a substitution site's base. The record spells that base in every
  allele, so it has a genotype here without the module's allele; it is no assertion of quality for the base itself
  and adds no allele to the site's genotype.
- `deleted`: a carried deletion that started before the site and took all of its bases.

A record whose REF is not the site's where both spell a base speaks of another sequence, and of no site: it is never
matched, whatever its ALT (`contradicting`).

A substitution at the anchor of an insertion or deletion site says nothing of it, and neither does a row that
overlaps only part of a site: such sites are left to the coverage.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from genoteca.annotate.calls import Calls
from genoteca.annotate.spans import Pairs, Places, Rows, expand
from genoteca.errors import DatasetError

__all__ = [
    "BESIDE",
    "DELETED",
    "OTHER_REFERENCE",
    "OWN",
    "UNKNOWN",
    "contradicting",
    "covering_pairs",
    "meet",
    "speaking_rows",
]

OWN, BESIDE, DELETED = 0, 1, 2
UNKNOWN = "?"

OTHER_REFERENCE = "its reference base is not the module's"


def covering_pairs(place: Places, calls: Calls) -> Pairs:
    """Pair sites (sorted places) with the rows whose REF holds the site's first base."""
    if not len(place):
        return Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64))
    here = expand(calls.before(place), calls.before(place + 1))
    long = calls.long
    low, high = np.searchsorted(long.place, [place[0] - long.furthest, place[-1]])
    before = expand(
        np.searchsorted(place, long.place[low:high] + 1, "left"), np.searchsorted(place, long.end[low:high], "right")
    )
    rows = long.rows[low:high][before.left]
    return Pairs(np.concatenate([here.left, before.right]), np.concatenate([here.right, rows]))


def meet(loci: pl.DataFrame, calls: Calls, pairs: Pairs, exact: Pairs) -> pl.DataFrame:
    """Lay every site beside the variant rows it was paired with, one row per pair.

    `loci` has one row per allele of a site: `site`, `base` (the site's REF as its genotypes spell it), `label` (this
    ALT, likewise), `framed` (whether base and label are the trimmed alleles), and the trimmed `s_pos`, `s_ref`,
    `s_alt`. `pairs` and `exact` index loci and variants. The columns of `Calls.details` and the shapes of both
    alleles are added, and `exact`.

    Raises:
        DatasetError: the pairs said to be exact are not those of equal alleles: a join lost or made some.

    """
    rows, index = np.unique(pairs.right, return_inverse=True)
    details = calls.details(rows)[index.astype(np.int64)]
    same = np.isin(_numbered(pairs, len(calls.key)), _numbered(exact, len(calls.key)))
    joined = loci[pairs.left].hstack(details.get_columns())
    met = joined.with_columns(pl.Series("exact", same, dtype=pl.Boolean), *_shapes())
    identical = (pl.col("offset") == 0) & (pl.col("ref") == pl.col("s_ref")) & (pl.col("alt") == pl.col("s_alt"))
    astray = met.filter(identical != pl.col("exact"))
    if len(astray) or same.sum() != len(exact.left):
        raise DatasetError(
            f"The match by key gave {len(exact.left)} pairs of equal alleles, the positions gave "
            f"{met.select(identical.sum()).item()}.",
            hint="The reference or the sample's variants are not sorted as they claim: make them again.",
        )
    return met


def contradicting(met: pl.DataFrame) -> pl.DataFrame:
    """Give the sites that meet a record of another REF: `site`, and the first such record as `line`."""
    return met.filter("contradicts").group_by("site").agg(pl.col("line").min()).sort("site")


def speaking_rows(met: pl.DataFrame) -> pl.DataFrame:
    """Give one row per site and variant row that speaks of it.

    Besides the columns of `Calls.details`, `site`, `base` and `label`:
    `speaks`: OWN, BESIDE or DELETED; `exact`: the same allele; `spelled`: the row's ALT as the site's genotypes
    spell it, `?` where its bases cannot be told, null where it does not fit the site's frame; `hit`: it is
    carried and spelled as the label; `sliced`: only a part of the row is at the site.
    """
    own = pl.col("speaks") == OWN
    return (
        met.with_columns(speaks=_speaks())
        .filter(pl.col("speaks").is_not_null())
        .with_columns(spelled=pl.when(own).then(_spelled()))
        .with_columns(
            hit=own & pl.col("carried") & pl.col("spelled").eq_missing(pl.col("label")),
            sliced=pl.col("substitutes") & ~pl.col("exact") & (pl.col("s_length") != pl.col("length")),
        )
        .sort("site", "row", "exact", "hit", descending=[False, False, True, True])
        .unique(["site", "row"], keep="first", maintain_order=True)
        .select(*KEPT)
    )


def _numbered(pairs: Pairs, width: int) -> Rows:
    return pairs.left * width + pairs.right


KEPT = (
    "site", "base", "label", "row", "line", "allele", "chrom", "genotype", "carried", "copies", "dosage", "ploidy",
    "missing", "deleted", "filtered", "speaks", "exact", "spelled", "hit", "sliced",
)  # fmt: skip


def _shapes() -> list[pl.Expr]:
    ref, alt, s_ref, s_alt = (pl.col(name) for name in ("ref", "alt", "s_ref", "s_alt"))
    length = ref.str.len_bytes().cast(pl.Int64)
    s_length = s_ref.str.len_bytes().cast(pl.Int64)
    offset = pl.col("s_pos").cast(pl.Int64) - pl.col("pos").cast(pl.Int64)
    long = length > 1
    return [
        length.alias("length"),
        s_length.alias("s_length"),
        offset.alias("offset"),
        (length == alt.str.len_bytes()).alias("substitutes"),
        (long & (alt == ref.str.head(1))).alias("deletes"),
        (~long & (alt.str.len_bytes() > 1) & (alt.str.head(1) == ref)).alias("inserts"),
        (s_length == s_alt.str.len_bytes()).alias("s_substitutes"),
        (offset + s_length <= length).alias("holds"),
        (ref.str.slice(offset, s_length) != s_ref.str.slice(0, length - offset)).alias("contradicts"),
    ]


def _speaks() -> pl.Expr:
    here, carried = pl.col("offset") == 0, pl.col("carried")
    simple = pl.col("deletes") | pl.col("inserts")
    at_substitution = (
        pl.when(pl.col("substitutes") & (pl.col("holds") | here | carried))
        .then(OWN)
        .when(~pl.col("substitutes") & ~simple & carried)
        .then(OWN)
        .when(~pl.col("substitutes") & here)
        .then(BESIDE)
    )
    return (
        pl.when("contradicts")
        .then(None)
        .when("exact")
        .then(OWN)
        .when(pl.col("deletes") & ~here & pl.col("holds"))
        .then(pl.when("carried").then(DELETED))
        .when("s_substitutes")
        .then(at_substitution)
        .when(here & ~pl.col("substitutes"))
        .then(OWN)
    ).cast(pl.Int8)


def _spelled() -> pl.Expr:
    alt, s_ref, length = pl.col("alt"), pl.col("s_ref"), pl.col("length")
    extended = alt + s_ref.str.slice(length)
    agrees = alt == pl.col("s_alt").str.slice(0, length)
    shorter = (
        pl.when((pl.col("offset") == 0) & ~(agrees & pl.col("carried"))).then(extended).otherwise(pl.lit(UNKNOWN))
    )
    at_substitution = (
        pl.when(~pl.col("substitutes"))
        .then(pl.lit(UNKNOWN))
        .when("holds")
        .then(alt.str.slice(pl.col("offset"), pl.col("s_length")))
        .otherwise(shorter)
    )
    in_frame = pl.when("s_substitutes").then(at_substitution).when(pl.col("s_length") >= length).then(extended)
    return pl.when("exact").then("label").when("framed").then(in_frame)
