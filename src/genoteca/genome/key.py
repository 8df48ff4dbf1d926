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
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from genoteca.model.build import RANK

__all__ = ["position_bounds", "variant_keys", "with_keys"]

CHROM_SHIFT = 59
POSITION_SHIFT = 31
ALLELE_BITS = 31
REF_LENGTH, ALT_LENGTH, FIRST_BASE = 27, 23, 21
"""Lowest bit of each field of the alleles."""
SHORT = 11
"""Bases of REF and ALT together that fit into the key."""

Keys = npt.NDArray[np.uint64]

_BASES = pl.Enum(["A", "C", "G", "T"])
_CODE = np.zeros(256, np.uint8)
_CODE[list(b"ACGT")] = range(4)


def variant_keys(frame: pl.DataFrame) -> pl.Series:
    """Give the key of every row of a frame with `chrom`, `pos`, `ref` and `alt` (trimmed, upper case).

    `chrom` is a chromosome name as text or as `CHROM`.
    """
    rank = pl.col("chrom").cast(pl.Enum(list(RANK))).to_physical().cast(pl.UInt64) + 1
    place = rank * (1 << CHROM_SHIFT) + pl.col("pos").cast(pl.UInt64) * (1 << POSITION_SHIFT)
    made = frame.select(place=place, alleles=_single_bases())
    alleles = made.get_column("alleles")
    if alleles.null_count():
        others = alleles.is_null().arg_true()
        alleles = alleles.scatter(others, _alleles(frame.select("ref", "alt")[others]))
    return (made.get_column("place") + alleles).alias("key")


def with_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the column `key` to a frame with `chrom`, `pos`, `ref` and `alt`."""
    return frame.with_columns(variant_keys(frame))


def position_bounds(chrom: str, start: int, end: int) -> tuple[int, int]:
    """Give the lowest and the highest key of any allele at `start` to `end` (1-based, both included)."""
    rank = RANK[chrom] << CHROM_SHIFT
    return rank | start << POSITION_SHIFT, rank | end << POSITION_SHIFT | (1 << ALLELE_BITS) - 1


def _single_bases() -> pl.Expr:
    """The allele bits of a change of one base, nine variants in ten; null for every other row."""
    ref, alt = (pl.col(name).cast(_BASES, strict=False).to_physical().cast(pl.UInt64) for name in ("ref", "alt"))
    return ref * (1 << FIRST_BASE) + alt * (1 << (FIRST_BASE - 2)) + ((1 << REF_LENGTH) + (1 << ALT_LENGTH))


def _alleles(frame: pl.DataFrame) -> pl.Series:
    ref, alt = pl.col("ref").str.len_bytes(), pl.col("alt").str.len_bytes()
    bases = pl.concat_str("ref", "alt").str.contains("^[ACGT]*$")
    measured = frame.select(ref=ref, alt=alt, short=(ref + alt <= SHORT) & bases)
    coded = np.zeros(len(frame), np.uint64)
    short, long = measured["short"].arg_true(), (~measured["short"]).arg_true()
    coded[short] = _packed(_codes(frame[short]), measured["ref"][short].to_numpy(), measured["alt"][short].to_numpy())
    coded[long] = _hashes(frame[long])
    return pl.Series(coded, dtype=pl.UInt64)


def _codes(frame: pl.DataFrame) -> npt.NDArray[np.uint8]:
    """Base codes of REF then ALT, one row each, filled up with A, which is 0."""
    joined = frame.select(pl.concat_str("ref", "alt").str.pad_end(SHORT, "A")).to_series()
    data = joined.to_arrow(compat_level=pl.CompatLevel.oldest())
    return _CODE[_bytes(data).reshape(len(frame), SHORT)]


def _bytes(data: Any) -> npt.NDArray[np.uint8]:
    text = data.cast(pa.large_string())
    _, offsets, values = text.buffers()
    ends = np.frombuffer(offsets, np.int64)[text.offset : text.offset + len(text) + 1]
    return np.frombuffer(values, np.uint8)[ends[0] : ends[-1]]


def _packed(codes: npt.NDArray[np.uint8], ref: npt.NDArray[Any], alt: npt.NDArray[Any]) -> Keys:
    coded = (ref.astype(np.uint64) << np.uint64(REF_LENGTH)) | (alt.astype(np.uint64) << np.uint64(ALT_LENGTH))
    for place in range(SHORT):
        coded |= codes[:, place].astype(np.uint64) << np.uint64(FIRST_BASE - 2 * place)
    return coded


def _hashes(frame: pl.DataFrame) -> Keys:
    pairs = zip(frame["ref"].to_list(), frame["alt"].to_list(), strict=True)
    digests = (blake2b(f"{ref}>{alt}".encode(), digest_size=4).digest() for ref, alt in pairs)
    return np.array([int.from_bytes(digest, "big") >> 2 << 1 | 1 for digest in digests], np.uint64)
