"""A module materialized by Dagster in this process, and what came of it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from pydantic import JsonValue

from genoteca.errors import CheckError
from genoteca.model.evidence import Outcome
from genoteca.model.module import ModuleManifest
from genoteca.model.record import CheckResult, Record
from genoteca.model.report import REPORT, ReportSection
from genoteca.sdk.assets import PARTITIONS, SAMPLE_INPUTS
from genoteca.sdk.context import ModuleContext, filled_settings
from genoteca.sdk.data_module import DataModule
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.hookspecs import plugin_manager
from genoteca.sdk.isolated.module import IsolatedModule
from genoteca.sdk.local_resources import LocalEngine, LocalFetch, LocalPaths, keep
from genoteca.sdk.migrations import read_migrations_once
from genoteca.sdk.report_asset import with_report
from genoteca.sdk.resources import ENGINE, FETCH, IO_MANAGER, PATHS
from genoteca.sdk.tiny_sample import TinySample

if TYPE_CHECKING:
    import dagster as dg

__all__ = ["Materialized", "materialize"]

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""What goes wrong is raised; Dagster's own lines would bury it."""


@dataclass(frozen=True, kw_only=True)
class Materialized:
    """What a module said of a sample."""

    manifest: ModuleManifest
    paths: LocalPaths

    def record(self, name: str = "annotations") -> Record:
        """Give the record of one of the module's assets.

        Raises:
            DatasetError: it was not made.

        """
        return self.paths.stored([self.manifest.id, name]).record

    def dataset(self, name: str) -> pl.DataFrame:
        """Give the table of one of the module's assets.

        Raises:
            DatasetError: it was not made.

        """
        return pl.read_parquet(self.paths.stored([self.manifest.id, name]).path)

    @property
    def table(self) -> pl.DataFrame:
        """Give the annotations."""
        return self.dataset("annotations")

    @property
    def reference(self) -> pl.DataFrame:
        """Give the reference."""
        return self.dataset("reference")

    @property
    def report(self) -> ReportSection:
        """Give the report section."""
        return ReportSection.model_validate_json(self.paths.stored([self.manifest.id, REPORT]).path.read_bytes())

    @property
    def outcome(self) -> Outcome | None:
        """Give the outcome of the annotations."""
        return self.record().outcome

    @property
    def reason(self) -> str:
        """Say why the sample cannot be tested; empty: it can."""
        return self.record().reason

    @property
    def evidence(self) -> dict[str, int]:
        """Count the sites by evidence."""
        return self.record().evidence

    @property
    def failed_checks(self) -> list[CheckResult]:
        """Give the checks that failed, of every asset made."""
        made = [one for (module, *_), one in self.paths.datasets.items() if module == self.manifest.id]
        return [check for stored in made for check in stored.record.checks if check.failed]


def materialize(
    plugin: object,
    sample: TinySample,
    *,
    settings: Mapping[str, JsonValue],
    sources: Mapping[str, Path],
    built_on: Sequence[Materialized] = (),
) -> Materialized:
    """Make a module's assets: first those for everyone (in a build the module has), then those of the sample.

    `built_on`: what the modules that it requires made of the same sample.

    Raises:
        CheckError: a hook is missing, or a setting is not the module's.
        GenotecaError: what the module raised.

    """
    manager = plugin_manager()
    manager.register(plugin)
    manager.check_pending()
    manifest = manager.hook.describe_module()
    if manifest is None:
        raise CheckError("The plugin has no hook describe_module.", hint="Mark the function with @hookimpl.")
    if unknown := sorted(settings.keys() - manifest.settings.keys()):
        raise CheckError(f"No setting of {manifest.id}: {', '.join(unknown)}.")
    context = ModuleContext(
        module_id=manifest.id,
        version=manifest.version,
        data_version=manifest.data_version,
        settings=filled_settings(manifest, settings),
    )
    if manifest.columns_from == "settings":
        builds = manager.hook.describe_builds(context=context)
        columns = tuple(manager.hook.describe_columns(context=context))
        context = replace(context, columns=columns, builds=manifest.builds if builds is None else tuple(builds))
        manifest = context.settled(manifest)
    folder = Path(tempfile.mkdtemp(prefix=f"{manifest.id}-", dir=sample.folder))
    paths = LocalPaths(sample, folder, _folder_of(plugin))
    for other in built_on:
        paths.datasets |= other.paths.datasets
    made = Materialized(manifest=manifest, paths=paths)
    definitions = with_report(manager.hook.build_definitions(context=context), manifest, manager, context)
    _run(definitions, made, LocalFetch(sources))
    return made


def _folder_of(plugin: object) -> Path:
    if isinstance(plugin, DataModule | IsolatedModule):
        return plugin.folder
    home = sys.modules.get(getattr(plugin, "__module__", ""), plugin)
    return Path(str(getattr(home, "__file__", "."))).resolve().parent


def _run(definitions: dg.Definitions, made: Materialized, fetch: LocalFetch) -> None:
    import dagster as dg

    sample = made.paths.tiny.sample
    resources = {
        PATHS: dg.ResourceDefinition.hardcoded_resource(made.paths),
        FETCH: dg.ResourceDefinition.hardcoded_resource(fetch),
        ENGINE: dg.ResourceDefinition.hardcoded_resource(LocalEngine(made.paths.tiny)),
        IO_MANAGER: dg.IOManagerDefinition.hardcoded_io_manager(_io_manager(made.paths)),
    }
    there = [*SAMPLE_INPUTS, *([module, "annotations"] for module in made.manifest.requires)]
    given = [dg.AssetSpec(key, partitions_def=_partitions()) for key in there]
    whole = dg.Definitions.merge(definitions, dg.Definitions(assets=given, resources=resources))
    job = whole.resolve_implicit_global_asset_job_def()
    partitioned = {spec.key: spec.partitions_def is not None for spec in whole.resolve_all_asset_specs()}
    made_here = {key for asset in definitions.assets or () for key in getattr(asset, "keys", ())}
    own = {key: split for key, split in partitioned.items() if key in made_here}
    read_migrations_once()
    with dg.DagsterInstance.ephemeral(settings={"telemetry": {"enabled": False}}) as instance:
        instance.add_dynamic_partitions(PARTITIONS, [sample.id.key])
        shared = [key for key, split in own.items() if not split]
        if shared and sample.build in made.manifest.builds:
            job.execute_in_process(instance=instance, asset_selection=shared, run_config=_QUIET)
        if by_sample := [key for key, split in own.items() if split]:
            job.execute_in_process(
                instance=instance, partition_key=sample.id.key, asset_selection=by_sample, run_config=_QUIET
            )


def _partitions() -> Any:
    import dagster as dg

    return dg.DynamicPartitionsDefinition(name=PARTITIONS)


def _io_manager(paths: LocalPaths) -> Any:
    import dagster as dg

    class LocalIO(dg.IOManager):
        def handle_output(self, context: dg.OutputContext, obj: Dataset) -> None:
            keep(paths, context, obj)

        def load_input(self, context: dg.InputContext) -> Dataset:
            raise CheckError(
                f"{context.asset_key.to_user_string()} was taken as an argument.",
                hint="Name it in deps, and read it through genoteca_paths.",
            )

    return LocalIO()
