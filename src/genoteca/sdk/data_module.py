"""Data modules: a folder of tables without code, wrapped as a plugin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from genoteca.model.module import ModuleManifest
from genoteca.sdk.context import ModuleContext
from genoteca.sdk.hookspecs import hookimpl
from genoteca.sdk.manifest import load_manifest
from genoteca.sdk.table_spec import load_table_spec

if TYPE_CHECKING:
    import dagster as dg

__all__ = ["CONVERSION_VERSION", "DataModule", "data_plugin", "load_manifest"]

CONVERSION_VERSION = 1
"""Raised when tables are converted otherwise: references of data modules are then out of date."""


def data_plugin(folder: Path) -> DataModule:
    """Wrap a package folder (`module.toml` and tables) as a plugin with the two hooks."""
    return DataModule(folder)


class DataModule:
    """The plugin object of a data module: nothing of the folder is ever executed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @hookimpl
    def describe_module(self) -> ModuleManifest:
        """Read the manifest from `module.toml`."""
        return load_manifest(self.folder)

    @hookimpl
    def build_definitions(self, context: ModuleContext) -> dg.Definitions:
        """Give the module's reference and annotations, by the kind of its table."""
        import dagster as dg

        from genoteca.sdk.assets import annotation_asset, reference_asset
        from genoteca.sdk.data_tables import tables_of

        manifest = load_manifest(self.folder)
        tables = tables_of(self.folder, load_table_spec(self.folder), manifest)
        reference = reference_asset(
            manifest,
            make=tables.make,
            verify=tables.verify,
            columns=tables.columns,
            code_version=f"{CONVERSION_VERSION}.{manifest.version}",
            settings=context.settings,
        )
        annotations = annotation_asset(manifest, annotate=tables.annotate, settings=context.settings)
        return dg.Definitions(assets=[reference, annotations])
