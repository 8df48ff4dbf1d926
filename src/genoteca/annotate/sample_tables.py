"""A sample as an annotation sees it: its tables, its build, and the rules it is read by."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from genoteca.annotate.room import Room
from genoteca.genome.sequence import ReferenceSequence
from genoteca.model.build import Build
from genoteca.model.rules import Rules
from genoteca.model.sample import SampleKind, Sex

__all__ = ["CARRIED_FRACTION", "SampleTables"]

CARRIED_FRACTION = 0.10
"""A mitochondrial allele is carried from this fraction of the reads."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleTables:
    """One sample: Parquet files with the columns of `model.column.VARIANTS`, `COVERAGE` and `STRUCTURAL`.

    The variants are sorted by key. The reference that they are joined with must be of the same build:
    a key carries none.
    """

    variants: Path
    coverage: Path
    build: Build
    kind: SampleKind
    plus_strand: bool = True
    """False: an array whose file does not say on which strand its alleles are."""
    sex: Sex = Sex.UNSTATED
    rules: Rules = field(default_factory=Rules)
    structural: Path | None = None
    """None: the sample was read before structural variants were kept, and none are known."""
    sequence: Path | None = None
    """The reference sequence with which its insertions and deletions were left-aligned; None: they were not."""
    room: Room = field(default_factory=Room)
    """What annotating it may use."""

    def reference_sequence(self) -> ReferenceSequence | None:
        """Open the sequence with which it was read."""
        return None if self.sequence is None else ReferenceSequence(self.sequence, self.build)
