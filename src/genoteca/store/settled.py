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
CREATE TABLE IF NOT EXISTS settled_columns (
    module TEXT NOT NULL, digest TEXT NOT NULL, told TEXT NOT NULL, PRIMARY KEY (module, digest)
);
"""


class _Told(BaseModel):
    """What one module said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: tuple[AnnotationColumn, ...]
    builds: tuple[Build, ...]


class SettledColumns:
    """The columns and builds in `app.db`, one row a module and digest of its contents.

    Every version keeps its own: what a new one says is not yet true while it is checked, and a roll-back finds what
    the old one said.
    """

    def __init__(self, database: Path) -> None:
        self._database = database

    def manifest(self, manifest: ModuleManifest, digest: str) -> ModuleManifest:
        """Give a module's manifest as it is under its settings; as it was written, where nothing fitting is kept."""
        if manifest.columns_from == "manifest":
            return manifest
        told = self._told(manifest.id, digest)
        return manifest.settled(told.columns, told.builds) if told else manifest

    def knows(self, manifest: ModuleManifest, digest: str) -> bool:
        """Whether nothing has to be asked of these contents of a module."""
        return manifest.columns_from == "manifest" or self._told(manifest.id, digest) is not None

    def keep(self, manifest: ModuleManifest, digest: str) -> None:
        """Keep the columns and builds of a manifest as it is under the settings, where they depend on them."""
        if manifest.columns_from == "manifest":
            return
        told = _Told(columns=manifest.columns, builds=manifest.builds).model_dump_json()
        with connect(self._database, SCHEMA) as connection:
            connection.execute("INSERT OR REPLACE INTO settled_columns VALUES (?, ?, ?)", (manifest.id, digest, told))

    def forget(self, module_id: str, *, but: str = "") -> None:
        """Drop what a module said, with other contents than `but`: its settings are others now, or it is gone."""
        with connect(self._database, SCHEMA) as connection:
            connection.execute("DELETE FROM settled_columns WHERE module = ? AND digest != ?", (module_id, but))

    def _told(self, module_id: str, digest: str) -> _Told | None:
        with connect(self._database, SCHEMA) as connection:
            query = "SELECT told FROM settled_columns WHERE module = ? AND digest = ?"
            row = connection.execute(query, (module_id, digest)).fetchone()
        try:
            return _Told.model_validate_json(row["told"]) if row else None
        except ValidationError:  # kept by another version: the module is asked again when it is checked
            return None
