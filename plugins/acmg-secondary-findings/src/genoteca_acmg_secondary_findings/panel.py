"""The list of genes with its rules: read, and published as the module's reference; it is of every build."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import polars as pl

from genoteca.sdk import Column, ColumnType, ReferenceDataError

__all__ = ["COLUMNS", "INHERITANCE", "RELEASE", "X_LINKED", "Rule", "panel", "verify"]

RELEASE = "ACMG SF v3.3"
"""Lee et al. 2025: 84 genes."""

GENES = 84
X_LINKED = "X-linked"
INHERITANCE = ("autosomal dominant", "autosomal recessive", X_LINKED)


class Rule(StrEnum):
    """Which carried alleles of a gene the list tells of: always pathogenic or likely pathogenic ones."""

    ANY = "any"
    """One copy is enough."""
    TWO = "two"
    """Two copies, or two different alleles."""
    BOTH = "both copies"
    """As `two`, and the one copy of a male's X; one copy beside another is told as a question."""
    TRUNCATING = "truncating"
    """One copy of an allele that cuts the protein short."""
    C282Y = "C282Y twice"
    """One allele of HFE, in both copies, whatever its class."""


COLUMNS = (
    Column(name="gene", label="Gene", description="Symbol as HGNC has it now."),
    Column(name="symbols", label="Symbols", type=ColumnType.LIST, description="Under which ClinVar may name it."),
    Column(name="inheritance", label="Inheritance", type=ColumnType.CATEGORY, values=INHERITANCE),
    Column(name="condition", label="Condition", description="For which the gene is on the list."),
    Column(name="rule", label="What is told", type=ColumnType.CATEGORY, values=tuple(Rule)),
    Column(name="since", label="On the list since", description="Version of the list."),
    Column(name="limit", label="Read with care", null="nothing in particular"),
    Column(name="checked", label="How it was checked"),
)


@lru_cache
def panel() -> pl.DataFrame:
    """Read the list, one row per gene."""
    schema = {column.name: pl.String for column in COLUMNS}
    return pl.read_csv(Path(__file__).with_name("genes.csv"), schema=schema)


def verify(path: Path) -> None:
    """Count the genes, and see that none stands twice.

    Raises:
        ReferenceDataError: it is not the list of 84 genes.

    """
    genes = pl.read_parquet(path)["gene"]
    if (len(genes), genes.n_unique()) != (GENES, GENES):
        raise ReferenceDataError(f"The list has {genes.n_unique()} genes in {len(genes)} rows, expected {GENES}.")
