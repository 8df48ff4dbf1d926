"""The list of genes: read, and published as the module's reference. It has no positions, so it is of every build."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from genoteca.sdk import Column, ColumnType, ReferenceDataError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COLUMNS", "RECESSIVE", "RELEASE", "X_LINKED", "panel", "symbols", "verify"]

RELEASE = "ACMG 2021"
"""Gregg et al. 2021, Tables 1 to 6: 97 autosomal recessive and 16 X-linked genes."""

RECESSIVE, X_LINKED = "autosomal recessive", "X-linked"
GENES = {RECESSIVE: 97, X_LINKED: 16}

COLUMNS = (
    Column(name="gene", label="Gene", description="Symbol as HGNC has it now."),
    Column(name="symbols", label="Symbols", type=ColumnType.LIST, description="Under which ClinVar may name it."),
    Column(name="inheritance", label="Inheritance", type=ColumnType.CATEGORY, values=tuple(GENES)),
    Column(name="condition", label="Condition", description="What it is screened for."),
    Column(name="told", label="What can be told", type=ColumnType.CATEGORY, values=("all", "part", "nothing")),
    Column(name="limit", label="Why not more", null="nothing in particular"),
    Column(name="checked", label="How it was checked"),
)


@lru_cache
def panel() -> pl.DataFrame:
    """Read the list, one row per gene."""
    schema = {column.name: pl.String for column in COLUMNS}
    return pl.read_csv(Path(__file__).with_name("genes.csv"), schema=schema)


def symbols(genes: pl.DataFrame) -> Mapping[str, str]:
    """Give the gene by every symbol under which ClinVar may name it."""
    return {name: gene for gene, names in genes.select("gene", "symbols").iter_rows() for name in names.split(";")}


def verify(path: Path) -> None:
    """Count the genes, and see that none stands twice.

    Raises:
        ReferenceDataError: it is not the list of 2021.

    """
    genes = pl.read_parquet(path)
    counts = dict(genes["inheritance"].cast(pl.String).value_counts().iter_rows())
    names = [name for one in genes["symbols"] for name in one.split(";")]
    if counts != GENES or len(names) != len(set(names)):
        raise ReferenceDataError(f"The list has {counts} genes, expected {GENES}, each symbol once.")
