"""Modules: found in the gallery, shown with everything their card and their page say."""

from __future__ import annotations

from collections.abc import Sequence
from zipfile import ZipFile

from genoteca.actions.app import App
from genoteca.actions.checking import generations
from genoteca.actions.module_views import ModuleCard, ModuleState, ModuleVersion
from genoteca.actions.providing import provided_by
from genoteca.actions.references import provided_names
from genoteca.actions.releases import known_updates
from genoteca.actions.view import Trouble
from genoteca.engine.samples import all_samples
from genoteca.errors import NotFoundError
from genoteca.model.module import ModuleManifest
from genoteca.sdk.testable import why_not_testable
from genoteca.store.catalogue import CatalogueEntry, Offer, OfferedVersion, from_another, offer, search
from genoteca.store.choice import (
    SHIPPED_SLUG,
    Wanted,
    at_version,
    chosen_version,
    named_entry,
    shown_entry,
    wanted_of,
)
from genoteca.store.environment import app_version
from genoteca.store.generations import Prepared
from genoteca.store.installed import InstalledModule, installed_modules
from genoteca.store.pins import Pins
from genoteca.store.preferences import Preferences
from genoteca.store.quarantine import Quarantine
from genoteca.store.record import InstallOrigin
from genoteca.store.settled import SettledColumns
from genoteca.store.shelf import everything_on_offer
from genoteca.store.sources import install_source
from genoteca.store.trust import Trust, needs_decision
from genoteca.store.wheels import Wheel

__all__ = ["SHIPPED", "list_modules", "module_source", "modules_beneath", "show_module", "titles"]

SHIPPED = "shipped with Genoteca"
FROM_FILE = "installed from a file"

STATES = {
    Offer.INSTALL: ModuleState.AVAILABLE,
    Offer.INSTALLED: ModuleState.INSTALLED,
    Offer.UPDATE: ModuleState.UPDATE,
}


def list_modules(app: App, *, text: str = "", category: str = "") -> list[ModuleCard]:
    """Give the modules on offer and installed, by title; every word of `text` must occur.

    An id that several catalogues offer has a card for each; once one of them is installed, only that one's.
    """
    installed = {one.id: one for one in installed_modules(app.layout)}
    catalogue = [
        entry for entry in everything_on_offer(app.layout) if not from_another(entry, installed.get(entry.id))
    ]
    offered = {entry.id for entry in catalogue}
    cards = [
        _offered(app, entry, installed.get(entry.id), others=[one for one in catalogue if one.id == entry.id])
        for entry in search(catalogue, text, category=category)
    ]
    own = [_installed(app, one) for one in installed.values() if one.id not in offered and not one.broken]
    cards += [card for card in own if _fits(card, text, category)]
    newer = known_updates(app)
    cards = [card.model_copy(update={"newer_data": card.id in newer}) for card in cards]
    return sorted(cards, key=lambda card: card.manifest.title.casefold())


def modules_beneath(app: App, module: ModuleCard) -> list[ModuleCard]:
    """Give the modules that one builds on, through any number between, and that can be installed: the lowest first.

    Of several catalogues that offer one, its own comes before the others.
    """
    offered = sorted(list_modules(app), key=lambda card: card.catalogue == module.catalogue)
    cards, found = {card.id: card for card in offered}, list[ModuleCard]()

    def add(one: ModuleCard) -> None:
        for needed in one.manifest.requires:
            card = cards.get(needed)
            if card is not None and card.state is ModuleState.AVAILABLE and card not in found:
                add(card)
                found.append(card)

    add(module)
    return found


def show_module(app: App, module_id: str) -> ModuleCard:
    """Give one module with everything its detail shows; `ID@catalogue` where several offer it.

    Raises:
        NotFoundError: it is neither on offer nor installed.

    """
    wanted = wanted_of(module_id) or Wanted(id=module_id)
    installed = next((one for one in installed_modules(app.layout) if one.id == wanted.id), None)
    offered = [entry for entry in everything_on_offer(app.layout) if entry.id == wanted.id]
    entry = shown_entry(wanted, offered, installed)
    if entry is not None:
        return _offered(app, entry, installed, others=offered)
    if installed is None:
        known = ", ".join(card.source for card in list_modules(app))
        raise NotFoundError(f"There is no module {module_id!r}.", hint=f"Modules: {known}")
    return _installed(app, installed)


def module_source(app: App, id_or_path: str) -> ModuleCard:
    """Say what would be installed (a module's id, a wheel, a folder), before anybody decides.

    Raises:
        NotFoundError: it is neither a module nor a file.
        InstallError: it cannot be a module.

    """
    offered, installed = everything_on_offer(app.layout), installed_modules(app.layout)
    named = named_entry(id_or_path, offered, installed)
    if named is None:
        return _prepared(app, generations(app).prepare(install_source(id_or_path, offered)))
    entry = at_version(named[0], chosen_version(*named))
    return _offered(app, entry, next((one for one in installed if one.id == entry.id), None))


def titles(app: App) -> dict[str, str]:
    """Give every known module's title by id."""
    found = {entry.id: entry.manifest.title for entry in reversed(everything_on_offer(app.layout))}
    for module in installed_modules(app.layout):
        if module.manifest is not None:
            found[module.id] = module.manifest.title
    return found


def _offered(
    app: App, entry: CatalogueEntry, installed: InstalledModule | None, *, others: Sequence[CatalogueEntry] = ()
) -> ModuleCard:
    manifest = (
        SettledColumns(app.layout.database).manifest(entry.manifest, installed.digest)
        if installed
        else entry.manifest
    )
    card = ModuleCard(
        id=entry.id,
        manifest=manifest,
        tier=entry.tier,
        state=STATES[offer(entry, installed)],
        version=entry.version,
        installed_version=installed.version if installed else None,
        origin=_origin(entry.catalogue, entry.catalogue_name) if installed is None else _came_from(installed, entry),
        icon=entry.icon_svg(),
        readme=entry.readme,
        bytes=entry.disk_bytes,
        settings=Preferences(app.layout.database).values(manifest),
        works_with=_works_with(app, manifest),
        provided=provided_by(app, manifest) if installed else [],
        catalogue=entry.catalogue,
        catalogue_name=entry.catalogue_name,
        others=sorted(one.catalogue or SHIPPED_SLUG for one in others if one.catalogue != entry.catalogue),
        versions=[_version(one) for one in entry.versions],
        genes=list(entry.genes),
        withdrawn=_withdrawn(entry, installed),
    )
    return _with_trouble(app, card, installed)


def _version(offered: OfferedVersion) -> ModuleVersion:
    return ModuleVersion(
        version=offered.version,
        tier=offered.tier,
        bytes=offered.bytes,
        download_bytes=offered.download_bytes,
        disk_bytes=offered.disk_bytes,
        released=offered.released,
        changelog=offered.changelog,
        yanked=offered.yanked,
        requires_app=offered.requires_app,
        requires=list(offered.requires),
        why_not=offered.why_not(app_version()),
    )


def _withdrawn(entry: CatalogueEntry, installed: InstalledModule | None) -> str:
    if installed is None or from_another(entry, installed):
        return ""
    offered = entry.find(installed.version)
    return offered.yanked if offered else ""


def _came_from(installed: InstalledModule, entry: CatalogueEntry | None = None) -> str:
    if installed.origin is InstallOrigin.FILE:
        return FROM_FILE
    named = entry is not None and not from_another(entry, installed)
    return _origin(installed.catalogue, entry.catalogue_name if entry and named else installed.catalogue)


def _origin(catalogue: str, name: str) -> str:
    return f"from the catalogue {name}" if catalogue else SHIPPED


def _installed(app: App, module: InstalledModule) -> ModuleCard:
    manifest = module.sound_manifest()
    card = ModuleCard(
        id=module.id,
        manifest=manifest,
        tier=module.tier,
        state=ModuleState.INSTALLED,
        version=module.version,
        installed_version=module.version,
        origin=_came_from(module),
        catalogue=module.catalogue,
        catalogue_name=module.catalogue,
        genes=list(manifest.genes),
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
    pinned = Pins(app.layout.database).holds(card.id, installed.version)
    card = card.model_copy(update={"pinned": installed.version if pinned else ""})
    aside = Quarantine(app.layout.database).find(card.id)
    if installed.broken:
        trouble = Trouble(
            title="The module is damaged", message=installed.problem, hint="Remove it, then install it."
        )
    elif aside is not None:
        trouble = Trouble(title=aside.title, message=aside.message, hint=aside.hint)
    else:
        return card
    doubted = needs_decision(installed, installed.origin) and not Trust(app.layout.database).decided(installed)
    return card.model_copy(update={"state": ModuleState.BROKEN, "trouble": trouble, "needs_trust": doubted})


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
