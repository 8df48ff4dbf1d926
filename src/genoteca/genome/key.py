"""The variant key: 64 bits that say chromosome, position and alleles, and sort by them.

Layout, after VariantKey (Asuni & Wilder 2019, https://doi.org/10.1101/473744), with a position that starts at 1:

    bits 63-59  chromosome rank, 1 to 25
    bits 58-31  position of the first base of REF, 1-based
    bits 30-0   alleles; when REF and ALT are A, C, G, T only and 11 bases at most together:
                length of REF (4 bits), length of ALT (4), bases of REF then ALT (2 each, 22), 0
                otherwise the first 30 bits of BLAKE2b-32 over "REF>ALT", then 1

A key carries no build: keys of unequal builds are never compared. Rows under an equal odd key are compared on
REF and ALT. The layout is stored in every variants table and reference: it never changes.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import polars as pl

from genoteca.genome.letters import Heads, heads
from genoteca.model.build import RANK

__all__ = ["BASE_SHIFT", "position_bounds", "single_bases", "variant_keys", "with_keys"]

CHROM_SHIFT = 59
POSITION_SHIFT = 31
ALLELE_BITS = 31
REF_LENGTH, ALT_LENGTH, FIRST_BASE = 27, 23, 21
"""Lowest bit of each field of the alleles."""
SINGLE = 1 << REF_LENGTH | 1 << ALT_LENGTH
"""The lengths that a change of one base has."""
BASE_SHIFT = POSITION_SHIFT - FIRST_BASE
"""A number of `single_bases` >> BASE_SHIFT is its key >> POSITION_SHIFT: chromosome and position."""
SHORT = 11
"""Bases of REF and ALT together that fit into the key."""

Keys = npt.NDArray[np.uint64]

_OTHER = 4
"""The code of a letter that is no base."""
_CODE = np.full(256, _OTHER, np.int64)
_CODE[list(b"ACGT")] = range(_OTHER)

_RANK = pl.col("chrom").cast(pl.Enum(list(RANK))).to_physical().cast(pl.UInt64) + 1
_PLACE = _RANK * (1 << CHROM_SHIFT) + pl.col("pos").cast(pl.UInt64) * (1 << POSITION_SHIFT)


def variant_keys(frame: pl.DataFrame) -> pl.Series:
    """Give the key of every row of a frame with `chrom`, `pos`, `ref` and `alt` (trimmed, upper case).

    `chrom` is a chromosome name as text or as `CHROM`.
    """
    alleles = pl.Series(_alleles(frame.get_column("ref"), frame.get_column("alt")))
    return frame.select(key=_PLACE + alleles).to_series()


def with_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the column `key` to a frame with `chrom`, `pos`, `ref` and `alt`."""
    return frame.with_columns(variant_keys(frame))


def position_bounds(chrom: str, start: int, end: int) -> tuple[int, int]:
    """Give the lowest and the highest key of any allele at `start` to `end` (1-based, both included)."""
    rank = RANK[chrom] << CHROM_SHIFT
    return rank | start << POSITION_SHIFT, rank | end << POSITION_SHIFT | (1 << ALLELE_BITS) - 1


def single_bases(keys: Keys) -> npt.NDArray[np.int64]:
    """Give chromosome, position and REF base of the changes of one base among some keys, as one number each.

    Numbers are equal where all three are, and sort as the keys do. Other keys, hashes among them, are left out.
    """
    single = (keys & np.uint64((1 << REF_LENGTH + 4) - (1 << ALT_LENGTH) | 1)) == np.uint64(SINGLE)
    told: npt.NDArray[np.int64] = (keys[single] >> np.uint64(FIRST_BASE)).astype(np.int64)
    return told


def _alleles(refs: pl.Series, alts: pl.Series) -> Keys:
    ref, alt = heads(refs), heads(alts)
    first, second = _CODE[ref.letters[:, 0]], _CODE[alt.letters[:, 0]]
    bits = first << FIRST_BASE | second << (FIRST_BASE - 2) | 1 << REF_LENGTH | 1 << ALT_LENGTH
    coded = bits.astype(np.uint64)
    # A change of one base, nine variants in ten, is done with that.
    others = np.flatnonzero((ref.length != 1) | (alt.length != 1) | (first == _OTHER) | (second == _OTHER))
    if len(others):
        coded[others], fits = _packed(*(Heads(told.length[others], told.letters[others]) for told in (ref, alt)))
        long = others[~fits]
        coded[long] = _hashes(refs.gather(long), alts.gather(long))
    return coded


def _packed(ref: Heads, alt: Heads) -> tuple[Keys, npt.NDArray[np.bool_]]:
    """Give the bits of alleles of `SHORT` bases together, and tell which rows they fit."""
    length = ref.length.astype(np.int64), alt.length.astype(np.int64)
    fits = length[0] + length[1] <= SHORT
    bits = length[0] << REF_LENGTH | length[1] << ALT_LENGTH
    row = np.arange(len(bits))
    for place in range(SHORT):
        of_ref = _CODE[ref.letters[:, place]]
        of_alt = _CODE[alt.letters[row, np.clip(place - length[0], 0, SHORT)]]
        base = np.where(place < length[0], of_ref, of_alt)
        base[place >= length[0] + length[1]] = 0
        fits &= base < _OTHER
        bits |= base << (FIRST_BASE - 2 * place)
    return bits.astype(np.uint64), fits


def _hashes(refs: pl.Series, alts: pl.Series) -> Keys:
    pairs = zip(refs.to_list(), alts.to_list(), strict=True)
    digests = (blake2b(f"{ref}>{alt}".encode(), digest_size=4).digest() for ref, alt in pairs)
    return np.array([int.from_bytes(digest, "big") >> 2 << 1 | 1 for digest in digests], np.uint64)
