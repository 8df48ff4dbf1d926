"""The form of a table as it lies on disk: from the footer of its Parquet file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from genoteca.model.form import form_of

__all__ = ["stored_form"]


def stored_form(asset: Sequence[str], path: Path) -> str:
    """Give the form of a stored table; empty: it is no Parquet file, or cannot be read."""
    import polars as pl  # of the app's processes, only one that opens an old data folder needs it

    if path.suffix != ".parquet":
        return ""
    try:
        found = pl.read_parquet_schema(path)
    except (OSError, pl.exceptions.PolarsError):
        return ""
    return form_of(asset, {name: str(told.base_type()) for name, told in found.items()})
