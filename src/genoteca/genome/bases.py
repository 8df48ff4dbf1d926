"""How many bases sorted stretches cover, each base once, while they are read part by part."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from genoteca.model.build import CHROMOSOMES

__all__ = ["CoveredBases", "Whole"]

APART = 1 << 32
"""No chromosome is as long: stretches of different chromosomes never touch."""

Whole = npt.NDArray[np.int64]


class CoveredBases:
    """Adds up stretches (1-based, both ends included) that come in the order of the genome."""

    def __init__(self) -> None:
        self._bases = np.zeros(len(CHROMOSOMES), np.int64)
        self._reach = -1

    def add(self, chrom: Whole, start: Whole, end: Whole) -> None:
        """Take stretches; `chrom` is the chromosome's rank from 0. Sorted by chromosome and start."""
        if not len(chrom):
            return
        first, last = chrom * APART + start, chrom * APART + end
        reach = np.maximum.accumulate(np.maximum(last, self._reach))
        before = np.concatenate([[self._reach], reach[:-1]])
        new = np.maximum(last - np.maximum(first - 1, before), 0)
        self._bases += np.bincount(chrom, weights=new, minlength=len(CHROMOSOMES)).astype(np.int64)
        self._reach = int(reach[-1])

    def of(self, chrom: str) -> int:
        """Give the bases covered on one chromosome."""
        return int(self._bases[CHROMOSOMES.index(chrom)])
