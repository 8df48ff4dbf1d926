"""Where the carried alleles of a genome lie, counted while it is read."""

from __future__ import annotations

from itertools import pairwise
from math import expm1
from typing import NamedTuple

import numpy as np
import polars as pl

from genoteca.genome.key import POSITION_SHIFT
from genoteca.genome.letters import heads
from genoteca.model.build import CHROMOSOMES

__all__ = ["WINDOW", "Spread", "SpreadCount"]

BASES_PER_CARRIED = 3_000
"""A person differs from the reference at 4.1 to 5.0 million sites (1000 Genomes Project 2015,
https://doi.org/10.1038/nature15393), about one in 700 bases. At least one in 3,000 bases is asked for of a whole
genome: exomes (50,000), arrays (700,000 sites) and single chromosomes stay far below."""
POSITION_BITS = 28
"""Bits of a position in the key, below those of the chromosome's rank."""
WINDOW = 10_000
WIDE = 0.5
"""Share of a chromosome's windows of 10,000 bases that hold a carried allele, asked for besides: as many alleles
heaped in a part of it are no whole genome. Platinum Genomes' chromosome 21 (a seventh of it is N) has 0.74."""
NARROW = 0.3
HEAPED = 0.75
"""Exons are a fiftieth of the genome and lie together: few windows are hit, and fewer than as many alleles would hit
by chance. The chromosome 1 of an exome of HG002 hits 0.13 of its windows, 0.52 of what chance would."""
CODING_RATIO = 2.3
MOST_INDELS = 0.25
"""Ti/Tv is 2.0 to 2.1 over a whole genome and 3.0 to 3.3 in exons (GATK, "Evaluating the quality of a germline short
variant callset", https://gatk.broadinstitute.org/hc/en-us/articles/360035531572); a capture's flanks lower it: the
exome of HG002 has 2.5, and one indel in nine calls; a quarter and more speaks for a selection of a whole genome."""

_TRANSITIONS = (ord("A") ^ ord("G"), ord("C") ^ ord("T"))
"""No other two bases differ in these bits."""


class Spread(NamedTuple):
    """Where the carried alleles of one chromosome lie; `transitions` and `transversions` of single bases."""

    carried: int
    windows: int
    """Windows of 10,000 bases that hold one or more."""
    transitions: int = 0
    transversions: int = 0
    indels: int = 0

    def whole(self, length: int) -> bool:
        """Whether they lie as densely and widely as in a whole genome."""
        return self.carried * BASES_PER_CARRIED >= length and self.windows >= WIDE * (length / WINDOW)

    def exons(self, length: int) -> bool:
        """Whether they lie heaped in few places, and look like coding sequence."""
        all_windows = length / WINDOW
        by_chance = -expm1(-self.carried / all_windows) * all_windows
        narrow = self.windows <= NARROW * all_windows and self.windows <= HEAPED * by_chance
        coding = self.transitions >= CODING_RATIO * self.transversions and self.indels <= MOST_INDELS * self.carried
        return narrow and coding


class SpreadCount:
    """Counts the carried alleles of rows of the variants table, and the windows they lie in; MT is left out."""

    def __init__(self) -> None:
        self._hit = np.zeros((len(CHROMOSOMES), (1 << POSITION_BITS) // WINDOW + 1), np.bool_)
        self._counts = np.zeros((4, len(CHROMOSOMES)), np.int64)

    def take(self, rows: pl.DataFrame) -> None:
        """Count some rows, sorted by key: `key`, `ref`, `alt`, `dosage`."""
        carried = (rows.get_column("dosage").fill_null(0) > 0).to_numpy()
        place = rows.get_column("key").to_numpy() >> POSITION_SHIFT
        ref, alt = heads(rows.get_column("ref")), heads(rows.get_column("alt"))
        single = carried & (ref.length == 1) & (alt.length == 1)
        differ = ref.letters[:, 0] ^ alt.letters[:, 0]
        moved = single & ((differ == _TRANSITIONS[0]) | (differ == _TRANSITIONS[1]))
        kinds = (carried, moved, single & ~moved, carried & (ref.length != alt.length))
        bounds = np.searchsorted(place, np.arange(1, len(CHROMOSOMES) + 2, dtype=np.uint64) << POSITION_BITS)
        for rank, (begin, end) in enumerate(pairwise(bounds.tolist())):
            if begin < end:
                there = (place[begin:end] & ((1 << POSITION_BITS) - 1)) // WINDOW
                self._hit[rank, there[carried[begin:end]]] = True
                self._counts[:, rank] += [np.count_nonzero(kind[begin:end]) for kind in kinds]

    def found(self) -> dict[str, Spread]:
        """Give the figures of each chromosome that has a carried allele."""
        told = zip(CHROMOSOMES, self._hit.sum(axis=1).tolist(), self._counts.T.tolist(), strict=True)
        return {chrom: Spread(carried, windows, *kinds) for chrom, windows, (carried, *kinds) in told if carried}
