"""Columns of modules that depend on their settings: what each said when it was asked last."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from genoteca.database import connect
from genoteca.model.build import Build
from genoteca.model.column import AnnotationColumn
from genoteca.model.module import ModuleManifest

__all__ = ["SettledColumns"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS module_columns (module TEXT PRIMARY KEY, told TEXT NOT NULL);
"""


class _Told(BaseModel):
    """What one module said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: tuple[AnnotationColumn, ...]
    builds: tuple[Build, ...]


class SettledColumns:
    """The columns and builds in `app.db`, one row a module."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def manifest(self, manifest: ModuleManifest) -> ModuleManifest:
        """Give a module's manifest as it is under its settings; as it was written, where nothing fitting is kept."""
        if manifest.columns_from == "manifest":
            return manifest
        with connect(self._database, SCHEMA) as connection:
            row = connection.execute("SELECT told FROM module_columns WHERE module = ?", (manifest.id,)).fetchone()
        try:
            told = _Told.model_validate_json(row["told"]) if row else None
            return manifest.settled(told.columns, told.builds) if told else manifest
        except ValidationError:  # kept by another version: the module is asked again when it is checked
            return manifest

    def keep(self, manifest: ModuleManifest) -> None:
        """Keep the columns and builds of a manifest as it is under the settings, where they depend on them."""
        if manifest.columns_from == "manifest":
            return
        told = _Told(columns=manifest.columns, builds=manifest.builds).model_dump_json()
        with connect(self._database, SCHEMA) as connection:
            connection.execute("INSERT OR REPLACE INTO module_columns VALUES (?, ?)", (manifest.id, told))
