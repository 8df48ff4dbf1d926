"""What became of every row of a user's table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import polars as pl
from pydantic import JsonValue

from genoteca.errors import ReferenceDataError

__all__ = ["TableAccount"]

FIRST = 3
"""Lines that are named of every reason."""


@dataclass(kw_only=True, slots=True)
class TableAccount:
    """Counts; `require_sum` proves that none is lost."""

    rows_read: int = 0
    """Rows of the file; comments and empty lines are none."""
    listed: int = 0
    """Alleles of all rows (an ALT that lists several counts as so many), or places; a row set aside counts as one."""
    kept: int = 0
    repeats: int = 0
    """Of those kept, how many are the same as another one in every column: they share a row."""
    set_aside: Counter[str] = field(default_factory=Counter)
    """By reason."""
    first_lines: dict[str, list[int]] = field(default_factory=dict)
    """The first lines (1-based, of the file; in Parquet rows) by reason."""
    ends_cut: int = 0
    """Intervals that reach beyond their chromosome, cut at its end."""
    compared: int = 0
    """REF alleles that were compared with the installed reference sequence."""
    agreeing: int = 0

    values_left_out: Counter[str] = field(default_factory=Counter)
    """Values of a VCF that are not what its header declares, by field and reason: their cells are empty."""
    warnings: list[str] = field(default_factory=list)

    def aside(self, frame: pl.DataFrame, reason: str = "_reason") -> pl.DataFrame:
        """Give the rows without a reason, and count the others; `frame` has `_line`."""
        kept = frame.filter(pl.col(reason).is_null()).drop(reason)
        if len(kept) < len(frame):
            for (words,), rows in frame.filter(pl.col(reason).is_not_null()).group_by(reason, maintain_order=True):
                self.count(str(words), rows)
        return kept

    def count(self, reason: str, rows: pl.DataFrame) -> None:
        """Count rows that are set aside, and note the first of their lines where `_line` tells them."""
        if rows.is_empty():
            return
        self.set_aside[reason] += len(rows)
        known = self.first_lines.setdefault(reason, [])
        if "_line" in rows.columns and len(known) < FIRST:
            known += rows["_line"].head(FIRST - len(known)).to_list()

    def require_sum(self) -> None:
        """Check that nothing was lost on the way.

        Raises:
            ReferenceDataError: kept and set aside are not what was listed.

        """
        counted = self.kept + self.set_aside.total()
        if counted != self.listed or self.listed < self.rows_read:
            raise ReferenceDataError(
                f"{self.rows_read} rows list {self.listed} alleles or places; {self.kept} were kept and "
                f"{self.set_aside.total()} set aside: some are lost.",
                hint="This is a fault of the program, not of the file. Please report it.",
            )

    def plain(self) -> dict[str, JsonValue]:
        """Give it as the record of a reference keeps it."""
        told: dict[str, JsonValue] = {
            "rows_read": self.rows_read,
            "listed": self.listed,
            "kept": self.kept,
            "repeats": self.repeats,
            "set_aside": dict(self.set_aside),
            "first_lines": {reason: list(lines) for reason, lines in self.first_lines.items()},
            "ends_cut": self.ends_cut,
        }
        if self.values_left_out:
            told["values_left_out"] = dict(self.values_left_out)
        if self.warnings:
            told["warnings"] = list(self.warnings)
        if self.compared:
            told |= {"ref_compared": self.compared, "ref_agreeing": self.agreeing}
        return told
