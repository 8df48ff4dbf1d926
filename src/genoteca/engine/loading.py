"""Loading a module in a worker: its code is imported here and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy
from pydantic import ValidationError

from genoteca.engine.modules import ModuleRef
from genoteca.errors import CheckError, GenotecaError, ManifestError, ModuleError
from genoteca.model.module import ModuleManifest, Tier
from genoteca.sdk.context import ModuleContext
from genoteca.sdk.data_module import data_plugin
from genoteca.sdk.hookspecs import PROJECT, plugin_manager
from genoteca.sdk.isolated.module import isolated_plugin

if TYPE_CHECKING:
    from dagster import Definitions

__all__ = ["Loaded", "load_module", "load_plugin", "settled_manifest"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """A module ready to be merged."""

    ref: ModuleRef
    plugin: object
    manifest: ModuleManifest
    definitions: Definitions


def load_module(ref: ModuleRef) -> Loaded:
    """Import a module, ask its two hooks, and look at what they give.

    Raises:
        ModuleError: it does not import, misspells a hook, leaves one out, or gives something else.

    """
    plugin = load_plugin(ref)
    manager = _registered(ref, plugin)
    manifest = _asked(ref, "describe_module", manager.hook.describe_module)
    if not isinstance(manifest, ModuleManifest):
        raise ManifestError(
            f"describe_module of {_name(ref)} gave {type(manifest).__name__}, expected ModuleManifest."
        )
    if ref.id and manifest.id != ref.id:
        raise CheckError(f"The module says it is {manifest.id!r}; it was installed as {ref.id!r}.")
    context = _context(ref, manifest)
    definitions = _asked(ref, "build_definitions", lambda: manager.hook.build_definitions(context=context))
    settled = context.settled(manifest)
    return Loaded(ref=ref, plugin=plugin, manifest=settled, definitions=_definitions(ref, definitions))


def settled_manifest(loaded: Loaded) -> ModuleManifest:
    """Ask a module whose columns depend on its settings which it has under them.

    Raises:
        GenotecaError: it cannot say, with its reason.
        CheckError: it gives something else.

    """
    ref, manifest = loaded.ref, loaded.manifest
    context = replace(_context(ref, manifest), columns=None, builds=None)
    hook = _registered(ref, loaded.plugin).hook
    columns = _asked(ref, "describe_columns", lambda: hook.describe_columns(context=context))
    builds = hook.describe_builds(context=context)
    try:
        return manifest.settled(columns, manifest.builds if builds is None else builds)  # type: ignore[arg-type]
    except (ValidationError, TypeError) as error:
        raise CheckError(
            f"describe_columns of {_name(ref)} gave no columns that fit: {error}",
            title="The module's columns cannot be used",
            hint="Tell its author.",
        ) from error


def _context(ref: ModuleRef, manifest: ModuleManifest) -> ModuleContext:
    return ModuleContext(
        module_id=manifest.id,
        version=manifest.version,
        data_version=manifest.data_version,
        settings=ref.settings,
        columns=ref.columns,
        builds=ref.builds,
    )


def load_plugin(ref: ModuleRef) -> object:
    """Give the plugin object; of a data or an isolated module, the app's own wrapper: its package is never imported.

    Raises:
        ModuleError: the import failed.

    """
    if ref.tier is Tier.DATA:
        return data_plugin(ref.folder)
    if ref.tier is Tier.ISOLATED:
        return isolated_plugin(ref.folder)
    _make_importable(ref.site)
    try:
        return EntryPoint(name=ref.id, value=ref.entry, group=PROJECT).load()
    except GenotecaError:
        raise
    except (Exception, SystemExit) as error:
        raise ModuleError(
            f"Importing {ref.entry} failed: {type(error).__name__}: {error}",
            title="The module cannot be imported",
            hint="Ask its author, or install another version.",
        ) from error


def _make_importable(site: Path | None) -> None:
    """Append the site folder, so that nothing in it can take the place of the app's own packages."""
    if site is not None and str(site) not in sys.path:
        sys.path.append(str(site))


def _registered(ref: ModuleRef, plugin: object) -> pluggy.PluginManager:
    manager = plugin_manager()
    try:
        manager.register(plugin, name=ref.id or ref.entry)
        manager.check_pending()
    except (pluggy.PluginValidationError, ValueError) as error:
        raise CheckError(
            f"{_name(ref)} implements a hook that does not exist, or with other arguments: {error}",
            title="The module does not fit its hooks",
            hint="The hooks are describe_module(), build_definitions(context), describe_columns(context) and "
            "describe_builds(context).",
        ) from error
    return manager


def _asked(ref: ModuleRef, hook: str, call: Callable[[], object]) -> object:
    """Call a hook; what goes wrong inside becomes a module error."""
    try:
        answer = call()
    except GenotecaError:
        raise
    except (Exception, SystemExit) as error:
        kind = ManifestError if hook == "describe_module" else ModuleError
        raise kind(f"{hook} of {_name(ref)} failed: {type(error).__name__}: {error}") from error
    if answer is None:
        raise CheckError(
            f"{_name(ref)} does not implement {hook}, or it gives nothing.",
            title="A hook is missing",
            hint=f"Mark the function {hook} with genoteca.sdk.hookimpl.",
        )
    return answer


def _definitions(ref: ModuleRef, found: object) -> Definitions:
    from dagster import Definitions

    if not isinstance(found, Definitions):
        raise CheckError(f"build_definitions of {_name(ref)} gave {type(found).__name__}, expected Definitions.")
    return found


def _name(ref: ModuleRef) -> str:
    return ref.id or ref.entry
