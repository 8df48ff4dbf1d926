"""A panel as one Parquet table, and back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from genoteca.annotate.panel import BY_RSID, Panel
from genoteca.errors import ReferenceDataError
from genoteca.genome.schema import CHROM, polars_schema
from genoteca.model.column import Column, ColumnType

__all__ = ["PANEL", "panel_from", "panel_table", "verify_panel"]

PARTS = ("site", "genotype", "combination")

PANEL: tuple[Column, ...] = (
    Column(
        name="part",
        label="Part",
        type=ColumnType.CATEGORY,
        description="What the row is: a site, one genotype of a site, or one result of several sites together.",
        values=PARTS,
    ),
    Column(name="site", label="Site", type=ColumnType.COUNT, description="Number of the site.", null="a combination"),
    Column(name="site_id", label="Site name", null="a combination"),
    Column(name="chrom", label="Chromosome", type=ColumnType.CATEGORY, null="not a site"),
    Column(name="pos", label="Position", type=ColumnType.POSITION, description="1-based.", null="not a site"),
    Column(name="ref", label="Reference allele", null="not a site"),
    Column(name="alt", label="Alternative alleles", description="Joined by a comma.", null="not a site"),
    Column(name="infer", label="May be inferred", type=ColumnType.FLAG, null="not a site"),
    Column(name=BY_RSID, label="Asked for by rsID", description="It has no place in this build.", null="it has one"),
    Column(name="genotype", label="Genotype", null="not a genotype"),
    Column(name="combination", label="Combination", null="not a combination"),
    Column(name="members", label="Members", description="site=genotype, joined by ;.", null="not a combination"),
    Column(name="opt_in", label="Opt-in", description="Setting that shows it.", null="shown to everyone"),
)
"""Columns of a panel's table; the module's own follow. Sorted by site, then part; combinations last."""

_KEYS = {
    "site": ("site", "site_id", "chrom", "pos", "ref", "alt", "infer"),
    "genotype": ("site_id", "genotype"),
    "combination": ("combination", "members", "opt_in"),
}


def panel_table(panel: Panel, columns: Sequence[Column]) -> pl.DataFrame:
    """Lay a panel out as one table: sites, their genotypes, and combinations."""
    parts = dict(zip(PARTS, (panel.sites, panel.genotypes, panel.combinations), strict=True))
    schema = polars_schema((*PANEL, *columns))
    numbers = dict(panel.sites.select("site_id", "site").iter_rows())
    frames = []
    for name, frame in parts.items():
        marked = frame.with_columns(part=pl.lit(name))
        if name == "genotype":
            marked = marked.with_columns(site=pl.col("site_id").replace_strict(numbers, return_dtype=pl.UInt32))
        frames.append(marked.with_columns(pl.col(column).cast(schema[column]) for column in marked.columns))
    whole = pl.concat(frames, how="diagonal").select(
        pl.col(name) if any(name in frame.columns for frame in frames) else pl.lit(None, kind).alias(name)
        for name, kind in schema.items()
    )
    return whole.sort("site", "part", nulls_last=True, maintain_order=True)


def panel_from(path: Path, columns: Sequence[Column]) -> Panel:
    """Read a panel back from its table.

    Raises:
        ReferenceDataError: the table is not one of a panel.

    """
    table = pl.read_parquet(path)
    if BY_RSID not in table.columns:  # published before sites could do without a place
        table = table.with_columns(pl.lit(None, pl.String).alias(BY_RSID))
    if missing := [column.name for column in PANEL if column.name not in table.columns]:
        raise ReferenceDataError(f"{path.name} is no panel: it has no column {', '.join(missing)}.")
    table = table.with_columns(pl.col("chrom").cast(CHROM))
    names = [column.name for column in columns]
    sites, genotypes, combinations = (_part(table, part, names) for part in PARTS)
    # A column filled in no row of a part belongs to another part; one filled nowhere is kept with the sites.
    filled = {name for frame in (genotypes, combinations) for name in frame.columns}
    bare = [name for name in names if name not in filled and name not in sites.columns]
    return Panel(
        sites=sites.with_columns(pl.lit(None, table.schema[name]).alias(name) for name in bare),
        genotypes=genotypes,
        combinations=combinations,
    )


def verify_panel(path: Path) -> None:
    """Look at a panel's whole table: sites numbered from 0 without a hole, in the order of the genome.

    Raises:
        ReferenceDataError: it is not so.

    """
    table = pl.read_parquet(path, columns=["part", "site", "chrom", "pos"])
    sites = table.filter(pl.col("part") == "site").with_columns(pl.col("chrom").cast(CHROM))
    if sites["site"].to_list() != list(range(len(sites))):
        raise ReferenceDataError(f"The sites of {path.name} are not numbered from 0 without a hole.")
    if not sites.equals(sites.sort("chrom", "pos", maintain_order=True)):
        raise ReferenceDataError(f"The sites of {path.name} are not sorted by chromosome and position.")


def _part(table: pl.DataFrame, part: str, names: Sequence[str]) -> pl.DataFrame:
    rows = table.filter(pl.col("part") == part)
    by_rsid = [BY_RSID] if part == "site" else []
    kept = [name for name in (*by_rsid, *names) if rows[name].null_count() < len(rows)]
    return rows.select(*_KEYS[part], *kept)
