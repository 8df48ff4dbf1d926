"""A reference's insertions and deletions in the spelling of a sample that was left-aligned when it was read.

A reference is published as its makers spell it. Where the sample's indels were moved to the left
(`genome.left_align`), the reference's are moved by the same code and the same sequence before they are matched, so
that one haplotype is one allele whatever either file wrote. The answer keeps the makers' position and alleles.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from genoteca.annotate.calls import Calls
from genoteca.annotate.covering import covering_pairs
from genoteca.annotate.matching import match_loci
from genoteca.annotate.respelled_file import respelled_file
from genoteca.annotate.sample_tables import SampleTables
from genoteca.annotate.spans import KEY_SHIFT, Bools, Pairs, Places, Rows
from genoteca.genome.key import with_keys
from genoteca.genome.left_align import left_aligned
from genoteca.genome.sequence import ReferenceSequence

__all__ = ["Respelling", "respelling"]

SLICE = 1 << 19
"""Sites looked at in one go: memory stays flat for a reference of any size."""

SPELLED = {"site": pl.UInt32(), "key": pl.UInt64(), "pos": pl.UInt32(), "ref": pl.String(), "alt": pl.String()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Respelling:
    """The sites that are spelled otherwise in the sample; none where the sample was read without a sequence."""

    sites: pl.DataFrame
    """`site`, and its `key`, `pos`, `ref`, `alt` after left-alignment; sorted by site."""

    def within(self, first: int, last: int) -> Respelling:
        """Give those of the sites of these numbers, both included."""
        low, high = np.searchsorted(self._numbers, [first, last + 1])
        return Respelling(sites=self.sites[int(low) : int(high)])

    def has(self, numbers: Rows) -> Bools:
        """Tell which of these sites are spelled otherwise."""
        return np.isin(numbers, self._numbers)

    def exact(self, pairs: Pairs, calls: Calls) -> Pairs:
        """Replace the pairs of these sites by those of their new spelling; sorted by site, then row."""
        if self.sites.is_empty():
            return pairs
        found = match_loci(self.sites.rename({"ref": "s_ref", "alt": "s_alt"}), calls)
        return _sorted(_joined(self._others(pairs), Pairs(self._numbers[found.left], found.right)))

    def cover(self, numbers: Rows, place: Places, calls: Calls) -> Pairs:
        """Pair these sites (at sorted places) with the rows whose REF holds their first base, as they are spelled.

        The sites by their index, in any order.
        """
        around = covering_pairs(place, calls)
        if self.sites.is_empty():
            return around
        kept = ~self.has(numbers)[around.left]
        here = self.sites.filter(pl.Series(np.isin(self._numbers, numbers), dtype=pl.Boolean)).sort("key")
        moved = covering_pairs((here["key"].to_numpy() >> np.uint64(KEY_SHIFT)).astype(np.int64), calls)
        new = Pairs(np.searchsorted(numbers, here["site"].to_numpy()[moved.left]), moved.right)
        return _joined(Pairs(around.left[kept], around.right[kept]), new)

    def spelled(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Give sites (`site`, `pos`, `ref`, `alt`) as the sample spells them; the order stays."""
        if self.sites.is_empty():
            return frame
        new = self.sites.select("site", new_pos="pos", new_ref="ref", new_alt="alt")
        joined = frame.join(new, on="site", how="left", maintain_order="left")
        names = ("pos", "ref", "alt")
        return joined.with_columns(pl.coalesce(f"new_{name}", name).alias(name) for name in names).drop(
            f"new_{name}" for name in names
        )

    @property
    def _numbers(self) -> Rows:
        return self.sites["site"].to_numpy().astype(np.int64)

    def _others(self, pairs: Pairs) -> Pairs:
        kept = ~np.isin(pairs.left, self._numbers)
        return Pairs(pairs.left[kept], pairs.right[kept])


def respelling(reference: Path, sample: SampleTables) -> Respelling:
    """Find the sites of a published reference of alleles that left-alignment moves.

    Looking at every indel of a large reference takes minutes, and finds the same for every sample: the sites are kept
    in the room's cache, under what tells the two files from others. A reference of this run only is not.
    """
    sequence, room = sample.reference_sequence(), sample.room
    if sequence is None or sample.sequence is None:
        return Respelling(sites=pl.DataFrame(schema=SPELLED))
    passing = room.scratch is not None and reference.is_relative_to(room.scratch.parent)
    if room.cache is None or passing:
        return Respelling(sites=_moved(reference, sequence))
    kept = respelled_file(room.cache, reference, sample.sequence)
    if not kept.is_file():
        beside = kept.with_suffix(f".{os.getpid()}.part")
        _moved(reference, sequence).write_parquet(beside)
        beside.replace(kept)
    return Respelling(sites=pl.read_parquet(kept))


def _moved(reference: Path, sequence: ReferenceSequence) -> pl.DataFrame:
    scan = pl.scan_parquet(reference).select("site", "chrom", "pos", "ref", "alt")
    sites = [pl.DataFrame(schema=SPELLED)]
    offset = 0
    while len(part := scan.slice(offset, SLICE).collect()):
        offset += len(part)
        indels = part.filter((pl.col("ref").str.len_bytes() == 1) != (pl.col("alt").str.len_bytes() == 1))
        moved = left_aligned(indels, sequence)
        changed = (moved["pos"] != indels["pos"]) | (moved["ref"] != indels["ref"])
        sites.append(
            with_keys(moved.filter(changed)).select(pl.col(name).cast(kind) for name, kind in SPELLED.items())
        )
    return pl.concat(sites)


def _joined(one: Pairs, other: Pairs) -> Pairs:
    return Pairs(np.concatenate([one.left, other.left]), np.concatenate([one.right, other.right]))


def _sorted(pairs: Pairs) -> Pairs:
    order = np.lexsort((pairs.right, pairs.left))
    return Pairs(pairs.left[order], pairs.right[order])
