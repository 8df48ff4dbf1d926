"""The module's columns that a stored table was made with: they stand in its record, and are read from there."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue, TypeAdapter, ValidationError

from genoteca.model.column import AnnotationColumn
from genoteca.model.module import ModuleManifest
from genoteca.model.record import Record

__all__ = ["COLUMNS", "IDENTITY", "LOOKED_UP", "PLACES", "columns_made_with", "other_columns", "plain_columns"]

COLUMNS = "columns"
"""Key of a record's metadata under which the module's columns stand."""

IDENTITY = "identity"
"""Key of a record's metadata: the module's columns that tell rows of one allele apart."""

LOOKED_UP = "looked_up"
"""Key of a record's metadata under which stands what of a variant was looked up, where it is not its allele."""
PLACES = "places"
"""Only where a variant lies was looked up: in the intervals, or at the positions, of a list."""

_COLUMNS = TypeAdapter(tuple[AnnotationColumn, ...])


def plain_columns(columns: Sequence[AnnotationColumn]) -> JsonValue:
    """Give columns as a record keeps them."""
    plain: JsonValue = _COLUMNS.dump_python(tuple(columns), mode="json", exclude_defaults=True)
    return plain


def columns_made_with(record: Record, manifest: ModuleManifest) -> tuple[AnnotationColumn, ...]:
    """Give the columns that a table was made with; of a record that does not say, those of the manifest.

    A module's columns change with its version, or with its settings: an older table has its own.
    """
    told = record.metadata.get(COLUMNS)
    try:
        return manifest.columns if told is None else _COLUMNS.validate_python(told)
    except ValidationError:  # another version of the app described columns in other words
        return manifest.columns


def other_columns(record: Record, manifest: ModuleManifest) -> bool:
    """Tell whether a table was made with other columns, by name and type, than the module has now."""
    made, now = columns_made_with(record, manifest), manifest.columns
    return [(one.name, one.type) for one in made] != [(one.name, one.type) for one in now]
