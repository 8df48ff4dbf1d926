"""Left-alignment: an insertion or deletion is moved as far left as the reference sequence lets it.

Tan, Abecasis & Kang 2015, https://doi.org/10.1093/bioinformatics/btv112. In a run of equal or repeating bases the
same haplotype has many spellings; the leftmost is the one every table is compared in.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from genoteca.genome.reference_check import contradicting, letters_of
from genoteca.genome.sequence import UNKNOWN_BASE, ReferenceSequence

__all__ = ["REACH", "left_aligned"]

FIRST_LOOK, WIDER = 8, 4
"""Bases compared at once: most indels move a little or not at all, those of long repeats are followed in leaps."""

Ints = npt.NDArray[np.int64]

REACH = 2_000
"""Bases: hardly an indel moves further to the left."""

ALLELES = ("chrom", "pos", "ref", "alt")


class _Shifted(NamedTuple):
    """Indels in their spelling with one base before them: where that base is, and the bases put in or taken out."""

    row: Ints
    """Index into the frame they come from."""
    chrom: str
    anchor: Ints
    """1-based."""
    units: pl.Series
    deletes: npt.NDArray[np.bool_]


def left_aligned(frame: pl.DataFrame, sequence: ReferenceSequence) -> pl.DataFrame:
    """Left-align the insertions and deletions of a frame with `chrom`, `pos`, `ref` and `alt`, trimmed, upper case.

    Other rows, other columns and the order stay. What the sequence does not have, or contradicts, stays as it is. The
    haplotype that an allele spells is unchanged, and aligning twice is aligning once.
    """
    rows = _indels(frame)
    if not len(rows):
        return frame
    indels = frame.select(ALLELES)[rows]
    given = indels.get_column("pos").to_numpy().astype(np.int64)
    where: list[int] = []
    made: list[tuple[int, str, str]] = []
    for group in _groups(indels, sequence):
        steps = _steps(group, sequence)
        anchor = group.anchor - steps
        bases = sequence.take(group.chrom, anchor)
        moved = np.flatnonzero((steps > 0) | (group.anchor != given[group.row]))
        where += rows[group.row[moved]].tolist()
        letters = (chr(base) for base in bases[moved].tolist())
        columns = (group.units[moved].to_list(), steps[moved].tolist(), anchor[moved].tolist(), letters)
        made += [_spelled(*one) for one in zip(*columns, group.deletes[moved].tolist(), strict=True)]
    if not where:
        return frame
    spelled = pl.DataFrame(made, schema=frame.select("pos", "ref", "alt").schema, orient="row")
    return frame.with_columns(
        frame.get_column(name).scatter(pl.Series(where), spelled.get_column(name)) for name in spelled.columns
    )


def _indels(frame: pl.DataFrame) -> Ints:
    ref, alt = pl.col("ref"), pl.col("alt")
    one = (ref.str.len_bytes() == 1) != (alt.str.len_bytes() == 1)
    shares = (ref.str.head(1) == alt.str.head(1)) | (ref.str.tail(1) == alt.str.tail(1))
    return frame.select((one & shares).fill_null(value=False).arg_true()).to_series().to_numpy().astype(np.int64)


def _groups(indels: pl.DataFrame, sequence: ReferenceSequence) -> list[_Shifted]:
    """Give the indels that the sequence has and does not contradict, by chromosome."""
    found = []
    wrong = contradicting(indels, sequence)
    for chrom in indels.get_column("chrom").unique().cast(pl.String).to_list():
        if chrom in sequence.chromosomes:
            rows = np.flatnonzero((indels.get_column("chrom") == chrom).to_numpy() & ~wrong)
            group = _anchored(rows, chrom, indels[rows])
            usable = sequence.take(chrom, group.anchor) != UNKNOWN_BASE
            if usable.any():
                found.append(_some(group, usable))
    return found


def _anchored(rows: Ints, chrom: str, indels: pl.DataFrame) -> _Shifted:
    before = pl.col("ref").str.head(1) == pl.col("alt").str.head(1)
    deletes = pl.col("alt").str.len_bytes() == 1
    long = pl.when(deletes).then("ref").otherwise("alt")
    told = indels.select(
        anchor=pl.col("pos").cast(pl.Int64) - (~before).cast(pl.Int64),
        unit=pl.when(before).then(long.str.slice(1)).otherwise(long.str.head(-1)),
        deletes=deletes,
    )
    return _Shifted(rows, chrom, told["anchor"].to_numpy(), told["unit"], told["deletes"].to_numpy())


def _some(group: _Shifted, which: npt.NDArray[np.bool_]) -> _Shifted:
    units = group.units.filter(pl.Series(which))
    return _Shifted(group.row[which], group.chrom, group.anchor[which], units, group.deletes[which])


def _steps(group: _Shifted, sequence: ReferenceSequence) -> Ints:
    """Count the bases over which each indel can be moved left; the unit rotates with every base it passes."""
    flat, lengths = letters_of(group.units)
    first = np.cumsum(lengths) - lengths
    moved = np.zeros(len(lengths), np.int64)
    active, width = np.arange(len(lengths)), FIRST_LOOK
    while len(active):
        step = moved[active, None] + np.arange(width)
        in_unit = lengths[active, None] - 1 - step % lengths[active, None]
        same = sequence.take(group.chrom, group.anchor[active, None] - step) == flat[first[active, None] + in_unit]
        run = np.where(same.all(axis=1), width, same.argmin(axis=1))
        moved[active] += run
        active, width = active[run == width], min(width * WIDER, 1 << 12)
    return _with_a_base_before(group, moved, sequence)


def _with_a_base_before(group: _Shifted, moved: Ints, sequence: ReferenceSequence) -> Ints:
    """Take one step back where the base before the indel would be none, or not known."""
    unknown = sequence.take(group.chrom, group.anchor - moved) == UNKNOWN_BASE
    moved[unknown & (moved > 0)] -= 1
    return moved


def _spelled(unit: str, steps: int, anchor: int, base: str, deletes: bool) -> tuple[int, str, str]:  # noqa: FBT001
    turn = -steps % len(unit)
    long = base + unit[turn:] + unit[:turn]
    return (anchor, long, base) if deletes else (anchor, base, long)
