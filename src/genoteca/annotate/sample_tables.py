"""A sample as an annotation sees it: its tables, its build, and the rules it is read by."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import JsonValue

from genoteca.genome.sequence import ReferenceSequence
from genoteca.model.build import Build
from genoteca.model.sample import SampleKind, Sex

__all__ = ["CARRIED_FRACTION", "Rules", "SampleTables"]

CARRIED_FRACTION = 0.10
"""A mitochondrial allele is carried from this fraction of the reads."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The user's limits. A call below one of them is marked `filtered`; it is never dropped."""

    min_quality: float = 0
    """QUAL, phred-scaled; a record without QUAL is not below any limit. The same holds for the next two."""
    min_depth: int = 0
    """Reads."""
    min_genotype_quality: int = 0
    """GQ, phred-scaled."""
    min_balance: float = 0
    """Share of the reads that each allele of a heterozygous call must have."""
    failing: tuple[str, ...] | None = None
    """Names in FILTER that count as a failure; None: every name but PASS."""
    infer_within: int = 10_000
    """Bases: how near a carried variant must lie before silence may mean the reference base."""

    def plain(self) -> dict[str, JsonValue]:
        """Give the limits as a record keeps them, so that a result made with others is seen to be out of date."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


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

    def reference_sequence(self) -> ReferenceSequence | None:
        """Open the sequence with which it was read."""
        return None if self.sequence is None else ReferenceSequence(self.sequence, self.build)
