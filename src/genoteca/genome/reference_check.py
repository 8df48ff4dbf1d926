"""Whether REF is what the reference sequence has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from genoteca.errors import GenomeFileError
from genoteca.genome.sequence import UNKNOWN_BASE, Bases, ReferenceSequence
from genoteca.model.build import Build
from genoteca.model.intake import SetAside

__all__ = ["CONTRADICTS", "ReferenceCheck", "contradicting", "letters_of", "unknown_places", "warning_of"]

ENOUGH_COMPARED = 100
"""Records below which too few were compared to tell one build from another."""

SHARE_AGREEING = 0.9
"""By chance a quarter of the single bases agree; against the right build all but a few do."""

CONTRADICTS = "REF is not what the reference sequence has"

Bools = npt.NDArray[np.bool_]


@dataclass(slots=True)
class ReferenceCheck:
    """Compares REF of record after record with a sequence, and counts."""

    sequence: ReferenceSequence
    compared: int = 0
    """Records of which the sequence has at least one base."""
    agreeing: int = 0

    @property
    def agreement(self) -> float | None:
        """Share of the compared records that agree; None: none was compared."""
        return self.agreeing / self.compared if self.compared else None

    def part(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Part the records that agree, or cannot be compared, from those that do not, which get a `reason`."""
        wrong, known = _compared(frame, self.sequence)
        self.compared += int(known.sum())
        self.agreeing += int((known & ~wrong).sum())
        reason = pl.lit(CONTRADICTS)
        if not wrong.any():
            return frame, frame.clear().with_columns(reason=reason)
        aside = pl.Series(wrong)
        return frame.filter(~aside), frame.filter(aside).with_columns(reason=reason)

    def require(self, name: str) -> None:
        """Check that the file `name` fits the sequence at all.

        Raises:
            GenomeFileError: of enough records, too few agree.

        """
        if self.compared < ENOUGH_COMPARED or self.agreeing >= SHARE_AGREEING * self.compared:
            return
        build = self.sequence.build
        raise GenomeFileError(
            f"Of {self.compared:,} records of {name} only {self.agreeing:,} have the reference base of the installed "
            f"{build} sequence as REF.",
            title="The file does not fit its genome build",
            hint=f"The file is of another build than {build}, or the installed sequence is not {build}'s.",
        )


def unknown_places(records: pl.DataFrame) -> pl.DataFrame:
    """Give the records as ones that assert nothing, for the coverage table."""
    return records.with_columns(gq_number=pl.lit(None, pl.UInt32))


def warning_of(wrong: SetAside, build: Build) -> str:
    """Say how many records contradict the sequence, and where to look."""
    lines = ", ".join(f"{line:,}" for line in wrong.first_lines)
    are, more = ("record says", "") if wrong.records == 1 else ("records say", " the first")
    return (
        f"{wrong.records:,} {are} another reference base (REF) than the {build} sequence has, and tell nothing of "
        f"their places:{more} record {lines}."
    )


def contradicting(frame: pl.DataFrame, sequence: ReferenceSequence) -> Bools:
    """Tell the rows (`chrom`, `pos`, `ref` in upper case) with another base than the sequence; N agrees with all."""
    return _compared(frame, sequence)[0]


def _compared(frame: pl.DataFrame, sequence: ReferenceSequence) -> tuple[Bools, Bools]:
    """Give per row: whether a base of REF differs, and whether any base could be compared."""
    wrong, known = np.zeros(len(frame), np.bool_), np.zeros(len(frame), np.bool_)
    for chrom in frame.get_column("chrom").unique().cast(pl.String).to_list():
        if chrom in sequence.chromosomes:
            rows = np.flatnonzero((frame.get_column("chrom") == chrom).to_numpy())
            wrong[rows], known[rows] = _of_chromosome(frame.select("pos", "ref")[rows], chrom, sequence)
    return wrong, known


def _of_chromosome(frame: pl.DataFrame, chrom: str, sequence: ReferenceSequence) -> tuple[Bools, Bools]:
    said, lengths = letters_of(frame.get_column("ref"))
    first = np.cumsum(lengths) - lengths
    within = np.arange(len(said)) - np.repeat(first, lengths)
    there = sequence.take(chrom, np.repeat(frame.get_column("pos").to_numpy().astype(np.int64), lengths) + within)
    comparable = (there != UNKNOWN_BASE) & (said != UNKNOWN_BASE)
    wrong: Bools = np.logical_or.reduceat(comparable & (there != said), first)
    known: Bools = np.logical_or.reduceat(comparable, first)
    return wrong, known


def letters_of(texts: pl.Series) -> tuple[Bases, npt.NDArray[np.int64]]:
    """Give all letters of all texts, one after the other, and the length of each text; none is empty."""
    array = texts.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.large_string())
    _, offsets, values = array.buffers()
    ends = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    return np.frombuffer(values, np.uint8)[ends[0] : ends[-1]], np.diff(ends)
