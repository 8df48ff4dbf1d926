"""Installing: every change makes a whole new generation beside the current one, then switches a pointer."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from genoteca.errors import InstallError, NotFoundError
from genoteca.settings import Layout
from genoteca.store import tool
from genoteca.store.catalogue import CatalogueEntry
from genoteca.store.environment import app_version, app_versions, missing_requirements, taken_names
from genoteca.store.environments import environment_of, make_environment_of, prune_environments
from genoteca.store.extras import plan_extras
from genoteca.store.installed import InstalledModule, installed_modules, modules_of
from genoteca.store.record import (
    PREFIX,
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
from genoteca.store.rules import check_apart, check_fits, check_removable
from genoteca.store.sources import InstallSource, bundled_source
from genoteca.store.trust import Trust
from genoteca.store.wheels import Wheel, inspect_wheel, top_level_of

__all__ = ["Check", "Generations", "Prepared", "Progress"]

Check = Callable[[InstalledModule, list[InstalledModule]], None]
"""Called with the new module and the others of its generation before anything is switched; raises CheckError."""
WholeCheck = Callable[[list[InstalledModule]], None]
Progress = Callable[[float, str], None]
"""Called with a fraction and the stage in words."""
KEPT = 3
WHEEL_SECONDS = 24 * 3600
"""How long a wheel that no generation uses is kept: someone may be reading the question whether to trust it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A module that was built, looked into and kept, and is not installed yet."""

    wheel: Wheel
    origin: InstallOrigin
    source_digest: str


def _silent(_fraction: float, _stage: str) -> None:
    return None


class Generations:
    """The generations of one data folder.

    One change at a time; any failure or kill leaves the current one working.
    """

    def __init__(self, layout: Layout, *, offline: bool = False, wait_seconds: float = 60) -> None:
        self._layout = layout
        self._modules = layout.modules
        self._offline = offline
        self._wait_seconds = wait_seconds

    def current(self) -> GenerationRecord | None:
        """Give the current generation; None before the first install."""
        return current_record(self._modules)

    def history(self) -> list[GenerationRecord]:
        """List the whole generations that are kept, oldest first."""
        return complete(self._modules)

    def prepare(self, source: InstallSource, *, progress: Progress = _silent) -> Prepared:
        """Build the wheel (no code of the module runs), look into it, and keep it under its sha256.

        Raises InstallError or ManifestError when it cannot be a module.
        """
        self._modules.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._modules, prefix=".prepare-") as folder:
            progress(0.0, "Building")
            wheel = self._copied(source, Path(folder))
            progress(0.2, "Reading")
            found = inspect_wheel(wheel, taken=taken_names(), distributions=app_versions(self._modules))
            kept = kept_wheel(self._modules, found.sha256, wheel.name)
            kept.parent.mkdir(parents=True, exist_ok=True)
            wheel.replace(kept)
        return Prepared(wheel=replace(found, path=kept), origin=source.origin, source_digest=source.digest())

    def install(self, prepared: Prepared, *, check: Check, progress: Progress = _silent) -> InstalledModule:
        """Install a prepared module, in place of an older one of the same id.

        Raises InstallError (also when its code is not trusted), or what `check` raises; the current generation is
        untouched then.
        """
        wheel = prepared.wheel
        Trust(self._layout.database).require(wheel, prepared.origin)
        with self._alone():
            others = [module for module in installed_modules(self._layout) if module.id != wheel.id]
            before = self._records(without=wheel.id)
            check_fits(wheel, others, app=app_version())
            records = (*before, _record(prepared))
            progress(0.4, "Resolving")
            extras = plan_extras(
                records,
                self._kept_extras(),
                modules=self._modules,
                versions=app_versions(self._modules),
                offline=self._offline,
            )
            check_apart(self._top_levels(records), self._top_levels(extras))
            make_environment_of(wheel, self._modules, offline=self._offline, progress=progress)
            self._make(records, extras, lambda modules: check(*_parted(modules, wheel.id)), progress)
            return _parted(installed_modules(self._layout), wheel.id)[0]

    def update(self, entry: CatalogueEntry, *, check: Check, progress: Progress = _silent) -> InstalledModule:
        """Install what the catalogue holds in place of what is installed. Raises as `prepare` and `install` do."""
        self._installed(entry.id)
        return self.install(self.prepare(bundled_source(entry), progress=progress), check=check, progress=progress)

    def remove(self, module_id: str, *, progress: Progress = _silent) -> None:
        """Make a generation without a module. Raises NotFoundError, or InstallError when another module needs it."""
        with self._alone():
            self._installed(module_id)
            check_removable(module_id, [m for m in installed_modules(self._layout) if m.id != module_id])
            records = self._records(without=module_id)
            # What is kept sufficed before, so removing never asks the network and never fails over a conflict.
            needed = any(missing_requirements(r.requires, app_versions(self._modules)) for r in records)
            self._make(records, self._kept_extras() if needed else (), lambda _modules: None, progress)

    def rollback(self, number: int | None = None) -> GenerationRecord:
        """Go back to a kept generation: the one before the current, or `number`. Raises NotFoundError."""
        with self._alone():
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
        """Remove half-made generations, generations beyond those kept, and wheels that nobody uses."""
        if self._modules.is_dir():
            with self._alone():
                self._prune()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._modules.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(self._modules / "modules.lock", timeout=self._wait_seconds)
        try:
            lock.acquire()
        except Timeout as error:
            raise InstallError(
                f"Another install has been running for more than {self._wait_seconds:.0f} seconds",
                hint="Wait until it is over, then try again.",
            ) from error
        try:
            yield
        finally:
            lock.release()

    def _copied(self, source: InstallSource, folder: Path) -> Path:
        wheel = source.wheel(folder)
        # What is inspected must be what is installed, whatever happens to the user's file meanwhile.
        return wheel if wheel.parent == folder else Path(shutil.copyfile(wheel, folder / wheel.name))

    def _installed(self, module_id: str) -> ModuleRecord:
        current = self.current()
        found = current.module(module_id) if current else None
        if found is None:
            have = ", ".join(module.id for module in current.modules) if current else ""
            raise NotFoundError(f"{module_id!r} is not installed", hint=f"Installed are: {have or 'none'}.")
        return found

    def _records(self, *, without: str) -> tuple[ModuleRecord, ...]:
        current = self.current()
        return tuple(module for module in current.modules if module.id != without) if current else ()

    def _top_levels(self, records: Iterable[ModuleRecord | Extra]) -> dict[str, frozenset[str]]:
        wheels = {record.distribution: kept_wheel(self._modules, record.sha256, record.wheel) for record in records}
        return {name: top_level_of(wheel) for name, wheel in wheels.items()}

    def _kept_extras(self) -> tuple[Extra, ...]:
        current = self.current()
        return current.extras if current else ()

    def _make(
        self, records: tuple[ModuleRecord, ...], extras: tuple[Extra, ...], check: WholeCheck, progress: Progress
    ) -> None:
        number = max([record.number for record in self.history()] + [pointed_to(self._modules) or 0]) + 1
        record = GenerationRecord(
            number=number, made_at=datetime.now(UTC), app=app_version(), modules=records, extras=extras
        )
        try:
            progress(0.5, "Installing")
            self._unpack(record)
            progress(0.6, "Checking")
            check(modules_of(self._modules, record))
            progress(0.9, "Switching")
            write_record(self._modules, record)
            point_to(self._modules, number)
        except BaseException:
            if pointed_to(self._modules) != number:
                shutil.rmtree(generation_folder(self._modules, number), ignore_errors=True)
            raise
        progress(1.0, "Done")
        self._prune()

    def _unpack(self, record: GenerationRecord) -> None:
        site = site_of(self._modules, record.number)
        shutil.rmtree(site.parent, ignore_errors=True)
        site.mkdir(parents=True)
        wheels = {kept_wheel(self._modules, kept.sha256, kept.wheel): kept.sha256 for kept in record.kept()}
        if wheels:
            with tempfile.TemporaryDirectory(prefix="genoteca-install-") as work:
                tool.install_into(site, wheels, Path(work))

    def _prune(self) -> None:
        whole = self.history()
        current = self.current()
        keep = {record.number for record in whole[-KEPT:]} | ({current.number} if current else set())
        for folder in self._modules.glob(f"{PREFIX}*"):
            if folder.name not in {f"{PREFIX}{number}" for number in keep}:
                shutil.rmtree(folder, ignore_errors=True)
        prune_environments(self._modules, {m.environment for r in whole if r.number in keep for m in r.modules})
        used = {kept.sha256 for record in whole if record.number in keep for kept in record.kept()}
        for folder in [*self._modules.glob("wheels/*"), *self._modules.glob(".prepare-*")]:
            if folder.name not in used and time.time() - folder.stat().st_mtime > WHEEL_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def _parted(modules: list[InstalledModule], module_id: str) -> tuple[InstalledModule, list[InstalledModule]]:
    new = next(module for module in modules if module.id == module_id)
    return new, [module for module in modules if module.id != module_id]


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
        installed_at=datetime.now(UTC),
    )
