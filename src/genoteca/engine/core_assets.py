"""The assets every sample has: the file as given, and the tables read from it. The bodies call plain functions."""

# No postponed annotations here: Dagster looks at the type of `context`, and cannot read it from a text.
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from genoteca.engine.lifting import LIFT_VERSION, lifted_dataset
from genoteca.engine.reader import READER_VERSION
from genoteca.engine.reading import read_sample_file, source_dataset
from genoteca.model.column import COVERAGE, LIFTED_VARIANTS, STRUCTURAL, VARIANTS, Column
from genoteca.model.module import ModuleManifest
from genoteca.sdk import progress
from genoteca.sdk.assets import PARTITIONS
from genoteca.sdk.check_events import blocked_by, check_events, refuse
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.described import column_schema
from genoteca.sdk.resources import IO_MANAGER, PATHS

__all__ = ["core_assets"]

JOIN_VERSION = 2
"""Raised when joining gives another table of the same answers."""

STRETCHES = {
    "schema": "Columns and types as declared.",
    "ranges": "Values within the declared limits.",
    "sorted": "Sorted by chromosome and start, every row looked at.",
}

CHECKS = {
    "variants": {
        "schema": "Columns and types as declared.",
        "ranges": "Values within the declared limits.",
        "sorted": "Sorted by key, every row looked at.",
        "reconciles": "Records read = records kept + records set aside.",
        "reference_bases": "The file's reference letters are those of the installed reference sequence.",
        "ti_tv": "Ti/Tv in the range of such files, where enough letters changed.",
        "het_hom": "Het/hom in the range of such files, where there are enough calls.",
    },
    "coverage": STRETCHES,
    "structural": STRETCHES,
}

LIFTED_CHECKS = {
    "schema": "Columns and types as declared.",
    "reconciles": "Variant rows = rows lifted + rows set aside.",
}


JOINED_CHECKS = {
    "schema": "Columns and types as declared.",
    "reconciles": "Rows = variants + further answers + sites without a variant; every answer in exactly one.",
}


def core_assets(modules: Sequence[ModuleManifest] = ()) -> list[dg.AssetsDefinition]:
    """Make the assets of every sample: `source`, `variants`, `coverage`, `structural`, `lifted` and `annotated`.

    `modules`: those whose answers `annotated` joins.
    """
    return [_source(), _tables(), _lifted(), _annotated([one for one in modules if one.annotates])]


def _source() -> dg.AssetsDefinition:
    @dg.asset(
        key=["sample", "source"],
        partitions_def=dg.DynamicPartitionsDefinition(name=PARTITIONS),
        code_version="1",
        group_name="sample",
        description="The genome file as given: its size and sha256. The file itself stays where it is.",
        kinds={"file"},
        io_manager_key=IO_MANAGER,
        required_resource_keys={PATHS},
    )
    def source(context: dg.AssetExecutionContext) -> Any:
        with progress.of_asset("sample/source"):
            paths = context.resources.genoteca_paths
            known = paths.known_sha256(["sample", "source"], context.partition_key)
            return source_dataset(paths.sample(context.partition_key), progress.report, before=known)

    return source


def _tables() -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="sample__tables",
        specs=[
            _spec("variants", VARIANTS, "One row per ALT allele of a kept record, sorted by key."),
            _spec("coverage", COVERAGE, "Reference blocks, homozygous reference records and no-calls."),
            _spec("structural", STRUCTURAL, "One row per symbolic ALT or breakend, sorted by chromosome and start."),
        ],
        partitions_def=dg.DynamicPartitionsDefinition(name=PARTITIONS),
        required_resource_keys={PATHS},
        check_specs=[
            dg.AssetCheckSpec(name, asset=dg.AssetKey(["sample", asset]), description=told)
            for asset, checks in CHECKS.items()
            for name, told in checks.items()
        ],
        can_subset=True,  # only so is a check left without a verdict, where there was nothing to look at
    )
    def tables(context: dg.AssetExecutionContext) -> Any:
        with progress.of_asset("sample/variants"):
            made = read_sample_file(context.resources.genoteca_paths, context.partition_key, progress.report)
        yield from _results(made)

    return tables


def _lifted() -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="sample__lifted",
        specs=[
            _spec(
                "lifted",
                LIFTED_VARIANTS,
                "The variants in another build, for modules with rows only where an allele is carried.",
                deps=("variants",),
                code_version=str(LIFT_VERSION),
            )
        ],
        partitions_def=dg.DynamicPartitionsDefinition(name=PARTITIONS),
        required_resource_keys={PATHS},
        check_specs=[
            dg.AssetCheckSpec(name, asset=dg.AssetKey(["sample", "lifted"]), description=told)
            for name, told in LIFTED_CHECKS.items()
        ],
    )
    def lifted(context: dg.AssetExecutionContext) -> Any:
        with progress.of_asset("sample/lifted"):
            made = lifted_dataset(context.resources.genoteca_paths, context.partition_key, progress.report)
        yield from _results({"lifted": made})

    return lifted


def _annotated(modules: Sequence[ModuleManifest]) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="sample__annotated",
        specs=[
            dg.AssetSpec(
                ["sample", "annotated"],
                deps=[
                    dg.AssetKey(["sample", "variants"]),
                    *(dg.AssetKey([one.id, "annotations"]) for one in modules),
                ],
                description="The wide table: one row per variant with what every module says; then other sites.",
                code_version=str(JOIN_VERSION),
                group_name="sample",
                kinds={"parquet"},
                metadata={"dagster/io_manager_key": IO_MANAGER},
            )
        ],
        partitions_def=dg.DynamicPartitionsDefinition(name=PARTITIONS),
        required_resource_keys={PATHS},
        check_specs=[
            dg.AssetCheckSpec(name, asset=dg.AssetKey(["sample", "annotated"]), description=told)
            for name, told in JOINED_CHECKS.items()
        ],
    )
    def annotated(context: dg.AssetExecutionContext) -> Any:
        from genoteca.engine.joining import joined_dataset  # only now: what writes files would slow every worker down

        with progress.of_asset("sample/annotated"):
            paths = context.resources.genoteca_paths
            made = joined_dataset(paths, context.partition_key, modules, progress.report)
        yield from _results({"annotated": made})

    return annotated


def _results(made: Mapping[str, Dataset]) -> Iterator[Any]:
    """Hand every table and its verdicts to Dagster; where one must not be taken, none of them is."""
    verdicts = {name: [*check_events(["sample", name], dataset.checks)] for name, dataset in made.items()}
    for name, dataset in made.items():
        if against := blocked_by(dataset):
            yield from (event for events in verdicts.values() for event in events)
            raise refuse(["sample", name], against)
    for name, dataset in made.items():
        yield dg.MaterializeResult(asset_key=["sample", name], value=dataset, check_results=verdicts[name])


def _spec(
    name: str,
    columns: Sequence[Column],
    description: str,
    *,
    deps: Sequence[str] = ("source",),
    code_version: str = str(READER_VERSION),
) -> dg.AssetSpec:
    return dg.AssetSpec(
        ["sample", name],
        deps=[dg.AssetKey(["sample", dep]) for dep in deps],
        description=description,
        code_version=code_version,
        group_name="sample",
        kinds={"parquet"},
        metadata={"dagster/io_manager_key": IO_MANAGER, "dagster/column_schema": column_schema(columns)},
    )
