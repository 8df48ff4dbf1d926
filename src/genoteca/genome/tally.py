"""What became of every record: the count behind `records_read = records_kept + set_aside`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from genoteca.model.intake import SetAside

__all__ = ["Tally"]

EXAMPLES = 10


@dataclass(slots=True)
class Tally:
    """Counts records set aside by reason, alleles set aside by class, and values that were left out."""

    reasons: dict[str, SetAside] = field(default_factory=dict)
    alleles: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)

    def keep(self, parts: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
        """Give the first part, the kept records; those of the second are counted under their `reason`."""
        kept, aside = parts
        if not aside.is_empty():
            self._set_aside(aside)
        return kept

    def note(self, counts: Mapping[str, int]) -> None:
        """Count what a warning tells at the end, by its words."""
        self.notes.update({words: count for words, count in counts.items() if count})

    def warnings(self) -> list[str]:
        """Give the notes as sentences, with their counts."""
        return [f"{count:,} {words}." for words, count in self.notes.items()]

    def _set_aside(self, frame: pl.DataFrame) -> None:
        counts = frame.group_by("reason", maintain_order=True).agg(
            records=pl.len(), lines=pl.col("line").bottom_k(EXAMPLES).sort()
        )
        for reason, records, lines in counts.iter_rows():
            told = self.reasons.setdefault(reason, SetAside(records=0))
            told.records += records
            told.first_lines = sorted([*told.first_lines, *lines])[:EXAMPLES]
