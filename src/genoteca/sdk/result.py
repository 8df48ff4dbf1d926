"""What a module's report section is written from: the answers as they were stored, and their counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from genoteca.model.build import Build
from genoteca.model.column import AnnotationColumn
from genoteca.model.evidence import Evidence, Shape
from genoteca.model.sample import SampleKind, Sex

if TYPE_CHECKING:
    import polars as pl

__all__ = ["ModuleResult"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ModuleResult:
    """A module's stored answers about one sample, which they could be asked of.

    Its counts leave out the rows that stay closed until the person asks for each (`gate`): a report tells nothing of
    them. Those behind the manifest's own gate count, as nobody sees the report before it is open.
    """

    path: Path
    """Parquet file of the annotations, as the module's `Answer` was written."""
    columns: tuple[AnnotationColumn, ...]
    """The module's own; the columns that every module has stand before them."""
    sites: int | None
    """Sites looked up; null: sparse."""
    evidence: Mapping[str, int]
    """Sites by evidence; sparse: rows."""
    filtered: int
    rows: int
    release: str
    """The source's own name for its release."""
    kind: SampleKind
    sex: Sex
    build: Build

    def scan(self) -> pl.LazyFrame:
        """Give the rows as a query; those that stay closed are among them, and are told by their `gate`."""
        import polars as pl

        return pl.scan_parquet(self.path)

    def shape(self, shape: Shape) -> int:
        """Count the sites under all the kinds of evidence of one shape."""
        return sum(self.evidence.get(kind.value, 0) for kind in Evidence if kind.shape is shape)
