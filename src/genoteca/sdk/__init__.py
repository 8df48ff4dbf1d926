"""All that a module may import.

Names are looked up when they are first used: a module's manifest is read without loading Polars,
and Dagster is loaded only where assets are built.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genoteca.annotate.alleles import annotate_alleles
    from genoteca.annotate.answer import Answer
    from genoteca.annotate.genotypes import annotate_genotypes
    from genoteca.annotate.panel import Panel
    from genoteca.annotate.positions import annotate_positions
    from genoteca.annotate.publish import (
        publish_alleles,
        publish_batches,
        publish_regions,
        verify_published,
        write_published,
    )
    from genoteca.annotate.regions import annotate_regions
    from genoteca.annotate.sample_tables import SampleTables
    from genoteca.errors import CheckError, DatasetError, FetchError, ManifestError, ModuleError, ReferenceDataError
    from genoteca.genome.alleles import trim, trim_frame
    from genoteca.genome.chromosomes import chromosomes_in
    from genoteca.genome.contigs import place_of
    from genoteca.genome.key import variant_keys, with_keys
    from genoteca.genome.schema import polars_schema
    from genoteca.genome.sequence_file import SequenceWriter, verify_sequence
    from genoteca.genome.site_header import InfoField, SiteHeader, read_site_header
    from genoteca.genome.site_records import SiteAccount, site_batches
    from genoteca.genome.sites import SitesFile, SitesScan, read_sites, scan_sites
    from genoteca.model.build import Build, chromosome
    from genoteca.model.column import ANNOTATIONS, AnnotationColumn, Column, ColumnType
    from genoteca.model.evidence import Evidence, Match, Outcome
    from genoteca.model.module import (
        Author,
        Licence,
        ModuleManifest,
        Permissions,
        Setting,
        SettingType,
        Source,
    )
    from genoteca.model.record import CheckResult
    from genoteca.model.rules import Rules
    from genoteca.model.sample import SampleKind, Sex
    from genoteca.sdk.assets import (
        ANNOTATE_VERSION,
        allele_annotations,
        annotation_asset,
        file_asset,
        reference_asset,
    )
    from genoteca.sdk.check import check_module
    from genoteca.sdk.context import ModuleContext
    from genoteca.sdk.data_module import data_plugin
    from genoteca.sdk.dataset import Dataset, Table
    from genoteca.sdk.finding import Finding
    from genoteca.sdk.hookspecs import hookimpl
    from genoteca.sdk.isolated.module import isolated_plugin
    from genoteca.sdk.manifest import load_manifest
    from genoteca.sdk.own_table.look import look_at_table
    from genoteca.sdk.own_table.making import publish_table, table_reference_columns, verify_table
    from genoteca.sdk.own_table.seen import TableLook
    from genoteca.sdk.own_table.told import TableMatch
    from genoteca.sdk.progress import Progress, report
    from genoteca.sdk.requests import AnnotateRequest, ReferenceRequest
    from genoteca.sdk.resources import EngineChoice, Fetch, Fetched, Paths, Stored

__all__ = [
    "ANNOTATE_VERSION",
    "ANNOTATIONS",
    "AnnotateRequest",
    "AnnotationColumn",
    "Answer",
    "Author",
    "Build",
    "CheckError",
    "CheckResult",
    "Column",
    "ColumnType",
    "Dataset",
    "DatasetError",
    "EngineChoice",
    "Evidence",
    "Fetch",
    "FetchError",
    "Fetched",
    "Finding",
    "InfoField",
    "Licence",
    "ManifestError",
    "Match",
    "ModuleContext",
    "ModuleError",
    "ModuleManifest",
    "Outcome",
    "Panel",
    "Paths",
    "Permissions",
    "Progress",
    "ReferenceDataError",
    "ReferenceRequest",
    "Rules",
    "SampleKind",
    "SampleTables",
    "SequenceWriter",
    "Setting",
    "SettingType",
    "Sex",
    "SiteAccount",
    "SiteHeader",
    "SitesFile",
    "SitesScan",
    "Source",
    "Stored",
    "Table",
    "TableLook",
    "TableMatch",
    "allele_annotations",
    "annotate_alleles",
    "annotate_genotypes",
    "annotate_positions",
    "annotate_regions",
    "annotation_asset",
    "check_module",
    "chromosome",
    "chromosomes_in",
    "data_plugin",
    "file_asset",
    "hookimpl",
    "isolated_plugin",
    "load_manifest",
    "look_at_table",
    "place_of",
    "polars_schema",
    "publish_alleles",
    "publish_batches",
    "publish_regions",
    "publish_table",
    "read_site_header",
    "read_sites",
    "reference_asset",
    "report",
    "scan_sites",
    "site_batches",
    "table_reference_columns",
    "trim",
    "trim_frame",
    "variant_keys",
    "verify_published",
    "verify_sequence",
    "verify_table",
    "with_keys",
    "write_published",
]

_HOMES: dict[str, tuple[str, ...]] = {
    "annotate.alleles": ("annotate_alleles",),
    "annotate.answer": ("Answer",),
    "annotate.genotypes": ("annotate_genotypes",),
    "annotate.panel": ("Panel",),
    "annotate.publish": (
        "publish_alleles",
        "publish_batches",
        "publish_regions",
        "verify_published",
        "write_published",
    ),
    "annotate.positions": ("annotate_positions",),
    "annotate.regions": ("annotate_regions",),
    "annotate.sample_tables": ("SampleTables",),
    "errors": ("CheckError", "DatasetError", "FetchError", "ManifestError", "ModuleError", "ReferenceDataError"),
    "genome.alleles": ("trim", "trim_frame"),
    "genome.chromosomes": ("chromosomes_in",),
    "genome.contigs": ("place_of",),
    "genome.key": ("variant_keys", "with_keys"),
    "genome.schema": ("polars_schema",),
    "genome.sequence_file": ("SequenceWriter", "verify_sequence"),
    "genome.site_header": ("InfoField", "SiteHeader", "read_site_header"),
    "genome.site_records": ("SiteAccount", "site_batches"),
    "genome.sites": ("SitesFile", "SitesScan", "read_sites", "scan_sites"),
    "model.build": ("Build", "chromosome"),
    "model.column": ("ANNOTATIONS", "AnnotationColumn", "Column", "ColumnType"),
    "model.evidence": ("Evidence", "Match", "Outcome"),
    "model.module": ("Author", "Licence", "ModuleManifest", "Permissions", "Setting", "SettingType", "Source"),
    "model.record": ("CheckResult",),
    "model.rules": ("Rules",),
    "model.sample": ("SampleKind", "Sex"),
    "sdk.assets": ("ANNOTATE_VERSION", "allele_annotations", "annotation_asset", "file_asset", "reference_asset"),
    "sdk.check": ("check_module",),
    "sdk.context": ("ModuleContext",),
    "sdk.data_module": ("data_plugin",),
    "sdk.dataset": ("Dataset", "Table"),
    "sdk.finding": ("Finding",),
    "sdk.hookspecs": ("hookimpl",),
    "sdk.isolated.module": ("isolated_plugin",),
    "sdk.manifest": ("load_manifest",),
    "sdk.own_table.look": ("look_at_table",),
    "sdk.own_table.making": ("publish_table", "table_reference_columns", "verify_table"),
    "sdk.own_table.seen": ("TableLook",),
    "sdk.own_table.told": ("TableMatch",),
    "sdk.progress": ("Progress", "report"),
    "sdk.requests": ("AnnotateRequest", "ReferenceRequest"),
    "sdk.resources": ("EngineChoice", "Fetch", "Fetched", "Paths", "Stored"),
}
_HOME = {name: f"genoteca.{home}" for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Look a public name up in the room it lives in."""
    if name not in _HOME:
        raise AttributeError(f"genoteca.sdk has no {name!r}")
    found = getattr(import_module(_HOME[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
