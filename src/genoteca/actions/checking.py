"""Checking modules: before they are installed, and again whenever the app or they may have changed."""

from __future__ import annotations

import platform
from collections.abc import Callable

from genoteca import __version__
from genoteca.actions.app import App
from genoteca.actions.references import all_refs, ref_of
from genoteca.engine.describe import Description, describe
from genoteca.engine.modules import write_loaded_modules
from genoteca.errors import CheckError, GenotecaError
from genoteca.store.generations import Cancelled, Generations
from genoteca.store.installed import InstalledModule, installed_modules
from genoteca.store.quarantine import Quarantine
from genoteca.store.settled import SettledColumns
from genoteca.store.stages import never
from genoteca.store.trust import Trust

__all__ = ["check_modules", "checker", "generations", "recheck_modules", "settle_current"]


def generations(app: App, *, developer: bool = False) -> Generations:
    """Give the installer of the data folder; it sees the modules also where the app was opened without them.

    `developer`: code may be built from a folder, whatever the settings say: the app's own, or only to look at it.
    """
    settings = app.settings
    return Generations(
        settings.layout,
        offline=settings.offline,
        developer=developer or settings.developer,
        asked=app.outside.noting("Packages that a module needs"),
    )


def checker(app: App, cancelled: Cancelled = never) -> Callable[[InstalledModule, list[InstalledModule]], None]:
    """Give the check that a generation must pass: a child process loads the module with all the others.

    Where one of the others brings the child down, that is no fault of the module.
    """

    def look(module: InstalledModule, others: list[InstalledModule]) -> Description:
        return describe(
            ref_of(app.layout, module),
            [ref_of(app.layout, one) for one in others],
            settings=app.settings,
            timeout=app.settings.check_seconds,
            cancelled=cancelled,
        )

    def check(module: InstalledModule, others: list[InstalledModule]) -> None:
        needed = _needed(module, others)
        rest = [one for one in others if not one.broken and one not in needed]
        found = look(module, [*needed, *rest])
        if found.error is not None and rest and look(rest[0], rest[1:]).error is not None:
            found = look(module, needed)
        if found.error is not None:
            told = found.error
            raise CheckError(told.message, title=told.title, hint=told.hint)
        if found.manifest is not None and found.unsettled is None:
            SettledColumns(app.layout.database).keep(found.manifest, module.digest)

    return check


def _needed(module: InstalledModule, others: list[InstalledModule]) -> list[InstalledModule]:
    """Give those that a module requires, and that they require in turn."""
    by_id = {one.id: one for one in others if not one.broken}
    found: dict[str, InstalledModule] = {}
    open_ = list(module.sound_manifest().requires)
    while open_:
        one = by_id.get(open_.pop())
        if one is not None and one.id not in found:
            found[one.id] = one
            open_ += one.sound_manifest().requires
    return list(found.values())


def check_modules(app: App) -> None:
    """Check every installed module in a child process: what fails, or is not trusted, is set aside."""
    quarantine, trust = Quarantine(app.layout.database), Trust(app.layout.database)
    check = checker(app)
    installed = installed_modules(app.layout)
    for module in installed:
        try:
            trust.require(module, module.origin)
            check(module, [one for one in installed if one.id != module.id and not one.broken])
            trust.require(module, module.origin)  # loading took seconds, in which a person may have revoked it
        except GenotecaError as error:
            quarantine.put(module.id, module.version, error)
        else:
            quarantine.clear(module.id)
    write_loaded_modules(app.layout, all_refs(app.layout))


def recheck_modules(app: App) -> bool:
    """Check the modules if the app, Python or the generation changed since the last time; tells whether it did."""
    current = None if app.without_modules else generations(app).current()
    now = f"{__version__} {platform.python_version()} {current.number if current else 0}"
    marker = app.layout.modules / "checked"
    if current is None or (marker.exists() and marker.read_text("utf-8") == now):
        return False
    check_modules(app)
    marker.write_text(now, "utf-8")
    return True


def settle_current(app: App, before: dict[str, str]) -> None:
    """Bring what is kept about modules in line with the current generation, fast: after a roll-back.

    `before`: id → sha256 of the generation until then. A module with other contents is no longer set aside for what
    those before did, one that is not trusted is, and one is only loaded where its columns are not known.
    """
    quarantine, trust = Quarantine(app.layout.database), Trust(app.layout.database)
    settled = SettledColumns(app.layout.database)
    installed = installed_modules(app.layout)
    same = {one.id for one in installed if before.get(one.id) == one.sha256}
    for module_id in quarantine.list().keys() - same:
        quarantine.clear(module_id)
    for module in installed:
        try:
            trust.require(module, module.origin)
            if module.manifest and not settled.knows(module.manifest, module.digest):
                checker(app)(module, [one for one in installed if one.id != module.id and not one.broken])
        except GenotecaError as error:
            quarantine.put(module.id, module.version, error)
    write_loaded_modules(app.layout, all_refs(app.layout))
