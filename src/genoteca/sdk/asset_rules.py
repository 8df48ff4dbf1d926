"""Rules on the definitions that a module builds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from genoteca.model.module import ModuleManifest, fold
from genoteca.model.report import REPORT
from genoteca.sdk.assets import PARTITIONS, PUBLISHER_TAG
from genoteca.sdk.finding import Broken
from genoteca.sdk.resources import IO_MANAGER, RESOURCES

if TYPE_CHECKING:
    import dagster as dg

__all__ = ["ASSET_RULES", "CORE_ASSETS"]

CORE_ASSETS = frozenset(
    ("sample", name) for name in ("source", "variants", "coverage", "structural", "lifted", "annotated")
)
"""What the app makes for every sample, and a module may build upon."""

_GIVEN = RESOURCES | {IO_MANAGER, "io_manager"}
_FACTORIES = "Make assets with reference_asset, annotation_asset and their kin, which set this."


def only_assets_are_contributed(_: ModuleManifest, definitions: dg.Definitions) -> str:
    """A module brings assets: no resources, jobs, schedules, sensors, loggers, executor or checks of others."""
    import dagster as dg

    for what in ("resources", "jobs", "schedules", "sensors", "loggers", "asset_checks", "executor"):
        if getattr(definitions, what):
            raise Broken(
                f"The definitions hold {what}.", hint="The app provides everything but assets; leave it out."
            )
    for asset in definitions.assets or ():
        if not isinstance(asset, dg.AssetsDefinition) or not asset.is_executable:
            raise Broken(f"{asset!r} is no asset that can be made.", hint=_FACTORIES)
        if asset.resource_defs:
            raise Broken(f"{_names(asset)} brings its own resources.", hint="Use those the app provides.")
    return "Assets only."


def keys_start_with_the_id(manifest: ModuleManifest, definitions: dg.Definitions) -> str:
    """Every asset key is `[id, name]`: no part of the app's or of another module's."""
    for spec in _specs(definitions):
        path = list(spec.key.path)
        if len(path) < 2 or path[0] != manifest.id:
            near = " (- and _ differ here)" if fold(path[0]) == fold(manifest.id) else ""
            raise Broken(
                f"The asset key {path} does not start with {manifest.id!r}{near}.",
                hint=f"Name it [{manifest.id!r}, {path[-1]!r}].",
            )
        if path[1:] == [REPORT]:
            raise Broken(
                f"The asset {_joined(spec.key)} is made by the app, from the hook report_section.",
                hint="Give the asset another name.",
            )
    return f"Every key starts with {manifest.id}."


def keys_are_unique(_: ModuleManifest, definitions: dg.Definitions) -> str:
    """No asset is made twice: Dagster merges such definitions without a word."""
    counts = Counter(_joined(spec.key) for spec in _specs(definitions))
    if double := sorted(key for key, count in counts.items() if count > 1):
        raise Broken(f"Made more than once: {', '.join(double)}.", hint="Keep one definition of each asset.")
    return f"{len(counts)} assets."


def annotations_are_there(manifest: ModuleManifest, definitions: dg.Definitions) -> str:
    """There is `[id, "annotations"]`, partitioned by sample, unless the module only provides something."""
    import dagster as dg

    if not manifest.annotates:
        return f"It answers for no sample; it provides {', '.join(manifest.provides)}."
    expected = dg.DynamicPartitionsDefinition(name=PARTITIONS)
    for spec in _specs(definitions):
        if list(spec.key.path) == [manifest.id, "annotations"]:
            if spec.partitions_def != expected:
                raise Broken(f"{_joined(spec.key)} is not partitioned by {PARTITIONS}.", hint=_FACTORIES)
            return f"{_joined(spec.key)}, one partition per sample."
    raise Broken(f"There is no asset {manifest.id}/annotations.", hint="Make it with annotation_asset.")


def assets_use_what_the_app_gives(_: ModuleManifest, definitions: dg.Definitions) -> str:
    """Every asset is stored by the app, and asks for no resource the app does not have."""
    for asset in _assets(definitions):
        for key in asset.keys:
            if (manager := asset.get_io_manager_key_for_asset_key(key)) != IO_MANAGER:
                raise Broken(f"{_joined(key)} is stored by {manager!r}, not by {IO_MANAGER!r}.", hint=_FACTORIES)
        if foreign := sorted(asset.required_resource_keys - _GIVEN):
            raise Broken(
                f"{_names(asset)} asks for {', '.join(foreign)}.", hint=f"There are {', '.join(sorted(RESOURCES))}."
            )
    return f"Stored by {IO_MANAGER}."


def assets_have_code_versions(_: ModuleManifest, definitions: dg.Definitions) -> str:
    """Every asset says its code version: without one, nothing can be found out of date."""
    if silent := [_joined(spec.key) for spec in _specs(definitions) if not spec.code_version]:
        raise Broken(f"No code version: {', '.join(silent)}.", hint=_FACTORIES)
    return "Every asset has a code version."


def dependencies_are_known(manifest: ModuleManifest, definitions: dg.Definitions) -> str:
    """Every asset depends on the app's, on the module's own, or on those of a module it requires."""
    own = {tuple(spec.key.path) for spec in _specs(definitions)}
    for spec in _specs(definitions):
        published = (manifest.id, spec.tags.get(PUBLISHER_TAG, ""))
        for dep in spec.deps:
            path = tuple(dep.asset_key.path)
            if path not in own | CORE_ASSETS | {published} and path[0] not in manifest.requires:
                raise Broken(
                    f"{_joined(spec.key)} depends on {'/'.join(path)}, which nobody makes.",
                    hint="Depend on sample/variants, sample/coverage, own assets, or a module named in requires.",
                )
    return "Every dependency is made by someone."


ASSET_RULES = (
    only_assets_are_contributed,
    keys_start_with_the_id,
    keys_are_unique,
    annotations_are_there,
    assets_use_what_the_app_gives,
    assets_have_code_versions,
    dependencies_are_known,
)


def _assets(definitions: dg.Definitions) -> Iterator[dg.AssetsDefinition]:
    import dagster as dg

    # The definitions of a module alone cannot be resolved: the app's resources and assets are not there yet.
    for asset in definitions.assets or ():
        if isinstance(asset, dg.AssetsDefinition):
            yield asset


def _specs(definitions: dg.Definitions) -> Iterator[dg.AssetSpec]:
    for asset in _assets(definitions):
        yield from asset.specs


def _joined(key: Any) -> str:
    return "/".join(key.path)


def _names(asset: dg.AssetsDefinition) -> str:
    return ", ".join(_joined(key) for key in asset.keys)
