"""Isolated modules: `module.toml`, a script and its requirements, wrapped as a plugin; the app runs nothing of it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from genoteca.errors import ManifestError
from genoteca.model.column import Column, ColumnType
from genoteca.model.module import Isolated, ModuleManifest
from genoteca.sdk.context import ModuleContext
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.hookspecs import hookimpl
from genoteca.sdk.manifest import load_manifest
from genoteca.sdk.requests import AnnotateRequest, ReferenceRequest

if TYPE_CHECKING:
    import dagster as dg

    from genoteca.annotate.answer import Answer

__all__ = ["IsolatedModule", "isolated_plugin", "told_isolated"]

BOX_VERSION = 1
"""Raised when scripts are run or their answers taken otherwise: answers are then out of date."""

FILES: tuple[Column, ...] = (
    Column(name="file", label="File", description="Of the module's package: the script and what it reads."),
    Column(name="bytes", label="Bytes", type=ColumnType.COUNT, description="Its size."),
    Column(name="sha256", label="SHA-256", description="Its fingerprint."),
)
"""The reference of an isolated module: what its answers are made with."""


def isolated_plugin(folder: Path) -> IsolatedModule:
    """Wrap a package folder (`module.toml`, script, requirements) as a plugin with the two hooks."""
    return IsolatedModule(folder)


def told_isolated(manifest: ModuleManifest) -> Isolated:
    """Give what the manifest says of its script; raises ManifestError where it says nothing."""
    if manifest.isolated is None:
        raise ManifestError(f"{manifest.id} has no part [isolated].", hint="Name its script there.")
    return manifest.isolated


class IsolatedModule:
    """The plugin object of an isolated module: nothing of the folder is ever executed in this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @hookimpl
    def describe_module(self) -> ModuleManifest:
        """Read the manifest from `module.toml`."""
        return load_manifest(self.folder)

    @hookimpl
    def build_definitions(self, context: ModuleContext) -> dg.Definitions:
        """Give the module's reference (its files) and annotations (its script)."""
        import dagster as dg

        from genoteca.sdk.assets import annotation_asset, reference_asset

        manifest = load_manifest(self.folder)
        told_isolated(manifest)
        version = f"box{BOX_VERSION}.{manifest.version}"
        reference = reference_asset(
            manifest,
            make=self._files,
            verify=_every_file,
            columns=FILES,
            code_version=version,
            settings=context.settings,
        )
        annotations = annotation_asset(
            manifest, annotate=self._annotate, code_version=version, settings=context.settings
        )
        return dg.Definitions(assets=[reference, annotations])

    def _files(self, request: ReferenceRequest) -> Dataset:  # noqa: ARG002 - it is the same for every build
        import polars as pl

        from genoteca.genome.schema import polars_schema

        found = sorted(path for path in self.folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        rows = [(path.relative_to(self.folder).as_posix(), path.stat().st_size, _sha256(path)) for path in found]
        return Dataset(table=pl.DataFrame(rows, polars_schema(FILES), orient="row"), columns=FILES)

    def _annotate(self, request: AnnotateRequest) -> Answer:
        from genoteca.sdk.isolated.answering import answer_in_a_box

        return answer_in_a_box(self.folder, request)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _every_file(path: Path) -> None:
    """Look at a published list of files; every row is one file, so there is no order to prove."""
    import polars as pl

    pl.scan_parquet(path).select(pl.len()).collect()
