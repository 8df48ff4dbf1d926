"""One asset of a module as planned, made into Dagster's: partitions, checks, column schema, what its record keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from genoteca.model.column import Column
from genoteca.model.module import ModuleManifest, fold
from genoteca.sdk import progress
from genoteca.sdk.check_events import blocked_by, check_events, refuse
from genoteca.sdk.closed import GATES, Gates, gates_of, without_figures
from genoteca.sdk.context import filled_settings
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.described import column_schema, described, told_of_module
from genoteca.sdk.made_with import IDENTITY
from genoteca.sdk.resources import ENGINE, FETCH, IO_MANAGER, PATHS
from genoteca.sdk.usage import Meter

if TYPE_CHECKING:
    import dagster as dg

__all__ = ["PARTITIONS", "PUBLISHER_TAG", "Plan", "Work", "made_by", "planned_asset"]

PUBLISHER_TAG = "genoteca/publisher"
"""On a reference: the name under which its publisher's dataset stands in the lineage."""

PARTITIONS = "samples"
"""Name of the dynamic partitions; a key is `user/sample`."""

Work = Callable[[Any], Dataset]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
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
    kind: str = "parquet"
    """What sort of file it is, as Dagster's catalogue marks it."""
    made_by: dict[str, JsonValue]
    """Kept in the record, so that the app can say why an answer is out of date."""


def made_by(manifest: ModuleManifest, settings: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Give what a record keeps of the module that made it."""
    return {
        "module_version": manifest.version,
        "module_data_version": manifest.data_version,
        "settings": filled_settings(manifest, settings),
        GATES: gates_of(manifest).value,
        **({IDENTITY: list(manifest.identity)} if manifest.identity else {}),
    }


def planned_asset(manifest: ModuleManifest, plan: Plan, work: Work) -> dg.AssetsDefinition:
    """Make the asset of a plan; `work` is given Dagster's context."""
    import dagster as dg

    key = dg.AssetKey([manifest.id, plan.name])

    def body(context: dg.AssetExecutionContext) -> Iterator[Any]:
        meter = Meter.start()
        with progress.of_asset("/".join(key.path)):
            dataset = work(context)
        gates = gates_of(manifest) if plan.partitioned else Gates.NONE
        verdicts = check_events(key.path, without_figures(dataset.checks, gates))
        if against := blocked_by(dataset):
            yield from verdicts
            raise refuse(key.path, without_figures(against, gates))
        if plan.publisher:
            yield _noticed([manifest.id, plan.publisher], dataset)
        dataset.metadata.update(plan.made_by)
        dataset.meter = meter
        yield dg.MaterializeResult(asset_key=key, value=dataset, check_results=[*verdicts])

    body.__annotations__.clear()  # Dagster reads them, and cannot resolve a name that only this function knows
    return dg.multi_asset(
        name="__".join(fold(part) for part in key.path),
        specs=[
            dg.AssetSpec(
                key,
                deps=[dg.AssetKey(list(dep)) for dep in plan.deps],
                description=described(manifest, plan.description),
                metadata={
                    **told_of_module(manifest),
                    **({"dagster/column_schema": column_schema(plan.columns)} if plan.columns else {}),
                    "dagster/io_manager_key": IO_MANAGER,
                },
                group_name=fold(manifest.id),
                kinds={plan.kind},
                tags={
                    "genoteca/module": manifest.id,
                    **({PUBLISHER_TAG: plan.publisher} if plan.publisher else {}),
                },
                code_version=plan.code_version,
            )
        ],
        required_resource_keys={PATHS, FETCH, ENGINE},
        partitions_def=dg.DynamicPartitionsDefinition(name=PARTITIONS) if plan.partitioned else None,
        check_specs=[dg.AssetCheckSpec(name, asset=key, description=told) for name, told in plan.checks.items()],
        can_subset=True,  # only so is a check left without a verdict, where there was nothing to look at
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
