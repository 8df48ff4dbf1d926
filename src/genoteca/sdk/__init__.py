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
    from genoteca.annotate.carried import Carried, Lie, carried_alleles, how_they_lie, is_carried
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
    from genoteca.errors import (
        CheckError,
        DatasetError,
        FetchError,
        ManifestError,
        ModuleError,
        NotOfferedError,
        ReferenceDataError,
    )
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
    from genoteca.model.counted import counted
    from genoteca.model.evidence import Evidence, Match, Outcome, Shape
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
    from genoteca.model.report import Citation, ReportCount, ReportFinding, ReportSection, Tone
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
    from genoteca.sdk.clinvar_panel import (
        clinvar_allele,
        clinvar_citation,
        clinvar_links,
        dark_genes,
        little_known,
        some_of,
    )
    from genoteca.sdk.context import ModuleContext
    from genoteca.sdk.data_module import data_plugin
    from genoteca.sdk.dataset import Dataset, Table
    from genoteca.sdk.derived import DeriveRequest, derived_answer, derived_asset
    from genoteca.sdk.finding import Finding
    from genoteca.sdk.hookspecs import hookimpl
    from genoteca.sdk.isolated.module import isolated_plugin
    from genoteca.sdk.manifest import load_manifest
    from genoteca.sdk.own_table.look import look_at_table
    from genoteca.sdk.own_table.making import publish_table, table_reference_columns, verify_table
    from genoteca.sdk.own_table.seen import TableLook
    from genoteca.sdk.own_table.told import TableMatch
    from genoteca.sdk.progress import Progress, report
    from genoteca.sdk.report_template import counts_of
    from genoteca.sdk.requests import AnnotateRequest, ReferenceRequest
    from genoteca.sdk.resources import EngineChoice, Fetch, Fetched, Paths, Stored
    from genoteca.sdk.result import ModuleResult

__all__ = [
    "ANNOTATE_VERSION",
    "ANNOTATIONS",
    "AnnotateRequest",
    "AnnotationColumn",
    "Answer",
    "Author",
    "Build",
    "Carried",
    "CheckError",
    "CheckResult",
    "Citation",
    "Column",
    "ColumnType",
    "Dataset",
    "DatasetError",
    "DeriveRequest",
    "EngineChoice",
    "Evidence",
    "Fetch",
    "FetchError",
    "Fetched",
    "Finding",
    "InfoField",
    "Licence",
    "Lie",
    "ManifestError",
    "Match",
    "ModuleContext",
    "ModuleError",
    "ModuleManifest",
    "ModuleResult",
    "NotOfferedError",
    "Outcome",
    "Panel",
    "Paths",
    "Permissions",
    "Progress",
    "ReferenceDataError",
    "ReferenceRequest",
    "ReportCount",
    "ReportFinding",
    "ReportSection",
    "Rules",
    "SampleKind",
    "SampleTables",
    "SequenceWriter",
    "Setting",
    "SettingType",
    "Sex",
    "Shape",
    "SiteAccount",
    "SiteHeader",
    "SitesFile",
    "SitesScan",
    "Source",
    "Stored",
    "Table",
    "TableLook",
    "TableMatch",
    "Tone",
    "allele_annotations",
    "annotate_alleles",
    "annotate_genotypes",
    "annotate_positions",
    "annotate_regions",
    "annotation_asset",
    "carried_alleles",
    "check_module",
    "chromosome",
    "chromosomes_in",
    "clinvar_allele",
    "clinvar_citation",
    "clinvar_links",
    "counted",
    "counts_of",
    "dark_genes",
    "data_plugin",
    "derived_answer",
    "derived_asset",
    "file_asset",
    "hookimpl",
    "how_they_lie",
    "is_carried",
    "isolated_plugin",
    "little_known",
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
    "some_of",
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
    "annotate.carried": ("Carried", "Lie", "carried_alleles", "how_they_lie", "is_carried"),
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
    "errors": (
        "CheckError",
        "DatasetError",
        "FetchError",
        "ManifestError",
        "ModuleError",
        "NotOfferedError",
        "ReferenceDataError",
    ),
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
    "model.counted": ("counted",),
    "model.evidence": ("Evidence", "Match", "Outcome", "Shape"),
    "model.module": ("Author", "Licence", "ModuleManifest", "Permissions", "Setting", "SettingType", "Source"),
    "model.record": ("CheckResult",),
    "model.report": ("Citation", "ReportCount", "ReportFinding", "ReportSection", "Tone"),
    "model.rules": ("Rules",),
    "model.sample": ("SampleKind", "Sex"),
    "sdk.assets": ("ANNOTATE_VERSION", "allele_annotations", "annotation_asset", "file_asset", "reference_asset"),
    "sdk.check": ("check_module",),
    "sdk.clinvar_panel": (
        "clinvar_allele",
        "clinvar_citation",
        "clinvar_links",
        "dark_genes",
        "little_known",
        "some_of",
    ),
    "sdk.context": ("ModuleContext",),
    "sdk.data_module": ("data_plugin",),
    "sdk.dataset": ("Dataset", "Table"),
    "sdk.derived": ("DeriveRequest", "derived_answer", "derived_asset"),
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
    "sdk.report_template": ("counts_of",),
    "sdk.resources": ("EngineChoice", "Fetch", "Fetched", "Paths", "Stored"),
    "sdk.result": ("ModuleResult",),
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
