"""Modules: found in the gallery, installed, updated, removed, configured."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Mapping
from zipfile import ZipFile

from pydantic import JsonValue

from genoteca import __version__
from genoteca.actions.app import App
from genoteca.actions.providing import provided_by
from genoteca.actions.references import all_refs, provided_names, ref_of
from genoteca.actions.releases import known_updates
from genoteca.actions.settling import changed_settings, settle_columns
from genoteca.actions.views import ModuleCard, ModuleState, Trouble
from genoteca.engine.describe import describe
from genoteca.engine.modules import write_loaded_modules
from genoteca.engine.releases import use_release
from genoteca.engine.samples import all_samples
from genoteca.errors import CheckError, GenotecaError, NotFoundError
from genoteca.model.module import ModuleManifest
from genoteca.sdk.testable import why_not_testable
from genoteca.store.catalogue import CatalogueEntry, Offer, bundled_catalogue, offer, search
from genoteca.store.generations import Generations, Prepared
from genoteca.store.installed import InstalledModule, installed_modules
from genoteca.store.preferences import Preferences
from genoteca.store.quarantine import Quarantine
from genoteca.store.record import InstallOrigin
from genoteca.store.settled import SettledColumns
from genoteca.store.sources import install_source
from genoteca.store.trust import Trust
from genoteca.store.wheels import Wheel

__all__ = [
    "SHIPPED",
    "check_modules",
    "configure_module",
    "install_module",
    "list_modules",
    "module_source",
    "recheck_modules",
    "remove_module",
    "roll_back_modules",
    "show_module",
    "titles",
    "update_modules",
]

SHIPPED = "shipped with Genoteca"
FROM_FILE = "installed from a file"

Progress = Callable[[float, str], None]

STATES = {
    Offer.INSTALL: ModuleState.AVAILABLE,
    Offer.INSTALLED: ModuleState.INSTALLED,
    Offer.UPDATE: ModuleState.UPDATE,
}


def list_modules(app: App, *, text: str = "", category: str = "") -> list[ModuleCard]:
    """Give the modules on offer and installed, by title; every word of `text` must occur."""
    installed = {one.id: one for one in installed_modules(app.layout)}
    catalogue = bundled_catalogue()
    offered = {entry.id for entry in catalogue}
    cards = [_offered(app, entry, installed.get(entry.id)) for entry in search(catalogue, text, category=category)]
    own = [_installed(app, one) for one in installed.values() if one.id not in offered and not one.broken]
    cards += [card for card in own if _fits(card, text, category)]
    newer = known_updates(app)
    cards = [card.model_copy(update={"newer_data": card.id in newer}) for card in cards]
    return sorted(cards, key=lambda card: card.manifest.title.casefold())


def show_module(app: App, module_id: str) -> ModuleCard:
    """Give one module with everything its detail shows.

    Raises:
        NotFoundError: it is neither on offer nor installed.

    """
    installed = next((one for one in installed_modules(app.layout) if one.id == module_id), None)
    entry = next((one for one in bundled_catalogue() if one.id == module_id), None)
    if entry is not None:
        return _offered(app, entry, installed)
    if installed is None:
        known = ", ".join(card.id for card in list_modules(app))
        raise NotFoundError(f"There is no module {module_id!r}.", hint=f"Modules: {known}")
    return _installed(app, installed)


def module_source(app: App, id_or_path: str) -> ModuleCard:
    """Say what would be installed (a module's id, a wheel, a folder), before anybody decides.

    Raises:
        NotFoundError: it is neither a module nor a file.
        InstallError: it cannot be a module.

    """
    source = install_source(id_or_path)
    if source.origin is InstallOrigin.BUNDLED:
        return show_module(app, id_or_path)
    return _prepared(app, _generations(app).prepare(source))


def install_module(
    app: App, id_or_path: str, *, trusted: bool = False, progress: Progress = lambda _fraction, _stage: None
) -> ModuleCard:
    """Install a module, or change nothing. `trusted`: the user confirmed the code of a module from a file.

    Raises:
        NotFoundError: it is neither a module nor a file.
        InstallError: it cannot be a module, conflicts with the app, or its code is not trusted.
        CheckError: it breaks a rule.

    """
    generations = _generations(app)
    prepared = generations.prepare(install_source(id_or_path), progress=progress)
    if trusted:
        Trust(app.layout.database).confirm(prepared.wheel, typed=prepared.wheel.id)
    generations.install(prepared, check=_checker(app), progress=progress)
    _settled(app, prepared.wheel.id)
    return show_module(app, prepared.wheel.id)


def update_modules(
    app: App, module_id: str | None = None, *, progress: Progress = lambda _fraction, _stage: None
) -> list[ModuleCard]:
    """Update one module, or all that have an update; gives those that changed.

    Raises:
        NotFoundError: it is not installed.
        InstallError: it could not be updated; what was installed still works.

    """
    cards = [show_module(app, module_id)] if module_id else list_modules(app)
    due = [card for card in cards if card.state is ModuleState.UPDATE]
    entries = {entry.id: entry for entry in bundled_catalogue()}
    for card in due:
        _generations(app).update(entries[card.id], check=_checker(app), progress=progress)
        _settled(app, card.id)
    return [show_module(app, card.id) for card in due]


def remove_module(
    app: App,
    module_id: str,
    *,
    with_results: bool = False,
    progress: Progress = lambda _fraction, _stage: None,
) -> None:
    """Remove a module; what it said stays, unless it shall go too.

    Raises:
        NotFoundError: it is not installed.
        InstallError: another module needs it.

    """
    _generations(app).remove(module_id, progress=progress)
    Quarantine(app.layout.database).clear(module_id)
    Trust(app.layout.database).forget(module_id)
    if with_results:
        for sample in all_samples(app.layout):
            shutil.rmtree(app.layout.sample(sample.id.user, sample.id.sample) / module_id, ignore_errors=True)
        shutil.rmtree(app.layout.references(module_id), ignore_errors=True)
    write_loaded_modules(app.layout, all_refs(app.layout))


def roll_back_modules(app: App) -> int:
    """Go back to the modules as they were before the last change; gives the generation.

    Raises:
        NotFoundError: there is no older generation.

    """
    number = _generations(app).rollback().number
    write_loaded_modules(app.layout, all_refs(app.layout))
    return number


def configure_module(app: App, module_id: str, values: Mapping[str, JsonValue]) -> ModuleCard:
    """Change settings of an installed module; an empty text restores the default.

    A release of its data that was chosen before is no longer: the newest is used, made anew with the settings.

    Raises:
        NotFoundError: it is not installed.
        InputError: an unknown setting, or a value of another type; or the module cannot use them: none is kept.

    """
    module = next((one for one in installed_modules(app.layout) if one.id == module_id), None)
    if module is None:
        raise NotFoundError(f"{module_id!r} is not installed.", hint=f"Run: genoteca modules install {module_id}")
    settle_columns(app, module, changed_settings(app, module, values))
    preferences, manifest = Preferences(app.layout.database), module.sound_manifest()
    before = preferences.values(manifest)
    for name, value in values.items():
        if value == "" and name in manifest.settings:
            preferences.reset(module_id, name)
        else:
            preferences.set(manifest, name, value)
    if preferences.values(manifest) != before:
        use_release(app.layout, module_id, None)  # one that was made with other settings would answer for these
    write_loaded_modules(app.layout, all_refs(app.layout))
    return show_module(app, module_id)


def check_modules(app: App) -> None:
    """Check every installed module in a child process: what fails is set aside, what passes is back."""
    quarantine = Quarantine(app.layout.database)
    check = _checker(app)
    installed = installed_modules(app.layout)
    for module in installed:
        try:
            check(module, [one for one in installed if one.id != module.id and not one.broken])
        except GenotecaError as error:
            quarantine.put(module.id, module.version, error)
        else:
            quarantine.clear(module.id)
    write_loaded_modules(app.layout, all_refs(app.layout))


def recheck_modules(app: App) -> bool:
    """Check the modules if the app, Python or the generation changed since the last time; tells whether it did."""
    current = _generations(app).current()
    now = f"{__version__} {platform.python_version()} {current.number if current else 0}"
    marker = app.layout.modules / "checked"
    if current is None or (marker.exists() and marker.read_text("utf-8") == now):
        return False
    check_modules(app)
    marker.write_text(now, "utf-8")
    return True


def titles(app: App) -> dict[str, str]:
    """Give every known module's title by id."""
    found = {entry.id: entry.manifest.title for entry in bundled_catalogue()}
    for module in installed_modules(app.layout):
        if module.manifest is not None:
            found[module.id] = module.manifest.title
    return found


def _generations(app: App) -> Generations:
    return Generations(app.layout, offline=app.settings.offline)


def _checker(app: App) -> Callable[[InstalledModule, list[InstalledModule]], None]:
    """Give the check that a generation must pass: a child process loads the module with all the others."""

    def check(module: InstalledModule, others: list[InstalledModule]) -> None:
        module.sound_manifest()
        found = describe(
            ref_of(app.layout, module),
            [ref_of(app.layout, one) for one in others if not one.broken],
            settings=app.settings,
        )
        if found.error is not None:
            told = found.error
            raise CheckError(told.message, title=told.title, hint=told.hint)
        if found.manifest is not None and found.unsettled is None:
            SettledColumns(app.layout.database).keep(found.manifest)

    return check


def _settled(app: App, module_id: str) -> None:
    Quarantine(app.layout.database).clear(module_id)
    write_loaded_modules(app.layout, all_refs(app.layout))


def _offered(app: App, entry: CatalogueEntry, installed: InstalledModule | None) -> ModuleCard:
    manifest = SettledColumns(app.layout.database).manifest(entry.manifest) if installed else entry.manifest
    card = ModuleCard(
        id=entry.id,
        manifest=manifest,
        tier=entry.tier,
        state=STATES[offer(entry, installed)],
        version=entry.version,
        installed_version=installed.version if installed else None,
        origin=SHIPPED if installed is None or installed.origin is InstallOrigin.BUNDLED else FROM_FILE,
        icon=entry.icon_svg(),
        readme=entry.readme,
        bytes=entry.disk_bytes,
        settings=Preferences(app.layout.database).values(manifest),
        works_with=_works_with(app, manifest),
        provided=provided_by(app, manifest) if installed else [],
    )
    return _with_trouble(app, card, installed)


def _installed(app: App, module: InstalledModule) -> ModuleCard:
    manifest = module.sound_manifest()
    card = ModuleCard(
        id=module.id,
        manifest=manifest,
        tier=module.tier,
        state=ModuleState.INSTALLED,
        version=module.version,
        installed_version=module.version,
        origin=SHIPPED if module.origin is InstallOrigin.BUNDLED else FROM_FILE,
        icon=module.icon.read_text("utf-8") if module.icon and module.icon.suffix == ".svg" else "",
        readme=module.readme,
        bytes=manifest.disk_bytes,
        settings=Preferences(app.layout.database).values(manifest),
        works_with=_works_with(app, manifest),
        provided=provided_by(app, manifest),
    )
    return _with_trouble(app, card, module)


def _prepared(app: App, prepared: Prepared) -> ModuleCard:
    wheel = prepared.wheel
    installed = next((one for one in installed_modules(app.layout) if one.id == wheel.id), None)
    return ModuleCard(
        id=wheel.id,
        manifest=wheel.manifest,
        tier=wheel.tier,
        state=ModuleState.AVAILABLE if installed is None else ModuleState.UPDATE,
        version=wheel.version,
        installed_version=installed.version if installed else None,
        origin=FROM_FILE,
        icon=_icon_in(wheel),
        readme=wheel.readme,
        bytes=wheel.bytes + wheel.manifest.disk_bytes,
        works_with=_works_with(app, wheel.manifest),
    )


def _icon_in(wheel: Wheel) -> str:
    """Read the icon out of a wheel that is not installed yet; empty where it has none, or another kind."""
    name = f"{wheel.package}/{wheel.manifest.icon}"
    with ZipFile(wheel.path) as archive:
        known = name.endswith(".svg") and name in archive.namelist()
        return archive.read(name).decode("utf-8", "replace") if known else ""


def _with_trouble(app: App, card: ModuleCard, installed: InstalledModule | None) -> ModuleCard:
    if installed is None:
        return card
    aside = Quarantine(app.layout.database).find(card.id)
    if installed.broken:
        trouble = Trouble(
            title="The module is damaged", message=installed.problem, hint="Remove it, then install it."
        )
    elif aside is not None:
        trouble = Trouble(title=aside.title, message=aside.message, hint=aside.hint)
    else:
        return card
    return card.model_copy(update={"state": ModuleState.BROKEN, "trouble": trouble})


def _works_with(app: App, manifest: ModuleManifest) -> dict[str, str]:
    if not manifest.annotates:
        return {}
    provided = provided_names(app.layout)
    return {s.id.key: why_not_testable(manifest, s, provided) or "yes" for s in all_samples(app.layout)}


def _fits(card: ModuleCard, text: str, category: str) -> bool:
    told = " ".join((card.id, card.manifest.title, card.manifest.summary, *card.manifest.tags)).casefold()
    return (not category or card.manifest.category == category) and all(
        word in told for word in text.casefold().split()
    )
