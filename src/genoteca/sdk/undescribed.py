"""Tables that do not describe every genotype: who has one without a row is told so, in a column of its own."""

from __future__ import annotations

import polars as pl

from genoteca.annotate.answer import Answer
from genoteca.errors import ManifestError
from genoteca.model.column import ColumnType
from genoteca.model.evidence import Evidence
from genoteca.model.module import ModuleManifest

__all__ = ["DESCRIBED", "NOT_DESCRIBED", "require_column", "with_described", "with_undescribed"]

COLUMN = "described"
DESCRIBED = "described"
NOT_DESCRIBED = "genotype not described by this module"

_TOLD = (Evidence.CALLED, Evidence.OTHER_ALLELE, Evidence.REFERENCE, Evidence.INFERRED)
"""Where the whole genotype may be known."""


def require_column(manifest: ModuleManifest) -> None:
    """Check that a module with an incomplete table declares the column that tells of it.

    Raises:
        ManifestError: it does not, or not as a category.

    """
    if not any(column.name == COLUMN and column.type is ColumnType.CATEGORY for column in manifest.columns):
        raise ManifestError(
            f"[table] says complete = false, and no column {COLUMN!r} of type category is declared.",
            hint=f"Declare it under [[columns]]: it says {DESCRIBED!r} or {NOT_DESCRIBED!r}. Or describe every "
            "genotype, and leave complete out.",
        )


def with_described(genotypes: pl.DataFrame) -> pl.DataFrame:
    """Mark the genotypes of a table as described."""
    return genotypes.with_columns(pl.lit(DESCRIBED).alias(COLUMN))


def with_undescribed(answer: Answer) -> Answer:
    """Say of every answer with a known genotype that the module does not describe, that it does not."""
    untold = (
        pl.col(COLUMN).is_null()
        & pl.col("genotype").is_not_null()
        & pl.col("evidence").cast(pl.String).is_in([one.value for one in _TOLD])
    )
    told = pl.when(untold).then(pl.lit(NOT_DESCRIBED)).otherwise(COLUMN).alias(COLUMN)
    return answer.changed(lambda rows: rows.with_columns(told))
