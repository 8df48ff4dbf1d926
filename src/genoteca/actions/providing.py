"""What modules provide for the app: whether it is there, how it is fetched, which genomes were read without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genoteca.actions import references
from genoteca.actions.chains import enqueue_shared
from genoteca.actions.module_views import Provided
from genoteca.actions.troubles import trouble_of
from genoteca.engine.capabilities import capability
from genoteca.engine.release_choice import release_name
from genoteca.errors import DatasetError, InputError, NotFoundError, RunError
from genoteca.model.build import Build
from genoteca.model.run import Run, RunStatus

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.module import ModuleManifest
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = ["prepare_module", "provided_by", "ready_release", "require_prepared"]


def prepare_module(app: App, module_id: str, build: str, *, force: bool = False) -> str:
    """Queue the making of a module's reference in one build, also where there is one; gives the run.

    What is in the cache, and is what the publisher has, is not fetched again, unless `force`.

    Raises:
        NotFoundError: no such module is installed and usable.
        InputError: it has no such build.

    """
    module = _prepares(app, module_id, build)
    return enqueue_shared(app, module, Build(build), [module_id, "reference"], "asked for", force=force)


def ready_release(app: App, module_id: str, build: str) -> str:
    """Name the release of a module that is ready in a build, so that nothing need be prepared; empty: none is.

    Raises:
        NotFoundError: no such module is installed and usable.
        InputError: it has no such build, or a release was chosen that cannot be used.

    """
    why, _ = references.reference_wanted(app.layout, _prepares(app, module_id, build), Build(build))
    stored = references.reference_of(app.layout, module_id, Build(build))
    return "" if why or stored is None else release_name(stored.record)


def _prepares(app: App, module_id: str, build: str) -> InstalledModule:
    """Give a module that has a reference of its own in this build."""
    usable = references.usable_modules(app.layout)
    if module_id not in usable:
        raise NotFoundError(
            f"No usable module {module_id!r} is installed.", hint=f"Run: genoteca modules install {module_id}"
        )
    manifest = usable[module_id].sound_manifest()
    builds = manifest.builds
    if build not in builds:
        raise InputError(f"{module_id} has no {build!r}.", hint=f"It has {', '.join(builds)}.")
    if not manifest.annotates and not any(name.endswith(f":{build}") for name in manifest.provides):
        raise InputError(
            f"{module_id} has nothing of {build} by itself.", hint="What it has is fetched when a genome needs it."
        )
    return usable[module_id]


def require_prepared(run: Run) -> None:
    """Check that a run of `prepare_module` made what it should.

    Raises:
        RunError: it failed, or was cancelled.

    """
    if run.status is not RunStatus.SUCCEEDED:
        trouble = trouble_of(run)
        raise RunError(trouble.message, title=trouble.title, hint=trouble.hint)


def provided_by(app: App, manifest: ModuleManifest) -> list[Provided]:
    """Give what a module provides, and where it stands."""
    return [_provided(name, manifest, _there(app, name)) for name in manifest.provides]


def _there(app: App, name: str) -> Stored | None:
    try:
        return capability(app.layout, name)
    except DatasetError:  # the doctor tells of it; a module's card and a genome's are shown all the same
        return None


def _provided(name: str, manifest: ModuleManifest, stored: Stored | None) -> Provided:
    build = name.rpartition(":")[2]
    return Provided(
        name=name,
        build=build if build in manifest.builds else "",
        release=stored.record.release if stored else "",
        bytes=stored.record.bytes if stored else 0,
        when=stored.record.created if stored else None,
    )
