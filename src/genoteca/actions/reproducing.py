"""Making a genome's results again from a lock file, and comparing them with it byte by byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from genoteca.actions import references
from genoteca.actions.annotating import annotate
from genoteca.actions.chains import enqueue_shared
from genoteca.actions.configuring import configure_module
from genoteca.actions.genome import set_limits
from genoteca.actions.installing import install_module
from genoteca.actions.locking import LIBRARIES, Lock, LockedModule, LockedTable, limits_of_settings
from genoteca.actions.releases import NEWEST, choose_data_release
from genoteca.actions.samples import add_sample
from genoteca.actions.view import View
from genoteca.actions.views import AddSample
from genoteca.engine import records
from genoteca.engine.capabilities import capability, sequence_of
from genoteca.engine.files import sha256_of
from genoteca.engine.needed_chromosomes import needed_chromosomes
from genoteca.engine.release_choice import release_name
from genoteca.errors import InputError, NotFoundError, RunError
from genoteca.model.build import Build
from genoteca.model.run import Run, RunStatus
from genoteca.store.environment import app_version, app_versions
from genoteca.store.installed import InstalledModule, installed_modules
from genoteca.store.preferences import Preferences
from genoteca.store.shelf import everything_on_offer

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = ["Difference", "Reproduced", "reproduce"]

Wait = Callable[[str], Run]
"""Waits until a run is over, and gives it as it ended."""


class Difference(View):
    """What is not as the lock file says."""

    what: str
    locked: str
    """Empty: it was not there."""
    found: str
    """Empty: it is not there."""
    result: bool = False
    """Whether it is a table that was made; else something that it was made with."""


class Reproduced(View):
    """What came of making a genome's results again."""

    sample: str
    tables: int
    """Tables that the lock file names."""
    differences: list[Difference] = Field(default_factory=list)

    @property
    def identical(self) -> bool:
        """Whether every table is the same, byte by byte."""
        return not any(one.result for one in self.differences)


def reproduce(app: App, lock: Lock, source: Path, wait: Wait, *, user: str = "") -> Reproduced:
    """Read a genome file, ask the modules that a lock file names, and compare every table with it.

    Modules that are shipped with the app are installed; others must be there at the version that the lock file names.
    `wait` follows a run to its end. `user`: whose genome it shall be; empty: as in the lock file.

    Raises:
        InputError: the file is another one, something is missing or of another version, a limit is set otherwise, or
            there is a sample of that name.
        RunError: a run failed.

    """
    file = source.expanduser().absolute()
    _require_same_file(lock, file)
    _install_missing(app, lock)
    _require_same(app, lock)
    name, _, sample = lock.sample.partition("/")
    request = AddSample(
        path=str(file),
        user=user or name,
        sample=sample,
        pick=lock.source.pick,
        member=lock.source.member,
        build=lock.source.build,
        sex=lock.source.sex,
        decompose=lock.source.decompose,
    )
    added, reading = add_sample(app, request)
    _succeeded(wait(reading))
    _fetch_releases(app, lock, added.key, wait)
    _choose_releases(app, lock)
    set_limits(app, added.key, lock.limits)
    asked = [one.id for one in lock.modules if f"{one.id}/annotations" in lock.results]
    _succeeded(wait(annotate(app, added.key, asked, engine=lock.engine)))
    different = [*_made_with(app, lock), *_results(app, lock, added.key)]
    return Reproduced(sample=added.key, tables=len(lock.results), differences=different)


def _require_same_file(lock: Lock, file: Path) -> None:
    if not file.is_file():
        raise InputError(f"There is no file {file}.", hint=f"The lock file was made from {lock.source.name}.")
    found = sha256_of(file)
    if found != lock.source.sha256:
        raise InputError(
            f"The sha256 of {file.name} is {found}; the lock file was made from {lock.source.name} of "
            f"{lock.source.sha256}.",
            title="This is another file",
            hint="Give the very file, compressed as it was.",
        )


def _install_missing(app: App, lock: Lock) -> None:
    """Install the shipped modules that are not there, at the locked version; name all others that are missing."""
    there = {one.id for one in installed_modules(app.layout)}
    offered = {one.id: one.version for one in everything_on_offer(app.layout) if not one.catalogue}
    wanted = [one for one in _in_order(app, lock) if one.id not in there]
    missing = [f"{one.id} {one.version}" for one in wanted if offered.get(one.id) != one.version]
    if missing:
        raise InputError(
            f"The lock file names modules that are not installed here: {', '.join(missing)}.",
            title="Modules are missing",
            hint="Install them at these versions, then ask again: genoteca modules install ID --version VERSION",
        )
    for one in wanted:
        install_module(app, one.id)
        if one.settings != _settings(app, one.id):
            told = {name: "" if value is None else value for name, value in one.settings.items()}
            configure_module(app, one.id, told)


def _in_order(app: App, lock: Lock) -> list[LockedModule]:
    """Give the modules that others build on before those."""
    offered = {one.id: one.manifest.requires for one in everything_on_offer(app.layout)}
    return sorted(lock.modules, key=lambda one: (len(offered.get(one.id, ())), one.id))


def _require_same(app: App, lock: Lock) -> None:
    """Name everything that is here, and is another one than the lock file says."""
    installed = {one.id: one for one in installed_modules(app.layout)}
    wrong = [words for one in lock.modules for words in _wrong_module(app, one, installed[one.id])]
    for name, value in limits_of_settings(app).items():
        if value != lock.settings.get(name):
            wanted = lock.settings.get(name)
            wrong.append(f"the setting {name} is {value}, not {wanted} (GENOTECA_{name.upper()}={wanted})")
    for name, table in lock.shared.items():
        found = capability(app.layout, name)
        if found is None or found.record.sha256 != table.sha256:
            which = "not there" if found is None else f"{release_name(found.record)}, another one"
            wrong.append(f"{name} of {table.module} {table.release} is {which} (genoteca modules prepare)")
    sequence = sequence_of(Build(lock.source.build))
    if sequence not in lock.shared and capability(app.layout, sequence) is not None:
        wrong.append(f"there is a {sequence.replace(':', ' of ')}, with which the genome would be read otherwise")
    if wrong:
        raise InputError(
            f"Here it is otherwise than in the lock file: {'; '.join(wrong)}.",
            title="The same cannot be made here",
            hint="Put it in order, or use another data folder (--home).",
        )


def _wrong_module(app: App, locked: LockedModule, found: InstalledModule) -> Iterator[str]:
    if found.version != locked.version:
        yield f"{locked.id} is {found.version}, not {locked.version}"
    elif found.digest != locked.digest:
        yield f"{locked.id} {found.version} is of other contents ({found.digest[:12]}, not {locked.digest[:12]})"
    elif (settings := _settings(app, locked.id)) != locked.settings and locked.settings:
        other = [name for name, value in locked.settings.items() if settings.get(name) != value]
        yield from (f"{locked.id}'s setting {name} is {settings.get(name)!r}" for name in other)


def _settings(app: App, module_id: str) -> dict[str, object]:
    module = next(one for one in installed_modules(app.layout) if one.id == module_id)
    return dict(Preferences(app.layout.database).values(module.sound_manifest()))


def _fetch_releases(app: App, lock: Lock, key: str, wait: Wait) -> None:
    """Fetch the releases that the lock file names and that are not here, where their publishers keep older ones.

    What cannot be had any more is named as a difference in the end.
    """
    usable, needed = references.usable_modules(app.layout), sorted(needed_chromosomes(app.layout, key))
    for one in lock.references:
        there = {each.record.sha256 for each in records.for_everyone(app.layout, one.module)}
        fetched = any("://" in str(file.get("url")) for file in one.files)
        if not fetched or one.build is None or one.sha256 in there or app.settings.offline:
            continue
        module, asset, why = usable[one.module], [one.module, "reference"], "the lock file names it"
        build = Build(one.build)
        wait(enqueue_shared(app, module, build, asset, why, release=one.release, chromosomes=needed))


def _choose_releases(app: App, lock: Lock) -> None:
    """Use the release that the lock file names, where it is here beside another that would be used."""
    for one in lock.references:
        build = Build(one.build) if one.build else None
        there = [each.record for each in records.for_everyone(app.layout, one.module)]
        if build is None or one.sha256 not in {each.sha256 for each in there}:
            continue
        used = references.reference_of(app.layout, one.module, build)
        if used is None or used.record.sha256 != one.sha256:
            choose_data_release(app, one.module, NEWEST)
            choose_data_release(app, one.module, one.release)


def _succeeded(run: Run) -> None:
    if run.status is RunStatus.SUCCEEDED:
        return
    told = run.error or next(iter(run.failed_assets.values()), {})
    raise RunError(
        told.get("message") or f"The run {run.id[:8]} is {run.status}.",
        title=told.get("title") or "A run failed",
        hint=told.get("hint") or f"genoteca runs show {run.id[:8]}",
    )


def _made_with(app: App, lock: Lock) -> Iterator[Difference]:
    """Say what it was made with that is not as locked, and may be why a table is another one."""
    there = app_versions(app.layout.modules)
    versions = {"genoteca": app_version(), **{name: there.get(name, "") for name in LIBRARIES}}
    locked = {"genoteca": lock.genoteca, **lock.libraries}
    for name, version in versions.items():
        if locked.get(name, "") != version:
            yield Difference(what=f"version of {name}", locked=locked.get(name, ""), found=version)
    for one in lock.references:
        yield from _other_reference(app, one)


def _other_reference(app: App, locked: LockedTable) -> Iterator[Difference]:
    used = references.reference_of(app.layout, locked.module, Build(locked.build)) if locked.build else None
    if used is None or used.record.sha256 != locked.sha256:
        found = f"{release_name(used.record)}, {used.record.sha256}" if used else ""
        what = f"reference of {locked.module}"
        yield Difference(what=what, locked=f"{locked.release}, {locked.sha256}", found=found, result=True)


def _results(app: App, lock: Lock, key: str) -> Iterator[Difference]:
    for asset, digest in lock.results.items():
        try:
            stored = records.current(app.layout, asset.split("/"), key)
        except NotFoundError:
            stored = None
        found = records.verified(stored).record.sha256 if stored else ""
        if found != digest:
            yield Difference(what=asset, locked=digest, found=found, result=True)
