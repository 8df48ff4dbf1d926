"""The kinds of tables a data module may be made of: how each is published, verified, and asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import polars as pl

from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.answer import Answer
from genoteca.annotate.genotypes import annotate_genotypes
from genoteca.annotate.publish import verify_published
from genoteca.annotate.regions import annotate_regions
from genoteca.model.build import Build
from genoteca.model.column import Column
from genoteca.model.module import ModuleManifest, SettingType
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.panel_file import read_panel
from genoteca.sdk.panel_table import PANEL, panel_from, panel_table, verify_panel
from genoteca.sdk.place_file import REGIONS, read_alleles, read_regions, verify_regions
from genoteca.sdk.publishing import PUBLISHED
from genoteca.sdk.requests import AnnotateRequest, ReferenceRequest
from genoteca.sdk.table_spec import TableKind, TableSpec
from genoteca.sdk.undescribed import with_undescribed

__all__ = ["DataTables", "tables_of"]


class DataTables(ABC):
    """One kind of table."""

    own: Sequence[Column]
    """Columns that the published table starts with; the module's follow."""

    def __init__(self, folder: Path, spec: TableSpec, manifest: ModuleManifest) -> None:
        self.folder = folder
        self.spec = spec
        self.manifest = manifest

    @property
    def columns(self) -> Sequence[Column]:
        """Give every column of the published table."""
        return (*self.own, *self.manifest.columns)

    def make(self, request: ReferenceRequest) -> Dataset:
        """Publish the tables in one build.

        Raises:
            ManifestError: a table has other columns than the manifest promises.
            ReferenceDataError: a cell or a row that is not as it must be.

        """
        names = sorted(filter(None, self.spec.files().values()))
        digests = {name: sha256((self.folder / name).read_bytes()).hexdigest() for name in names}
        return Dataset(table=self.read(request.build), columns=self.columns, metadata={"tables": dict(digests)})

    @abstractmethod
    def read(self, build: Build) -> pl.DataFrame:
        """Read the authored tables into the table to publish; raises as `make` does."""

    @abstractmethod
    def verify(self, path: Path) -> None:
        """Prove that a published table is what its join relies on; raises ReferenceDataError."""

    @abstractmethod
    def annotate(self, request: AnnotateRequest) -> Answer:
        """Answer one sample."""


class Alleles(DataTables):
    """One ALT allele a row."""

    own = PUBLISHED

    def read(self, build: Build) -> pl.DataFrame:
        """Read the table of alleles."""
        return read_alleles(self.folder / self.spec.alleles, self.manifest, build)

    def verify(self, path: Path) -> None:
        """Look at keys, order and numbers."""
        verify_published(path)

    def annotate(self, request: AnnotateRequest) -> Answer:
        """Match by allele."""
        return annotate_alleles(
            request.reference.path,
            request.sample_tables,
            columns=self.manifest.columns,
            dense=self.manifest.dense,
            engine=request.engine.choose(request.reference.record.rows),
            progress=request.progress,
        )


class Genotypes(DataTables):
    """Sites, what each genotype of them means, and what several mean together."""

    own = PANEL

    def read(self, build: Build) -> pl.DataFrame:
        """Read the three tables of a panel into one."""
        return panel_table(read_panel(self.folder, self.spec, self.manifest, build), self.manifest.columns)

    def verify(self, path: Path) -> None:
        """Look at order and numbers of the sites."""
        verify_panel(path)

    def annotate(self, request: AnnotateRequest) -> Answer:
        """Match by genotype; a boolean setting that is on opts in to the combinations of its name."""
        settings = self.manifest.settings.items()
        switches = [name for name, setting in settings if setting.type is SettingType.BOOLEAN]
        answer = annotate_genotypes(
            panel_from(request.reference.path, self.manifest.columns),
            request.sample_tables,
            columns=self.manifest.columns,
            opted_in=frozenset(name for name in switches if request.settings[name] is True),
        )
        return answer if self.spec.complete else with_undescribed(answer)


class Regions(DataTables):
    """One stretch of a chromosome a row."""

    own = REGIONS

    def read(self, build: Build) -> pl.DataFrame:
        """Read the table of regions."""
        return read_regions(self.folder / self.spec.regions, self.manifest, build)

    def verify(self, path: Path) -> None:
        """Look at order and numbers."""
        verify_regions(path)

    def annotate(self, request: AnnotateRequest) -> Answer:
        """Match carried variants by overlap."""
        return annotate_regions(request.reference.path, request.sample_tables, columns=self.manifest.columns)


_KINDS: dict[TableKind, type[DataTables]] = {
    TableKind.ALLELES: Alleles,
    TableKind.GENOTYPES: Genotypes,
    TableKind.REGIONS: Regions,
}


def tables_of(folder: Path, spec: TableSpec, manifest: ModuleManifest) -> DataTables:
    """Give the tables of a data module, by the kind that `[table]` names."""
    return _KINDS[spec.kind](folder, spec, manifest)
