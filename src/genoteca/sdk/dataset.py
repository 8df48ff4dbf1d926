"""A dataset: what an asset hands to the app, which writes the table and then its record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pydantic import JsonValue

from genoteca.model.build import Build
from genoteca.model.column import Column
from genoteca.model.evidence import Outcome
from genoteca.model.record import CheckResult

if TYPE_CHECKING:
    import duckdb
    import polars as pl

__all__ = ["Dataset", "Table"]

Table: TypeAlias = "pl.LazyFrame | pl.DataFrame | Path | duckdb.DuckDBPyRelation"
"""Anything the app can write as Parquet; a Path is a Parquet file in the run's scratch folder."""


@dataclass(kw_only=True, slots=True)
class Dataset:
    """A table and what its record will say of it.

    The asset's IO manager (`genoteca_io`) writes the table as Parquet, then commits it by its record.
    """

    table: Table | None
    """None: the asset keeps no file of its own, only a record."""
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
