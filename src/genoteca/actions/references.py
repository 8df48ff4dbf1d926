"""From what is installed to what a worker needs, and to references that are there or must be made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import JsonValue

from genoteca.engine import records
from genoteca.engine.modules import ModuleRef
from genoteca.model.build import Build
from genoteca.model.module import ModuleManifest
from genoteca.model.record import Record
from genoteca.sdk.made_with import other_columns
from genoteca.sdk.resources import Stored
from genoteca.settings import Layout
from genoteca.store.installed import InstalledModule, installed_modules
from genoteca.store.preferences import Preferences
from genoteca.store.quarantine import Quarantine

__all__ = [
    "all_refs",
    "annotating_modules",
    "local_file_changed",
    "module_refs",
    "provided_names",
    "ref_of",
    "reference_of",
    "usable_modules",
    "why_reference_is_old",
]

CLOCK_SLACK = 2.0
"""Seconds: some file systems keep times no finer."""


def usable_modules(layout: Layout) -> dict[str, InstalledModule]:
    """Give the installed modules that are neither broken nor set aside, by id."""
    aside = Quarantine(layout.database).list()
    return {one.id: one for one in installed_modules(layout) if not one.broken and one.id not in aside}


def annotating_modules(layout: Layout) -> dict[str, InstalledModule]:
    """Give the usable modules that answer for a sample; the others provide what the app or a module needs."""
    return {one.id: one for one in usable_modules(layout).values() if one.sound_manifest().annotates}


def provided_names(layout: Layout) -> frozenset[str]:
    """Give the names of all that the usable modules provide, fetched already or not."""
    return frozenset(name for one in usable_modules(layout).values() for name in one.sound_manifest().provides)


def module_refs(layout: Layout, wanted: Sequence[str]) -> list[ModuleRef]:
    """Give what a worker needs to load these modules and all that they require."""
    usable = usable_modules(layout)
    found: dict[str, InstalledModule] = {}
    open_ = [module for module in wanted if module in usable]
    while open_:
        module = usable[open_.pop()]
        if module.id not in found:
            found[module.id] = module
            open_ += [one for one in module.sound_manifest().requires if one in usable]
    return [ref_of(layout, module) for module in found.values()]


def all_refs(layout: Layout) -> list[ModuleRef]:
    """Give what a worker needs to load every usable module."""
    return [ref_of(layout, module) for module in usable_modules(layout).values()]


def reference_of(layout: Layout, module_id: str, build: Build) -> Stored | None:
    """Give the reference of a module in one build, or None."""
    return records.latest_reference(layout, module_id, build)


def why_reference_is_old(stored: Stored, manifest: ModuleManifest, settings: Mapping[str, JsonValue]) -> str:
    """Say why a reference must be made anew; empty: it need not."""
    made = stored.record.metadata
    if made.get("module_version") != manifest.version:
        return f"module {made.get('module_version') or 'of an older kind'} → {manifest.version}"
    if made.get("module_data_version") != manifest.data_version:
        return f"data {made.get('module_data_version')} → {manifest.data_version}"
    if made.get("settings") != dict(settings):
        return "its settings changed"
    if other_columns(stored.record, manifest):
        return "its columns changed"
    return "its file changed" if local_file_changed(stored.record) else ""


def local_file_changed(record: Record) -> bool:
    """Whether a file on this computer that a reference was made of is another one since, by its size and time."""
    files = record.metadata.get("files")
    for one in files if isinstance(files, list) else []:
        url, size = (one.get("url"), one.get("bytes")) if isinstance(one, dict) else ("", 0)
        if not isinstance(url, str) or "://" in url or not Path(url).is_file():
            continue
        now = Path(url).stat()
        if now.st_size != size or now.st_mtime > record.created.timestamp() + CLOCK_SLACK:
            return True
    return False


def ref_of(layout: Layout, module: InstalledModule) -> ModuleRef:
    """Give what a worker needs to load one module, with the user's settings."""
    manifest = module.sound_manifest()
    settled = manifest.columns_from == "settings"
    return ModuleRef(
        id=module.id,
        tier=module.tier,
        site=module.site,
        entry=module.entry,
        folder=module.folder,
        settings=Preferences(layout.database).values(manifest),
        provides=manifest.provides,
        columns=manifest.columns if settled else None,
        builds=manifest.builds if settled else None,
    )
