"""Factories for a module's assets: a reference for everyone, and the annotations of one sample.

The author writes a plain function; partitions, dependencies, checks, column schema and IO manager are set here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.answer import Answer
from genoteca.model.column import ANNOTATIONS, Column
from genoteca.model.module import ModuleManifest
from genoteca.sdk import answering, progress, publishing
from genoteca.sdk.answering import Annotate, annotations_of
from genoteca.sdk.code_version import ANNOTATE_VERSION, annotations_version
from genoteca.sdk.context import filled_settings
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.made_with import COLUMNS, plain_columns
from genoteca.sdk.module_file import of_a_module
from genoteca.sdk.noted_fetch import NotedFetch
from genoteca.sdk.planned import PARTITIONS, PUBLISHER_TAG, Plan, made_by, planned_asset
from genoteca.sdk.publishing import checked_reference, noted
from genoteca.sdk.requests import AnnotateRequest, ReferenceRequest

if TYPE_CHECKING:
    import dagster as dg

    from genoteca.sdk.resources import Fetch

__all__ = [
    "ANNOTATE_VERSION",
    "PARTITIONS",
    "PUBLISHER_TAG",
    "SAMPLE_INPUTS",
    "allele_annotations",
    "annotation_asset",
    "file_asset",
    "reference_asset",
]

SAMPLE_INPUTS = (["sample", "variants"], ["sample", "coverage"], ["sample", "structural"])

LIFTED_SAMPLE = ["sample", "lifted"]
"""What a sparse module is asked with where it has not the sample's build."""

PUBLISHER = "publisher"
"""Name of the publisher's dataset in the lineage, where the module gives it no other."""

Make = Callable[[ReferenceRequest], Dataset]


def reference_asset(
    manifest: ModuleManifest,
    *,
    make: Make,
    code_version: str = "",
    settings: Mapping[str, JsonValue] | None = None,
    columns: Sequence[Column] = (),
    verify: Callable[[Path], None] | None = None,
    deps: Sequence[Sequence[str]] = (),
    publisher: str = "",
    release_line: str = "",
) -> dg.AssetsDefinition:
    """Make the asset `[id, "reference"]`: one table for everyone, in the build that the run asks for.

    `make` fetches, converts and returns the Dataset; build, licence, data version and release stand in the manifest
    where it leaves them empty. `columns` of the table: by default a published allele table's and the manifest's.
    `verify` looks at the written Parquet and raises ReferenceDataError; by default `verify_published`.
    `code_version`: of the conversion; empty: the module's version.
    `publisher`: a name for the publisher's own dataset, which stands in the lineage as `[id, name]`, above the
    reference, if the manifest names hosts: nobody here makes it; whenever the reference is made, it is noted with
    its release and its files.
    `release_line`: a regular expression whose first group is the release's name, in one of the first lines of the
    first file that is fetched (`^##fileDate=(.+)$`): a newer release is then told by its name before it is fetched.
    Without it, by the publisher's date or commit.
    """
    above = _publisher(manifest, publisher)

    def work(context: Any) -> Dataset:
        fetch = NotedFetch(context.resources.genoteca_fetch, settings or {})
        request = _reference_request(manifest, settings, context, fetch)
        with of_a_module():
            dataset = make(request)
        if columns and not dataset.columns:
            dataset = replace(dataset, columns=columns)
        return noted(checked_reference(manifest, dataset, request, verify), request, fetch, release_line)

    return planned_asset(
        manifest,
        Plan(
            name="reference",
            description=f"The reference table of {manifest.title}, for everyone.",
            code_version=code_version or manifest.version,
            checks=publishing.CHECKS,
            columns=columns or (*publishing.PUBLISHED, *manifest.columns),
            deps=(*deps, *([[manifest.id, above]] if above else [])),
            publisher=above,
            partitioned=False,
            made_by=made_by(manifest, settings or {}) | {COLUMNS: plain_columns(manifest.columns)},
        ),
        work,
    )


def file_asset(
    manifest: ModuleManifest,
    name: str,
    *,
    make: Make,
    code_version: str = "",
    settings: Mapping[str, JsonValue] | None = None,
) -> dg.AssetsDefinition:
    """Make the asset `[id, name]`: one plain file for everyone, as its publisher made it (a chain file).

    `make` fetches and verifies the file and returns a Dataset with its path as `table` and its `ending`; data version
    and licence stand in the manifest where it leaves them empty. What it provides is named in its metadata.
    """
    above = _publisher(manifest, "")

    def work(context: Any) -> Dataset:
        fetch = NotedFetch(context.resources.genoteca_fetch, settings or {})
        request = _reference_request(manifest, settings, context, fetch)
        dataset = make(request)
        whole = replace(
            dataset,
            data_version=dataset.data_version or manifest.data_version,
            licence=dataset.licence or manifest.licence.data,
        )
        return noted(whole, request, fetch)

    return planned_asset(
        manifest,
        Plan(
            name=name,
            description=f"The file {name} of {manifest.title}, for everyone.",
            code_version=code_version or manifest.version,
            checks={},
            columns=(),
            deps=[[manifest.id, above]] if above else (),
            publisher=above,
            partitioned=False,
            kind="file",
            made_by=made_by(manifest, settings or {}),
        ),
        work,
    )


def annotation_asset(
    manifest: ModuleManifest,
    *,
    annotate: Annotate,
    code_version: str = "",
    settings: Mapping[str, JsonValue] | None = None,
    deps: Sequence[Sequence[str]] = (),
) -> dg.AssetsDefinition:
    """Make the asset `[id, "annotations"]`, partitioned by sample.

    `annotate` is called only for a sample that the module can answer: its build is one of the manifest's, its kind is
    served, and it has genotypes. Otherwise the outcome is "cannot be tested", with the reason and an empty table.
    `code_version`: of the module's code; empty: its version. `deps`: further asset keys, of modules it `requires`.
    """

    def work(context: Any) -> Dataset:
        return annotations_of(manifest, annotate, filled_settings(manifest, settings or {}), context)

    return planned_asset(
        manifest,
        Plan(
            name="annotations",
            description=manifest.summary,
            code_version=annotations_version(code_version or manifest.version),
            checks=answering.CHECKS,
            columns=(*ANNOTATIONS, *manifest.columns),
            deps=(*SAMPLE_INPUTS, *([] if manifest.dense else [LIFTED_SAMPLE]), [manifest.id, "reference"], *deps),
            partitioned=True,
            made_by=made_by(manifest, settings or {}) | {COLUMNS: plain_columns(manifest.columns)},
        ),
        work,
    )


def allele_annotations(
    manifest: ModuleManifest, *, code_version: str = "", settings: Mapping[str, JsonValue] | None = None
) -> dg.AssetsDefinition:
    """Make the annotations of a module whose reference is a published allele table (ClinVar, gnomAD …)."""

    def annotate(request: AnnotateRequest) -> Answer:
        return annotate_alleles(
            request.reference.path,
            request.sample_tables,
            columns=manifest.columns,
            dense=manifest.dense,
            engine=request.engine.choose(request.reference.record.rows),
            progress=request.progress,
        )

    return annotation_asset(manifest, annotate=annotate, code_version=code_version, settings=settings)


def _publisher(manifest: ModuleManifest, name: str) -> str:
    """Name the publisher's dataset in the lineage; empty: nothing is fetched from anybody."""
    return name or (PUBLISHER if manifest.permissions.network else "")


def _reference_request(
    manifest: ModuleManifest, settings: Mapping[str, JsonValue] | None, context: Any, fetch: Fetch
) -> ReferenceRequest:
    paths, engine = context.resources.genoteca_paths, context.resources.genoteca_engine
    return ReferenceRequest(
        manifest=manifest,
        build=engine.build(),
        fetch=fetch,
        paths=paths,
        settings=filled_settings(manifest, settings or {}),
        scratch=paths.scratch(),
        progress=progress.report,
        chromosomes=engine.chromosomes(),
        release=engine.release(),
    )
