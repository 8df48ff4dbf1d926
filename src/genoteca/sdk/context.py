"""What the app tells a module when it asks for its definitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from genoteca.model.build import Build
from genoteca.model.column import AnnotationColumn
from genoteca.model.module import ModuleManifest

__all__ = ["ModuleContext", "filled_settings"]


@dataclass(frozen=True, kw_only=True)
class ModuleContext:
    """The module's own identity, and its settings as the user left them."""

    module_id: str
    version: str
    data_version: str
    settings: Mapping[str, JsonValue] = field(default_factory=dict)
    """By name; a setting the user never touched may be absent."""
    columns: tuple[AnnotationColumn, ...] | None = None
    """What `describe_columns` gave for these settings; None: the manifest declares the columns."""
    builds: tuple[Build, ...] | None = None
    """What `describe_builds` gave for these settings; None: the manifest declares the builds."""

    def settled(self, manifest: ModuleManifest) -> ModuleManifest:
        """Give the module's manifest with the columns and builds that it has under its settings."""
        if self.columns is None:
            return manifest
        return manifest.settled(self.columns, manifest.builds if self.builds is None else self.builds)


def filled_settings(manifest: ModuleManifest, settings: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Give every declared setting its value: the user's, else the manifest's default."""
    return {name: settings.get(name, setting.default) for name, setting in manifest.settings.items()}
