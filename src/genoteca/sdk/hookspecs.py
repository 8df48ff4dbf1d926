"""The two hooks that every module implements, two for columns that depend on settings, and one for a report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pluggy

from genoteca.model.build import Build
from genoteca.model.column import AnnotationColumn
from genoteca.model.module import ModuleManifest
from genoteca.model.report import ReportSection
from genoteca.sdk.context import ModuleContext
from genoteca.sdk.result import ModuleResult

if TYPE_CHECKING:
    import dagster as dg

__all__ = [
    "PROJECT",
    "build_definitions",
    "describe_builds",
    "describe_columns",
    "describe_module",
    "hookimpl",
    "hookspec",
    "plugin_manager",
    "report_section",
]

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


@hookspec(firstresult=True)
def describe_columns(context: ModuleContext) -> Sequence[AnnotationColumn]:  # type: ignore[empty-body]  # as above
    """Give the columns that the module has under its settings. Optional.

    Asked of a module whose manifest says `columns_from = "settings"`, in a child process, when it is installed and
    whenever its settings change; what it gives is kept, and stands in the manifest for every screen, command, export
    and worker (`context.settled`) until it is asked again. It may read the file that a setting names; it must be
    quick, ask for no network and write nothing.

    Args:
        context: the module's id, versions, and settings as the user left them.

    Returns:
        The columns; none while the module is not set up: it then cannot be asked about a sample.

    Raises:
        GenotecaError: the settings cannot be used, with what was found and what is missing. They are not kept.

    """


@hookspec(firstresult=True)
def describe_builds(context: ModuleContext) -> Sequence[Build]:  # type: ignore[empty-body]  # as above
    """Give the genome builds that the module has data of under its settings. Optional, beside `describe_columns`.

    Args:
        context: the module's id, versions, and settings as the user left them.

    Returns:
        The builds; samples of another one are answered by lifting, as for any module.

    Raises:
        GenotecaError: the settings do not say; they are not kept.

    """


@hookspec(firstresult=True)
def report_section(context: ModuleContext, result: ModuleResult) -> ReportSection:  # type: ignore[empty-body]  # as above
    """Say in words what the module found in one sample. Optional.

    Asked of a module whose manifest names its section (`[report]` with a `title`, and no `template`), in the worker,
    after its annotations were written. The section is kept beside them, shown as text above their table, and out of
    date when they are. It must ask for no network and write nothing.

    Args:
        context: the module's id, versions, and settings as the user left them.
        result: the annotations as they were written, and their counts: the denominator.

    Returns:
        A title, a sentence, counts, findings with their evidence and citations, and what could not be told. It never
        says that nothing was found without what was looked at.

    Raises:
        GenotecaError: the section cannot be written; the annotations stand.

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
    describe_columns = staticmethod(describe_columns)
    describe_builds = staticmethod(describe_builds)
    report_section = staticmethod(report_section)
