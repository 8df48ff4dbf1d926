"""What of a genome could not be looked up: variants on chromosomes that the reference has nothing of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from genoteca.sdk import DatasetError

__all__ = ["unlisted_calls"]


def unlisted_calls(variants: Path, told: Mapping[str, object]) -> dict[str, int]:
    """Count the variants on chromosomes without data, by reason; `told` is the metadata of the reference.

    Raises:
        DatasetError: the genome has a chromosome for which the reference was not made.

    """
    counts = _counts(variants)
    if lacking := [chrom for chrom in counts if chrom not in _listed(told, "chromosomes")]:
        raise DatasetError(
            f"The reference has no chromosome {', '.join(lacking)}, and this genome has.",
            title="The reference has not all chromosomes",
            hint="Annotate again: what is missing is fetched first.",
        )
    return {
        f"gnomAD's data as set in the module has nothing of chromosome {chrom}": counts[chrom]
        for chrom in _listed(told, "chromosomes_without_data")
        if chrom in counts
    }


def _counts(variants: Path) -> dict[str, int]:
    counted = pl.scan_parquet(variants).group_by("chrom").len().collect(engine="streaming").sort("chrom")
    return dict(counted.with_columns(pl.col("chrom").cast(pl.String)).iter_rows())


def _listed(told: Mapping[str, object], key: str) -> list[str]:
    found = told.get(key)
    return [str(chrom) for chrom in found] if isinstance(found, list) else []
