"""Sites of which one record speaks, by the very allele: most of those that a sample carries.

The record has one row there, or two of one length (`A>G,T`), so all that assembly would find is in these rows. The
answers are those of `assembly.assemble` and `deciding.decided`, without laying rows side by side.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from genoteca.annotate.calls import Calls
from genoteca.annotate.spans import Bools, Pairs, Rows
from genoteca.errors import DatasetError
from genoteca.genome.schema import EVIDENCE, MATCH
from genoteca.model.evidence import Evidence, Match

__all__ = ["told_alone"]


class _Chosen(NamedTuple):
    """Sites by index, the row of the very allele, and where there is one the record's other row there (else -1)."""

    site: Rows
    row: Rows
    beside: Rows


def told_alone(
    sites: pl.DataFrame, pairs: Pairs, exact: Pairs, calls: Calls, *, may: Bools
) -> tuple[pl.DataFrame, Bools]:
    """Decide the sites that one record answers (among those that `may` allows), and tell which these are.

    `sites` has `site`, `key`, `ref` and `alt`; `pairs` (all rows that hold a site's first base) and `exact` (its own
    allele) are by index. Gives the columns of `meeting.TOLD` and more, and the site's `s_ref` and `s_alt`.

    Raises:
        DatasetError: the pairs said to be exact are not of one key.

    """
    chosen = _chosen(pairs, exact, calls, may)
    if (sites["key"].to_numpy()[chosen.site] != calls.key[chosen.row]).any():
        raise DatasetError(
            "The join paired alleles of different keys.",
            hint="The reference or the sample's variants are not sorted as they claim: make them again.",
        )
    two = chosen.beside >= 0
    own = sites.select("site", s_ref="ref", s_alt="alt").with_row_index("at")
    one = _only(_these(own, chosen.site[~two]), chosen.row[~two], calls)
    several = _paired(_these(own, chosen.site[two]), chosen.row[two], chosen.beside[two], calls)
    told = pl.concat([one, several.select(one.columns)])
    solved = np.zeros(len(sites), np.bool_)
    solved[told["at"].to_numpy()] = True
    return _decided(told.drop("at")), solved


def _these(frame: pl.DataFrame, rows: Rows) -> pl.DataFrame:
    """Give some rows (sorted, without repeats) of a frame: a mask is faster than their numbers."""
    kept = np.zeros(len(frame), np.bool_)
    kept[rows] = True
    return frame.filter(pl.Series(kept))


def _only(own: pl.DataFrame, rows: Rows, calls: Calls) -> pl.DataFrame:
    nothing = {"other_copies": pl.lit(0, pl.Int64), "other_filtered": pl.lit(value=False)}
    return own.hstack(_details(rows, calls).get_columns()).with_columns(**nothing)


def _paired(own: pl.DataFrame, rows: Rows, beside: Rows, calls: Calls) -> pl.DataFrame:
    """Lay a site beside both rows of its record; sites whose two rows are something else are left out."""
    other = _details(beside, calls).select("line", "alt", "copies", "filtered")
    both = own.hstack(_details(rows, calls).get_columns()).hstack(
        other.rename(lambda name: f"other_{name}").get_columns()
    )
    longer = (pl.col("alt").str.len_bytes() > 1) == (pl.col("other_alt").str.len_bytes() > 1)
    return both.filter((pl.col("other_line") == pl.col("line")) & longer)


def _details(wanted: Rows, calls: Calls) -> pl.DataFrame:
    if (wanted[1:] > wanted[:-1]).all():
        return calls.details(wanted)
    rows, index = np.unique(wanted, return_inverse=True)
    return calls.details(rows)[index.astype(np.int64)]


def _chosen(pairs: Pairs, exact: Pairs, calls: Calls, may: Bools) -> _Chosen:
    count = len(may)
    met = np.bincount(pairs.left, minlength=count)
    may = may & (np.bincount(exact.left, minlength=count) == 1)
    site, row = (side[may[exact.left] & (met[exact.left] <= 2)] for side in exact)
    total = np.bincount(pairs.left, weights=pairs.right, minlength=count).astype(np.int64)
    beside = np.where(met[site] == 2, total[site] - row, -1)
    single = (calls.length[row] == 1) & (calls.length[beside] == 1)
    kept = (beside < 0) | (single & (calls.places_of(beside) == calls.places_of(row)))
    return _Chosen(site[kept], row[kept], beside[kept])


def _decided(told: pl.DataFrame) -> pl.DataFrame:
    return (
        told.with_columns(left=pl.col("ploidy") - pl.col("copies") - pl.col("other_copies"))
        .with_columns(overfull=pl.col("left") < 0, rest=pl.col("left").clip(lower_bound=0))
        .with_columns(unknown=pl.min_horizontal("missing", pl.col("rest") - pl.min_horizontal("deleted", "rest")))
        .with_columns(evidence=_evidence().cast(EVIDENCE), match=pl.lit(Match.ALLELE.value, MATCH))
        .with_columns(
            genotype=pl.col("genotype").fill_null(""),
            dosage=_dosage().cast(pl.UInt32),
            filtered=pl.any_horizontal(pl.col("filtered", "other_filtered").fill_null(value=False)),
            hit="carried",
            exact=pl.lit(value=True),
        )
    )


def _evidence() -> pl.Expr:
    half = (pl.col("unknown") > 0) & ~pl.col("overfull")
    unclear = pl.when("carried").then(half).otherwise((pl.col("unknown") > 0) | pl.col("overfull"))
    clear = pl.when("carried").then(pl.lit(Evidence.CALLED.value)).otherwise(pl.lit(Evidence.OTHER_ALLELE.value))
    return pl.when(unclear).then(pl.lit(Evidence.PARTIAL.value)).otherwise(clear)


def _dosage() -> pl.Expr:
    told = pl.when("carried").then(pl.col("dosage").fill_null(0))
    known = told.when(pl.col("evidence") != Evidence.PARTIAL.value).then(0)
    return pl.when(pl.col("chrom") != "MT").then(known)
