"""The data of a module: which releases are there, which is used, and whether its publisher has a newer one."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from genoteca.actions import references
from genoteca.actions.module_views import DataRelease, DataUpdate, ModuleData
from genoteca.engine import records
from genoteca.engine.hosts import hosts_of
from genoteca.engine.hub import HubAccess
from genoteca.engine.kinship import chromosomes_of
from genoteca.engine.news_notes import NewsNote, NewsNotes
from genoteca.engine.publisher_news import PublisherDesk, can_be_asked, is_newer
from genoteca.engine.release_choice import ANY_BUILD, chosen_releases, release_name
from genoteca.engine.releases import Release, drop_release, named_release, releases_of, use_release
from genoteca.errors import DatasetError, FetchError, InputError, NotFoundError
from genoteca.model.run import Run, RunKind, RunStatus
from genoteca.store.preferences import Preferences, own_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genoteca.actions.app import App
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = [
    "NEWEST",
    "check_updates",
    "check_updates_when_due",
    "choose_data_release",
    "drop_data_release",
    "known_updates",
    "module_data",
    "next_check",
]

NEWEST = "newest"
"""Stands for no choice: the newest release that is there."""
PERIODS = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}

LOG = logging.getLogger(__name__)


def module_data(app: App, module_id: str) -> ModuleData:
    """Give the releases of a module's data, newest first, and what its publisher said when it was last asked.

    Raises:
        NotFoundError: no such module is installed and usable.
        DatasetError: a record is damaged.

    """
    module = _usable(app, module_id)
    manifest = module.sound_manifest()
    chosen = set(chosen_releases(app.layout, module_id).values())
    found = releases_of(app.layout, module_id)
    there = {build for release in found for build in release.builds}
    builds = [build for build in manifest.builds if manifest.annotates or _provides(module, build)]
    notes = NewsNotes(app.layout.database).of(module_id)
    source = own_source(manifest, Preferences(app.layout.database).values(manifest))
    missing = [build for build in builds if build not in there]
    return ModuleData(
        module=module_id,
        releases=[_release(module, one, chosen=one.name in chosen) for one in found],
        missing=[build for build in missing if _may_be_in(source, build, found)],
        own_source=source,
        updates=_updates(app, module, notes),
        checked=max((note.checked for note in notes), default=None),
        problems=sorted({note.problem for note in notes if note.problem}),
        runs=[run.id for run in _at_work(app) if run.request.modules == [module_id]],
        can_check=any(can_be_asked(one.record) for one in records.for_everyone(app.layout, module_id)),
        fetches=bool(manifest.permissions.network),
    )


def choose_data_release(app: App, module_id: str, name: str) -> str:
    """Use a release of a module's data from now on, in every build that has it; `newest`: no choice. Gives its name.

    Answers made with another one are then out of date.

    Raises:
        NotFoundError: no such module or release.
        InputError: it was made for another version of the module, or has other columns.

    """
    module = _usable(app, module_id)
    if name == NEWEST:
        use_release(app.layout, module_id, None)
        return NEWEST
    release = named_release(releases_of(app.layout, module_id), name, module_id)
    if why := _why_unusable(module, release):
        raise InputError(
            f"{release.name} cannot be used: {why}.",
            title="This release cannot be used",
            hint=f"Fetch it anew, or drop it: genoteca modules release {module_id} --drop {release.name}",
        )
    use_release(app.layout, module_id, release)
    return release.name


def drop_data_release(app: App, module_id: str, name: str) -> int:
    """Delete a release of a module's data; gives how many bytes became free.

    Raises:
        NotFoundError: no such module or release.
        InputError: a run is queued or at work that may need it, or it cannot be deleted.

    """
    _usable(app, module_id)
    release = named_release(releases_of(app.layout, module_id), name, module_id)
    if app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.CANCELLING):
        raise InputError(
            f"{release.name} of {module_id} was not deleted: a run is queued or at work, and may need it.",
            title="Something is at work",
            hint="Wait until it is over, or cancel it.",
        )
    return drop_release(app.layout, module_id, release)


def check_updates(app: App, module_id: str = "") -> list[ModuleData]:
    """Ask the publishers whether they have newer data, of one module or of all; nothing is fetched.

    Every request is noted in the list of outside requests. Who cannot be reached is told in `problems`.

    Raises:
        NotFoundError: no such module is installed and usable.
        InputError: Genoteca is set to stay offline.

    """
    if app.settings.offline:
        raise InputError(
            "Genoteca is set to stay offline, so no publisher is asked.",
            title="Not available offline",
            hint="Allow the internet in the settings.",
        )
    modules = [_usable(app, module_id)] if module_id else list(references.usable_modules(app.layout).values())
    for module in modules:
        _ask(app, module)
    return [data for module in modules if (data := module_data(app, module.id)).releases]


def check_updates_when_due(app: App) -> bool:
    """Ask the publishers if the settings say that it is time; tells whether they were asked."""
    due = next_check(app)
    if due is None or due > datetime.now(UTC):
        return False
    check_updates(app)
    return True


def next_check(app: App) -> datetime | None:
    """Say when the publishers are to be asked next, by the settings; None: not without being told to."""
    period = PERIODS.get(app.settings.check_updates)
    if period is None or app.settings.offline:
        return None
    before = NewsNotes(app.layout.database).last_asked()
    return datetime.now(UTC) if before is None else before + period


def known_updates(app: App) -> set[str]:
    """Give the modules whose publisher is known to have newer data."""
    by_module: dict[str, list[NewsNote]] = {}
    for note in NewsNotes(app.layout.database).all():
        by_module.setdefault(note.module, []).append(note)
    usable, found = references.usable_modules(app.layout) if by_module else {}, set[str]()
    for module_id in by_module.keys() & usable.keys():
        with suppress(DatasetError):  # the doctor tells of what is damaged; the store is shown all the same
            if _updates(app, usable[module_id], by_module[module_id]):
                found.add(module_id)
    return found


def _may_be_in(source: str, build: str, found: Sequence[Release]) -> bool:
    """Whether data of a build may be had: from the publisher, or from the user's own file, as far as that is known.

    One file is of one build, known once it was read; a name with `{build}` in it stands for a file of each.
    """
    if not source or Path(source).is_dir():
        return True
    if "{build}" in source:
        return Path(source.replace("{build}", build)).exists()
    read = (one.record.metadata.get("settings") for release in found for one in release.tables)
    return not any(isinstance(told, dict) and source in told.values() for told in read)


def _at_work(app: App) -> list[Run]:
    """Give the runs that make data for everyone and are not over."""
    waiting = app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.CANCELLING)
    return [run for run in waiting if run.request.kind is RunKind.REFERENCE]


def _ask(app: App, module: InstalledModule) -> None:
    """Ask the publisher of one module; what it says is noted."""
    manifest, notes = module.sound_manifest(), NewsNotes(app.layout.database)
    settings = Preferences(app.layout.database).values(manifest)
    endpoint = app.settings.hf_endpoint
    desk = PublisherDesk(
        hosts_of(manifest.permissions, settings, endpoint),
        hub=HubAccess(endpoint=endpoint, token=app.settings.hf_token, offline=app.settings.hf_hub_offline),
        on_request=app.outside.noting(f"Is there newer data: {manifest.title}"),
    )
    notes.forget([module.id])
    for (asset, build), stored in _by_dataset(app, module.id).items():
        newest = max(stored, key=lambda one: one.record.created)
        if not can_be_asked(newest.record):
            continue
        try:
            notes.keep(module.id, asset, build, desk.ask(newest.record))
        except FetchError as error:
            LOG.info("%s was asked for newer data: %s", module.id, error.message)
            notes.keep(module.id, asset, build, None, problem=error.message)


def _updates(app: App, module: InstalledModule, notes: Sequence[NewsNote]) -> list[DataUpdate]:
    """Give what is known to be newer than every release that is there."""
    there = _by_dataset(app, module.id)
    found = []
    for note in notes:
        stored = there.get((note.asset, note.build), [])
        if note.news and stored and is_newer([one.record for one in stored], note.news.seen):
            newest = max(stored, key=lambda one: one.record.created)
            found.append(DataUpdate(build=note.build, have=release_name(newest.record), release=note.news.release))
    return found


def _by_dataset(app: App, module_id: str) -> dict[tuple[str, str], list[Stored]]:
    """Give every release of every dataset for everyone, by asset and build."""
    found: dict[tuple[str, str], list[Stored]] = {}
    for one in records.for_everyone(app.layout, module_id):
        found.setdefault((one.record.asset[-1], one.record.build or ANY_BUILD), []).append(one)
    return found


def _release(module: InstalledModule, release: Release, *, chosen: bool) -> DataRelease:
    return DataRelease(
        name=release.name,
        builds=[build for build in release.builds if build != ANY_BUILD],
        used_in=list(release.in_force),
        chosen=chosen,
        bytes=release.bytes,
        when=release.created,
        rows=sum(one.record.rows for one in release.tables),
        chromosomes=sorted({chrom for one in release.tables for chrom in chromosomes_of(one.record)}),
        unusable=_why_unusable(module, release),
        licence=release.tables[0].record.licence,
    )


def _why_unusable(module: InstalledModule, release: Release) -> str:
    """Say why a release cannot be chosen; empty: it can."""
    told = (references.why_release_is_unfit(one.record, module.sound_manifest()) for one in release.tables)
    return next((f"it {why}" for why in told if why), "")


def _provides(module: InstalledModule, build: str) -> bool:
    return any(name.endswith(f":{build}") for name in module.sound_manifest().provides)


def _usable(app: App, module_id: str) -> InstalledModule:
    usable = references.usable_modules(app.layout)
    if module_id not in usable:
        raise NotFoundError(
            f"No usable module {module_id!r} is installed.", hint=f"Run: genoteca modules install {module_id}"
        )
    return usable[module_id]
