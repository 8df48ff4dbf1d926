"""The merged definitions: the core assets and every module's."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from genoteca.engine.core_assets import core_assets
from genoteca.engine.io import ParquetIO
from genoteca.engine.loading import Loaded
from genoteca.engine.resources import Scope, resources_of
from genoteca.errors import CheckError
from genoteca.sdk.assets import PUBLISHER_TAG
from genoteca.sdk.resources import IO_MANAGER
from genoteca.settings import Settings

__all__ = ["core_definitions", "fitting", "merged", "unmade"]


def core_definitions(settings: Settings, scope: Scope) -> dg.Definitions:
    """Give the core assets with the app's resources."""
    digests = {one.ref.id: one.ref.digest for one in scope.modules if one.ref.digest}
    keeping = ParquetIO(settings.layout, digests, keep=settings.keep_results, held=scope.held)
    return dg.Definitions(
        assets=core_assets([one.manifest for one in scope.modules]),
        resources={**resources_of(settings, scope), IO_MANAGER: keeping},
        # One run in one process: Dagster's default starts Python anew for every asset.
        executor=dg.in_process_executor,
    )


def merged(core: dg.Definitions, modules: Sequence[Loaded]) -> dg.Definitions:
    """Merge modules into the core and validate the whole.

    Raises:
        CheckError: they do not fit together; the message names the module that was added last.

    """
    try:
        return _valid(core, *modules)
    except dg.DagsterError:
        whole = core
        for module in modules:  # which one it is
            whole = _with(whole, module)
        return whole


def fitting(core: dg.Definitions, modules: Sequence[Loaded]) -> tuple[list[Loaded], dict[str, CheckError]]:
    """Part the modules that fit together from those that do not fit with the ones before; these with why, by id."""
    try:
        _valid(core, *modules)
    except dg.DagsterError:
        found: list[Loaded] = []
        misfits: dict[str, CheckError] = {}
        for module in modules:
            try:
                core = _with(core, module)
            except CheckError as error:
                misfits[module.manifest.id] = error
            else:
                found.append(module)
        return found, misfits
    return list(modules), {}


def unmade(whole: dg.Definitions, module: Loaded) -> list[str]:
    """Give the keys (joined with `/`) that a module's assets depend on and that nobody makes.

    Dagster takes such a key for an asset made elsewhere and says nothing. That is right for a publisher's dataset.
    """
    graph = whole.resolve_asset_graph()
    made = set(graph.materializable_asset_keys)
    own = [node for node in graph.asset_nodes if node.key in made and node.key.path[0] == module.manifest.id]
    known = made | {dg.AssetKey([module.manifest.id, node.tags.get(PUBLISHER_TAG, "")]) for node in own}
    return sorted({"/".join(parent.path) for node in own for parent in node.parent_keys if parent not in known})


def _valid(whole: dg.Definitions, *modules: Loaded) -> dg.Definitions:
    together = dg.Definitions.merge(whole, *(module.definitions for module in modules))
    dg.Definitions.validate_loadable(together)
    return together


def _with(whole: dg.Definitions, module: Loaded) -> dg.Definitions:
    try:
        return _valid(whole, module)
    except dg.DagsterError as error:
        raise CheckError(
            f"The assets of {module.manifest.id} do not fit with the others: {error}",
            title="The module's assets do not fit",
            hint="Every asset key must be made once, start with the module's id, and use only the app's resources.",
        ) from error
