"""Alleles: upper case, and trimmed of what REF and ALT share, from the right and then from the left."""

from __future__ import annotations

import numpy as np
import polars as pl

from genoteca.genome.letters import heads

__all__ = ["trim", "trim_frame"]


def trim(pos: int, ref: str, alt: str) -> tuple[int, str, str]:
    """Trim one allele; at least one base of each is kept.

    `pos` is 1-based and moves right with what is taken from the left. The haplotype that the allele spells is
    unchanged, and trimming twice is trimming once (Tan et al. 2015, https://doi.org/10.1093/bioinformatics/btv112,
    without the shift that needs the reference sequence).
    """
    ref, alt = ref.upper(), alt.upper()
    spare = min(len(ref), len(alt)) - 1
    right = 0
    while right < spare and ref[-1 - right] == alt[-1 - right]:
        right += 1
    left = 0
    while left < spare - right and ref[left] == alt[left]:
        left += 1
    return pos + left, ref[left : len(ref) - right], alt[left : len(alt) - right]


def trim_frame(frame: pl.DataFrame, *, upper: bool = False) -> pl.DataFrame:
    """Trim every row of a frame with `pos`, `ref` and `alt`; other columns and the order stay.

    `upper` says that the alleles are in upper case already, which saves a pass.
    """
    if not upper:
        frame = frame.with_columns(pl.col("ref", "alt").str.to_uppercase())
    ref, alt = heads(frame.get_column("ref")), heads(frame.get_column("alt"))
    long = pl.Series(np.flatnonzero((ref.length > 1) & (alt.length > 1)), dtype=pl.UInt32)
    if long.is_empty():
        return frame
    shared = frame.select("pos", "ref", "alt")[long].with_columns(row=long).filter(_shares_an_end())
    if shared.is_empty():
        return frame
    rows = shared.get_column("row")
    trimmed = [trim(*row) for row in shared.select("pos", "ref", "alt").iter_rows()]
    made = pl.DataFrame(trimmed, schema=shared.select("pos", "ref", "alt").schema, orient="row")
    return frame.with_columns(frame.get_column(name).scatter(rows, made.get_column(name)) for name in made.columns)


def _shares_an_end() -> pl.Expr:
    ref, alt = pl.col("ref"), pl.col("alt")
    return (ref.str.tail(1) == alt.str.tail(1)) | (ref.str.head(1) == alt.str.head(1))
