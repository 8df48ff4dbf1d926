"""Tables of alleles and of regions, from their authored files: validated, in one build, as they are published."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from genoteca.annotate.publish import publish_alleles, publish_regions
from genoteca.errors import ReferenceDataError
from genoteca.genome.schema import CHROM
from genoteca.model.build import Build
from genoteca.model.column import Column, ColumnType
from genoteca.model.module import ModuleManifest
from genoteca.sdk.table_file import flag, on_build, read_table, refuse_first, require_columns, typed

__all__ = ["REGIONS", "read_alleles", "read_regions", "verify_regions"]

ALLELE = ("chrom", "pos", "ref", "alt")
REGION = ("chrom", "start", "end")

REGIONS: tuple[Column, ...] = (
    Column(name="site", label="Site", type=ColumnType.COUNT, description="Number of the region."),
    Column(name="chrom", label="Chromosome", type=ColumnType.CATEGORY),
    Column(name="start", label="Start", type=ColumnType.POSITION, description="1-based, first base."),
    Column(name="end", label="End", type=ColumnType.POSITION, description="1-based, last base (inclusive)."),
)
"""What a published table of regions starts with; the module's columns follow. Sorted by chromosome, start and end."""


def read_alleles(path: Path, manifest: ModuleManifest, build: Build) -> pl.DataFrame:
    """Read a table of alleles, one ALT allele a row, and publish the rows of one build.

    Optional columns: `infer` (may be read from silence), `always` (has a row whatever its evidence); by default no.

    Raises:
        ManifestError: a column that is unknown or missing.
        ReferenceDataError: the first wrong cell, or rows that are not unique.

    """
    table = _on_build(path, manifest, build, ALLELE, ("infer", "always"))
    for name in ("ref", "alt"):
        bases = pl.col(name).str.to_uppercase().str.contains("^[ACGT]+$")
        refuse_first(path, table, ~bases, name, "one allele of the letters A, C, G, T")
    table = table.with_columns(pl.col("ref", "alt").str.to_uppercase())
    refuse_first(path, table, pl.col("ref") == pl.col("alt"), "alt", "an allele other than the reference")
    for name in ("infer", "always"):
        table = flag(path, table, name) if name in table.columns else table.with_columns(pl.lit(None).alias(name))
        table = table.with_columns(pl.col(name).cast(pl.Boolean).fill_null(value=False))
    columns = (column.name for column in manifest.columns)
    return publish_alleles(table.select(*ALLELE, "infer", "always", *columns))


def read_regions(path: Path, manifest: ModuleManifest, build: Build) -> pl.DataFrame:
    """Read a table of regions (1-based, both ends included), and publish the rows of one build.

    Raises:
        ManifestError: a column that is unknown or missing.
        ReferenceDataError: the first wrong cell.

    """
    table = _on_build(path, manifest, build, REGION, ())
    refuse_first(path, table, pl.col("end") < pl.col("start"), "end", "a position not before the start")
    return publish_regions(table.select(*REGION, *(column.name for column in manifest.columns)))


def verify_regions(path: Path) -> None:
    """Prove that published regions are numbered from 0 without a gap, and sorted.

    Raises:
        ReferenceDataError: they are not.

    """
    table = pl.read_parquet(path, columns=["site", *REGION]).with_columns(pl.col("chrom").cast(CHROM))
    if table["site"].to_list() != list(range(len(table))):
        raise ReferenceDataError(f"The regions of {path.name} are not numbered from 0 without a gap.")
    if not table.equals(table.sort(*REGION, maintain_order=True)):
        raise ReferenceDataError(f"The regions of {path.name} are not sorted by chromosome, start and end.")


def _on_build(
    path: Path, manifest: ModuleManifest, build: Build, place: tuple[str, ...], extra: tuple[str, ...]
) -> pl.DataFrame:
    table = read_table(path)
    per_build = [f"{name}_{other}" for other in manifest.builds for name in place]
    declared = [column.name for column in manifest.columns]
    require_columns(path, table, needed=declared, allowed=[*place, *per_build, "build", "checked", *extra])
    return typed(path, on_build(path, table, build, manifest.builds, place), manifest.columns)
