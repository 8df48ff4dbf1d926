"""Installing: every change makes a whole new generation beside the current one, then switches a pointer."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from genoteca.errors import InstallError, NotFoundError
from genoteca.settings import Layout
from genoteca.store import tool
from genoteca.store.alone import alone
from genoteca.store.catalogue import CatalogueEntry
from genoteca.store.changes import changes_between
from genoteca.store.environment import app_version, app_versions, missing_requirements, taken_names
from genoteca.store.environments import environment_of, make_environments
from genoteca.store.extras import plan_extras
from genoteca.store.installed import InstalledModule, installed_modules, modules_of
from genoteca.store.pruning import prune
from genoteca.store.record import (
    Extra,
    GenerationRecord,
    InstallOrigin,
    ModuleRecord,
    complete,
    current_record,
    generation_folder,
    kept_wheel,
    point_to,
    pointed_to,
    read_record,
    site_of,
    write_record,
)
from genoteca.store.room import require_room, size_of, unpacked_bytes
from genoteca.store.rules import check_apart, check_buildable, check_promise, check_removable, check_together
from genoteca.store.sources import InstallSource
from genoteca.store.stages import QUIET, Cancelled, Progress, Stages, never, silent
from genoteca.store.syncing import keep_file, sync_tree
from genoteca.store.trust import Trust
from genoteca.store.wheels import Wheel, inspect_wheel, top_level_of

__all__ = ["Cancelled", "Check", "Furnish", "Generations", "Prepared", "Progress"]

Check = Callable[[InstalledModule, list[InstalledModule]], None]
"""Called with each new module and the others of its generation before anything is switched; raises CheckError."""
Furnish = Callable[[list[InstalledModule], Stages], None]
"""Called with the new modules of a generation before they are checked: makes what one needs outside of `site`.

It may take long, asks `stages` whether it is still wanted, and raises InstallError to refuse the whole change.
"""
Change = Callable[[list[InstalledModule]], None]
BUILDING = 3
"""A build takes its source as a copy, as a wheel, and as the wheel that is kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A module that was built, looked into and kept, and is not installed yet."""

    wheel: Wheel
    origin: InstallOrigin
    source_digest: str
    entry: CatalogueEntry | None = None
    """What the added catalogue that it came from says of it."""


class Generations:
    """The generations of one data folder.

    One change at a time; any failure, cancellation, kill or power cut leaves the current one working.
    """

    def __init__(
        self,
        layout: Layout,
        *,
        offline: bool = False,
        developer: bool = False,
        wait_seconds: float = 600,
        furnish: Furnish | None = None,
    ) -> None:
        """`developer`: modules with code may be built from a folder; `wait_seconds`: for another install's end."""
        self._layout = layout
        self._modules = layout.modules
        self._offline = offline
        self._developer = developer
        self._wait_seconds = wait_seconds
        self._furnish = furnish or partial(make_environments, offline=offline)

    def current(self) -> GenerationRecord | None:
        """Give the current generation; None before the first install."""
        return current_record(self._modules)

    def history(self) -> list[GenerationRecord]:
        """List the whole generations that are kept, oldest first."""
        return complete(self._modules)

    def prepare(
        self, source: InstallSource, *, progress: Progress = silent, cancelled: Cancelled = never
    ) -> Prepared:
        """Build the wheel (no code of the module runs), look into it, and keep it under its sha256.

        Raises InstallError or ManifestError when it cannot be a module, or is code in a folder and may not be built.
        """
        stages = Stages(progress=progress, cancelled=cancelled)
        stages.go_on()
        require_room(self._modules, BUILDING * size_of(source.path), doing="Building the module")
        self._modules.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._modules, prefix=".prepare-") as folder:
            stages.tell(0.0, "Building")
            wheel = self._copied(source, Path(folder), stages)
            stages.tell(0.2, "Reading")
            found = inspect_wheel(wheel, taken=taken_names(), distributions=app_versions(self._modules))
            check_buildable(found, source, developer=self._developer)
            if source.entry and source.offered:
                check_promise(found, source.entry, source.offered)
            kept = kept_wheel(self._modules, found.sha256, wheel.name)
            keep_file(wheel, kept)
        return Prepared(
            wheel=replace(found, path=kept), origin=source.origin, source_digest=source.digest(), entry=source.entry
        )

    def install(
        self, prepared: Prepared, *, check: Check, progress: Progress = silent, cancelled: Cancelled = never
    ) -> InstalledModule:
        """Install a prepared module, in place of an older one of the same id.

        Raises InstallError (also when its code is not trusted), or what `check` raises; the current generation is
        untouched then.
        """
        return self.install_together([prepared], check=check, progress=progress, cancelled=cancelled)[0]

    def install_together(
        self,
        prepared: Sequence[Prepared],
        *,
        check: Check,
        progress: Progress = silent,
        cancelled: Cancelled = never,
    ) -> list[InstalledModule]:
        """Install several prepared modules as one change: all of them, or none. Raises as `install` does."""
        stages = Stages(progress=progress, cancelled=cancelled)
        wheels = {one.wheel.id for one in prepared}
        for one in prepared:
            Trust(self._layout.database).require(one.wheel, one.origin)
        with self._alone(stages):
            others = [module for module in installed_modules(self._layout) if module.id not in wheels]
            check_together([one.wheel for one in prepared], others, app=app_version())
            records = (*self._records(without=wheels), *map(_record, prepared))
            stages.tell(0.3, "Resolving")
            extras = plan_extras(
                records,
                self._kept_extras(),
                modules=self._modules,
                versions=app_versions(self._modules),
                offline=self._offline,
                stages=stages,
            )
            check_apart(self._top_levels(records), self._top_levels(extras))

            def change(modules: list[InstalledModule]) -> None:
                self._furnish([module for module in modules if module.id in wheels], stages)
                _check_new(wheels, modules, check, stages)

            self._make(records, extras, change, stages)
            return [module for module in installed_modules(self._layout) if module.id in wheels]

    def remove(self, module_id: str, *, progress: Progress = silent, cancelled: Cancelled = never) -> None:
        """Make a generation without a module. Raises NotFoundError, or InstallError when another module needs it."""
        stages = Stages(progress=progress, cancelled=cancelled)
        with self._alone(stages):
            self._installed(module_id)
            check_removable(module_id, [m for m in installed_modules(self._layout) if m.id != module_id])
            records = self._records(without=[module_id])
            # What is kept sufficed before, so removing never asks the network and never fails over a conflict.
            needed = any(missing_requirements(r.requires, app_versions(self._modules)) for r in records)
            self._make(records, self._kept_extras() if needed else (), lambda _modules: None, stages)

    def rollback(self, number: int | None = None) -> GenerationRecord:
        """Go back to a kept generation: the one before the current, or `number`. Raises NotFoundError."""
        with self._alone(QUIET):
            current = self.current()
            kept = [record.number for record in self.history() if current and record.number != current.number]
            older = [n for n in kept if current and n < current.number]
            chosen = number if number is not None else max(older, default=None)
            record = read_record(self._modules, chosen) if chosen in kept and chosen is not None else None
            if record is None:
                raise NotFoundError(
                    f"There is no generation {number if number is not None else 'before this one'} to go back to",
                    hint=f"Kept are: {', '.join(map(str, kept)) or 'none but the current one'}.",
                )
            point_to(self._modules, record.number)
            return record

    def sweep(self) -> None:
        """Remove what a killed install left and what is kept no longer; an install at work does it itself."""
        if self._modules.is_dir():
            with suppress(InstallError), alone(self._modules, QUIET, wait_seconds=0):
                prune(self._modules)

    def _alone(self, stages: Stages) -> AbstractContextManager[None]:
        return alone(self._modules, stages, wait_seconds=self._wait_seconds)

    def _copied(self, source: InstallSource, folder: Path, stages: Stages) -> Path:
        wheel = source.wheel(folder, stages)
        # What is inspected must be what is installed, whatever happens to the user's file meanwhile.
        return wheel if wheel.parent == folder else Path(shutil.copyfile(wheel, folder / wheel.name))

    def _installed(self, module_id: str) -> ModuleRecord:
        current = self.current()
        found = current.module(module_id) if current else None
        if found is None:
            have = ", ".join(module.id for module in current.modules) if current else ""
            raise NotFoundError(f"{module_id!r} is not installed", hint=f"Installed are: {have or 'none'}.")
        return found

    def _records(self, *, without: Iterable[str]) -> tuple[ModuleRecord, ...]:
        current = self.current()
        return tuple(module for module in current.modules if module.id not in without) if current else ()

    def _top_levels(self, records: Iterable[ModuleRecord | Extra]) -> dict[str, frozenset[str]]:
        wheels = {record.distribution: kept_wheel(self._modules, record.sha256, record.wheel) for record in records}
        return {name: top_level_of(wheel) for name, wheel in wheels.items()}

    def _kept_extras(self) -> tuple[Extra, ...]:
        current = self.current()
        return current.extras if current else ()

    def _make(
        self, records: tuple[ModuleRecord, ...], extras: tuple[Extra, ...], check: Change, stages: Stages
    ) -> None:
        number = max([record.number for record in self.history()] + [pointed_to(self._modules) or 0]) + 1
        record = GenerationRecord(
            number=number, made_at=datetime.now(UTC), app=app_version(), modules=records, extras=extras
        )
        wheels = {kept_wheel(self._modules, kept.sha256, kept.wheel): kept.sha256 for kept in record.kept()}
        require_room(self._modules, unpacked_bytes(wheels), doing="Installing the module")
        before = installed_modules(self._layout)
        try:
            stages.tell(0.45, "Installing")
            self._unpack(record.number, wheels, stages)
            modules = modules_of(self._modules, record)
            stages.tell(0.6, "Checking")
            check(modules)
            stages.tell(0.9, "Switching")
            write_record(self._modules, record.model_copy(update={"changes": changes_between(before, modules)}))
            sync_tree(generation_folder(self._modules, number))
            stages.go_on()
            point_to(self._modules, number)
        except BaseException:
            if pointed_to(self._modules) != number:
                shutil.rmtree(generation_folder(self._modules, number), ignore_errors=True)
            raise
        stages.progress(1.0, "Done")
        prune(self._modules)

    def _unpack(self, number: int, wheels: dict[Path, str], stages: Stages) -> None:
        site = site_of(self._modules, number)
        shutil.rmtree(site.parent, ignore_errors=True)
        site.mkdir(parents=True)
        if wheels:
            with tempfile.TemporaryDirectory(prefix="genoteca-install-") as work:
                tool.install_into(site, wheels, Path(work), stages)


def _check_new(wheels: Iterable[str], modules: list[InstalledModule], check: Check, stages: Stages) -> None:
    for module in modules:
        if module.id in wheels:
            stages.go_on()
            check(module, [one for one in modules if one.id != module.id])


def _record(prepared: Prepared) -> ModuleRecord:
    wheel = prepared.wheel
    return ModuleRecord(
        id=wheel.id,
        tier=wheel.tier,
        version=wheel.version,
        distribution=wheel.distribution,
        wheel=wheel.path.name,
        sha256=wheel.sha256,
        package=wheel.package,
        requires=wheel.requires,
        origin=prepared.origin,
        environment=environment_of(wheel),
        source_digest=prepared.source_digest,
        catalogue=prepared.entry.catalogue if prepared.entry else "",
        catalogue_key=prepared.entry.catalogue_key if prepared.entry else "",
        installed_at=datetime.now(UTC),
    )
