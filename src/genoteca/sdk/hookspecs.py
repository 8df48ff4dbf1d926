"""The two hooks that every module implements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

from genoteca.model.module import ModuleManifest
from genoteca.sdk.context import ModuleContext

if TYPE_CHECKING:
    import dagster as dg

__all__ = ["PROJECT", "build_definitions", "describe_module", "hookimpl", "hookspec", "plugin_manager"]

PROJECT = "genoteca"
"""Name of the pluggy project, and of the entry-point group under which a module registers."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a module's function or method as the implementation of the hook of its name."""


@hookspec(firstresult=True)
def describe_module() -> ModuleManifest:  # type: ignore[empty-body]  # a hook specification has no body
    """Say what the module is.

    Called before anything of the module runs, and often: it must be quick, ask for no network and write nothing.

    Args:
        None.

    Returns:
        The manifest. Its id is the first part of every asset key of the module.

    Raises:
        ManifestError: the manifest is not valid; the module is set aside with this reason on its card.

    """


@hookspec(firstresult=True)
def build_definitions(context: ModuleContext) -> dg.Definitions:  # type: ignore[empty-body]  # as above
    """Give the module's assets.

    Called in a worker, once per run. Only assets are taken: resources, jobs, schedules and sensors are the app's.

    Args:
        context: the module's id, versions, and settings as the user left them.

    Returns:
        Definitions with `[id, "reference"]`, `[id, "annotations"]`, and further assets under `[id, …]`, made by
        `reference_asset`, `annotation_asset` and their kin, which set partitions, IO manager, checks and metadata.

    Raises:
        ModuleError: the module cannot work as it is set up; it is set aside with this reason on its card.

    """


def plugin_manager() -> pluggy.PluginManager:
    """Make a plugin manager that knows the hooks; every module gets its own."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(_Specification)
    return manager


class _Specification:
    """The hooks as pluggy looks them up."""

    describe_module = staticmethod(describe_module)
    build_definitions = staticmethod(build_definitions)
