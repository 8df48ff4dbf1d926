"""What a sample's records say of some of a module's alleles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from genoteca.annotate.agreement import comparable
from genoteca.annotate.alone import told_alone
from genoteca.annotate.assembly import assemble
from genoteca.annotate.calls import Calls
from genoteca.annotate.covering import meet, speaking_rows
from genoteca.annotate.deciding import decided
from genoteca.annotate.matching import verified
from genoteca.annotate.respelling import Respelling
from genoteca.annotate.spans import KEY_SHIFT, Bools, Pairs, Places, Rows, index_in

__all__ = ["Meeting", "Told", "places_of"]

SITE = ("site", "key", "chrom", "pos", "ref", "alt")
TOLD = ("site", "row", "line", "allele", "genotype", "dosage", "filtered", "evidence", "match", "hit", "exact")


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What records say of some sites."""

    rows: pl.DataFrame
    """TOLD, one row per site that a record speaks of, sorted by site."""
    recorded: Bools
    """By site: a record, or a carried deletion, touches it."""
    alone: pl.DataFrame
    """`alone.told_alone`: the sites that one record answers by the very allele."""
    met: pl.DataFrame
    """The others: `covering.meet`."""

    def comparable(self) -> pl.DataFrame:
        """Give the REF bases beside the module's (`agreement.comparable`), the first site of a place first."""
        single = (pl.col("s_ref").str.len_bytes() == 1) & (pl.col("s_alt").str.len_bytes() == 1)
        # an equal allele has an equal REF
        told = self.alone.filter(single).select("site", "chrom", "pos", "line", same=pl.lit(value=True))
        return pl.concat([told, comparable(self.met)]).sort("site", maintain_order=True).drop("site")


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """A sample's rows and a reference's sites, and which are the same allele."""

    calls: Calls
    exact: Pairs
    """By site and row, sorted; of equal hashes the alleles are yet to be compared."""
    moved: Respelling

    def tell(self, sites: pl.DataFrame) -> Told:
        """Decide some sites (SITE; sorted by site)."""
        numbers = sites["site"].to_numpy().astype(np.int64)
        moved = self.moved.within(int(numbers[0]), int(numbers[-1])) if len(numbers) else self.moved
        pairs = moved.cover(numbers, places_of(sites), self.calls)
        exact = self._exact(numbers, sites)
        calls = self.calls.holding(pairs.right)
        easy, solved = told_alone(sites, pairs, exact, calls, may=~moved.has(numbers))
        loci = _loci(moved.spelled(sites.select(SITE)[np.flatnonzero(~solved)]))
        met = meet(loci, calls, _renumbered(pairs, ~solved), _renumbered(exact, ~solved))
        recorded = np.zeros(len(numbers), np.bool_)
        recorded[pairs.left] = True
        difficult = decided(assemble(speaking_rows(met))).with_columns(genotype="text")
        return Told(
            rows=_in_order(easy.select(TOLD), difficult.select(TOLD)),
            recorded=recorded,
            alone=easy,
            met=met,
        )

    def _exact(self, numbers: Rows, sites: pl.DataFrame) -> Pairs:
        """Give the pairs of equal alleles among these sites, by index."""
        # A bound of another type than the array's would have all of it converted, for every part again.
        sites_of, kind = self.exact.left, self.exact.left.dtype.type
        low = np.searchsorted(sites_of, kind(numbers[0])) if len(numbers) else 0
        high = np.searchsorted(sites_of, kind(numbers[-1]), "right") if len(numbers) else 0
        left = index_in(numbers, sites_of[low:high])
        right = self.exact.right[low:high].astype(np.int64)
        return verified(Pairs(left, right), self.calls, lambda wanted: sites.select("ref", "alt")[wanted])


def _loci(sites: pl.DataFrame) -> pl.DataFrame:
    return sites.select(
        "site", base="ref", label="alt", framed=pl.lit(value=True), s_pos="pos", s_ref="ref", s_alt="alt"
    )


def places_of(sites: pl.DataFrame) -> Places:
    """Give the places of sites, from their keys."""
    return (sites["key"].to_numpy() >> np.uint64(KEY_SHIFT)).astype(np.int64)


def _in_order(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    both = pl.concat([one, other]) if len(other) else one
    return both if both["site"].is_sorted() else both.sort("site")


def _renumbered(pairs: Pairs, chosen: Bools) -> Pairs:
    """Keep the pairs of some left rows, and number these anew."""
    kept = chosen[pairs.left]
    return Pairs((np.cumsum(chosen) - 1)[pairs.left[kept]], pairs.right[kept])
