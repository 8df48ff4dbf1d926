"""A dataset: what an asset hands to the app, which writes the table and then its record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pydantic import JsonValue

from genoteca.model.build import Build
from genoteca.model.column import Column
from genoteca.model.evidence import Outcome
from genoteca.model.record import CheckResult, Record
from genoteca.sdk.usage import Meter

if TYPE_CHECKING:
    import duckdb
    import polars as pl

__all__ = ["Dataset", "Table", "Written"]

Table: TypeAlias = "pl.LazyFrame | pl.DataFrame | Path | duckdb.DuckDBPyRelation"
"""Anything the app can write as Parquet; a Path is a Parquet file in the run's scratch folder, or a plain file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A dataset's file as it lies on disk."""

    file: str | None
    """Its name beside the record; None: the asset keeps none of its own."""
    rows: int
    bytes: int
    sha256: str


@dataclass(kw_only=True, slots=True)
class Dataset:
    """A table and what its record will say of it.

    The asset's IO manager (`genoteca_io`) writes the table as Parquet, then commits it by its record.
    """

    table: Table | None
    """None: the asset keeps no file of its own, only a record."""
    ending: str = ""
    """Of a plain file (`.chain.gz`): the Path is kept byte for byte. Empty: the table is Parquet."""
    columns: Sequence[Column] = ()
    """Every column of the table, in its order; empty: not declared."""
    code_version: str = ""
    """Version of the code that made it; empty: the asset's own."""
    data_version: str = ""
    build: Build | None = None
    release: str = ""
    """The source's own name for its release."""
    licence: str = ""
    """SPDX expression of the data."""
    inputs: dict[str, str] = field(default_factory=dict)
    """sha256 of every input dataset, by asset key joined with `/`."""
    outcome: Outcome | None = None
    """For annotations only."""
    reason: str = ""
    """Why it cannot be tested."""
    sites: int | None = None
    """Sites looked up; None: sparse, only carried alleles have rows."""
    evidence: dict[str, int] = field(default_factory=dict)
    """Sites by evidence."""
    filtered: int = 0
    """Answers that the file's FILTER or the user's limits speak against."""
    checks: list[CheckResult] = field(default_factory=list)
    metadata: dict[str, JsonValue] = field(default_factory=dict)
    """What the asset wants known; never a genotype."""
    meter: Meter | None = None
    """Started with the asset; its record then says under `taken` what the making took, the writing included."""

    def record(self, *, asset: Sequence[str], partition: str | None, run: str, written: Written) -> Record:
        """Make the record of this dataset, made now by `run`; `asset` is its key."""
        return Record(
            asset=list(asset),
            partition=partition,
            run=run,
            created=datetime.now(UTC),
            file=written.file,
            rows=written.rows,
            bytes=written.bytes,
            sha256=written.sha256,
            code_version=self.code_version,
            data_version=self.data_version,
            build=None if self.build is None else str(self.build),
            inputs=self.inputs,
            licence=self.licence,
            release=self.release,
            outcome=self.outcome,
            reason=self.reason,
            sites=self.sites,
            evidence=self.evidence,
            filtered=self.filtered,
            checks=self.checks,
            metadata={**self.metadata, **({"taken": self.meter.read()} if self.meter else {})},
        )
