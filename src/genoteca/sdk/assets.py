"""Factories for a module's assets: a reference for everyone, and the annotations of one sample.

The author writes a plain function; partitions, dependencies, checks, column schema and IO manager are set here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.answer import Answer
from genoteca.model.column import ANNOTATIONS, Column
from genoteca.model.module import ModuleManifest, fold
from genoteca.model.record import CheckResult
from genoteca.sdk import answering, progress, publishing
from genoteca.sdk.answering import Annotate, annotations_of
from genoteca.sdk.context import filled_settings
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.made_with import COLUMNS, plain_columns
from genoteca.sdk.publishing import checked_reference
from genoteca.sdk.requests import AnnotateRequest, ReferenceRequest
from genoteca.sdk.resources import ENGINE, FETCH, IO_MANAGER, PATHS

if TYPE_CHECKING:
    import dagster as dg

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

ANNOTATE_VERSION = 1
"""Raised when the app's matching changes an answer: every module's annotations are then out of date."""

PUBLISHER_TAG = "genoteca/publisher"
"""On a reference: the name under which its publisher's dataset stands in the lineage."""

PARTITIONS = "samples"
"""Name of the dynamic partitions; a key is `user/sample`."""

SAMPLE_INPUTS = (["sample", "variants"], ["sample", "coverage"], ["sample", "structural"])

LIFTED_SAMPLE = ["sample", "lifted"]
"""What a sparse module is asked with where it has not the sample's build."""

Make = Callable[[ReferenceRequest], Dataset]
Work = Callable[[Any], Dataset]


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
) -> dg.AssetsDefinition:
    """Make the asset `[id, "reference"]`: one table for everyone, in the build that the run asks for.

    `make` fetches, converts and returns the Dataset; build, licence, data version and release stand in the manifest
    where it leaves them empty. `columns` of the table: by default a published allele table's and the manifest's.
    `verify` looks at the written Parquet and raises ReferenceDataError; by default `verify_published`.
    `code_version`: of the conversion; empty: the module's version.
    `publisher`: a name for the publisher's own dataset, which then stands in the lineage as `[id, name]`, above the
    reference: nobody here makes it; whenever the reference is made, it is noted with its release and its files.
    """

    def work(context: Any) -> Dataset:
        paths = context.resources.genoteca_paths
        request = ReferenceRequest(
            manifest=manifest,
            build=context.resources.genoteca_engine.build(),
            fetch=context.resources.genoteca_fetch,
            paths=paths,
            settings=filled_settings(manifest, settings or {}),
            scratch=paths.scratch(),
            progress=progress.report,
            chromosomes=context.resources.genoteca_engine.chromosomes(),
        )
        dataset = make(request)
        if columns and not dataset.columns:
            dataset = replace(dataset, columns=columns)
        return checked_reference(manifest, dataset, request, verify)

    return _asset(
        manifest,
        _Plan(
            name="reference",
            description=f"The reference table of {manifest.title}, for everyone.",
            code_version=code_version or manifest.version,
            checks=publishing.CHECKS,
            columns=columns or (*publishing.PUBLISHED, *manifest.columns),
            deps=(*deps, *([[manifest.id, publisher]] if publisher else [])),
            publisher=publisher,
            partitioned=False,
            made_by=_made_by(manifest, settings or {}) | {COLUMNS: plain_columns(manifest.columns)},
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

    def work(context: Any) -> Dataset:
        paths = context.resources.genoteca_paths
        dataset = make(
            ReferenceRequest(
                manifest=manifest,
                build=context.resources.genoteca_engine.build(),
                fetch=context.resources.genoteca_fetch,
                paths=paths,
                settings=filled_settings(manifest, settings or {}),
                scratch=paths.scratch(),
                progress=progress.report,
            )
        )
        return replace(
            dataset,
            data_version=dataset.data_version or manifest.data_version,
            licence=dataset.licence or manifest.licence.data,
        )

    return _asset(
        manifest,
        _Plan(
            name=name,
            description=f"The file {name} of {manifest.title}, for everyone.",
            code_version=code_version or manifest.version,
            checks={},
            columns=(),
            deps=(),
            partitioned=False,
            made_by=_made_by(manifest, settings or {}),
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

    return _asset(
        manifest,
        _Plan(
            name="annotations",
            description=manifest.summary,
            code_version=f"{ANNOTATE_VERSION}.{code_version or manifest.version}",
            checks=answering.CHECKS,
            columns=(*ANNOTATIONS, *manifest.columns),
            deps=(*SAMPLE_INPUTS, *([] if manifest.dense else [LIFTED_SAMPLE]), [manifest.id, "reference"], *deps),
            partitioned=True,
            made_by=_made_by(manifest, settings or {}) | {COLUMNS: plain_columns(manifest.columns)},
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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    """What tells one asset of a module from another."""

    name: str
    description: str
    code_version: str
    checks: Mapping[str, str]
    columns: Sequence[Column]
    deps: Sequence[Sequence[str]]
    partitioned: bool
    publisher: str = ""
    """Name of the publisher's dataset in the lineage; empty: it has none."""
    made_by: dict[str, JsonValue]
    """Kept in the record, so that the app can say why an answer is out of date."""


def _made_by(manifest: ModuleManifest, settings: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        "module_version": manifest.version,
        "module_data_version": manifest.data_version,
        "settings": filled_settings(manifest, settings),
    }


def _asset(manifest: ModuleManifest, plan: _Plan, work: Work) -> dg.AssetsDefinition:
    import dagster as dg

    key = dg.AssetKey([manifest.id, plan.name])

    def body(context: dg.AssetExecutionContext) -> Iterator[Any]:
        with progress.of_asset("/".join(key.path)):
            dataset = work(context)
        if plan.publisher:
            yield _noticed([manifest.id, plan.publisher], dataset)
        dataset.metadata.update(plan.made_by)
        yield dg.Output(dataset)
        yield from (_check_event(verdict) for verdict in dataset.checks)

    body.__annotations__.clear()  # Dagster reads them, and cannot resolve a name that only this function knows
    return dg.asset(
        key=key,
        deps=[dg.AssetKey(list(dep)) for dep in plan.deps],
        description=plan.description,
        metadata={"dagster/column_schema": _column_schema(plan.columns)},
        group_name=fold(manifest.id),
        kinds={"parquet"},
        tags={"genoteca/module": manifest.id, **({PUBLISHER_TAG: plan.publisher} if plan.publisher else {})},
        code_version=plan.code_version,
        io_manager_key=IO_MANAGER,
        required_resource_keys={PATHS, FETCH, ENGINE},
        partitions_def=dg.DynamicPartitionsDefinition(name=PARTITIONS) if plan.partitioned else None,
        check_specs=[dg.AssetCheckSpec(name, asset=key, description=told) for name, told in plan.checks.items()],
    )(body)


def _noticed(key: Sequence[str], dataset: Dataset) -> Any:
    """Note the publisher's dataset as it was fetched."""
    import dagster as dg

    files = dataset.metadata.get("files")
    told: dict[str, Any] = {
        "release": dataset.release,
        "files": dg.MetadataValue.json(files if isinstance(files, list) else []),
    }
    return dg.AssetMaterialization(asset_key=dg.AssetKey(key), description="As it was fetched.", metadata=told)


def _check_event(verdict: CheckResult) -> Any:
    import dagster as dg

    return dg.AssetCheckResult(
        check_name=verdict.name,
        passed=verdict.passed,
        severity=dg.AssetCheckSeverity.ERROR,
        description=verdict.description,
    )


def _column_schema(columns: Iterable[Column]) -> Any:
    import dagster as dg

    return dg.TableSchema(
        columns=[dg.TableColumn(column.name, column.type.value, description=_meaning(column)) for column in columns]
    )


def _meaning(column: Column) -> str:
    empty = f"Empty: {column.null}." if column.null else ""
    return " ".join(filter(None, [f"{column.label}.", column.description, empty]))
