"""What is installed: read from the current generation's metadata, without importing anything of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import Distribution, EntryPoint, distributions
from pathlib import Path
from typing import TypeAlias

from packaging.utils import canonicalize_name

from genoteca.errors import GenotecaError, ManifestError
from genoteca.model.module import ModuleManifest, Tier
from genoteca.settings import Layout
from genoteca.store.contents import LEFTOVERS, icon_of, read_manifest, readme_of, tier_of_folder
from genoteca.store.record import ENVIRONMENTS, GenerationRecord, InstallOrigin, ModuleRecord, current_record, site_of
from genoteca.store.settled import SettledColumns
from genoteca.store.wheels import GROUP, package_of

__all__ = ["InstalledModule", "installed_modules", "modules_of"]

Stamp: TypeAlias = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledModule:
    """One module of a generation."""

    id: str
    tier: Tier
    version: str
    manifest: ModuleManifest | None
    """None when it is broken."""
    dist: str
    """Name of its distribution."""
    site: Path
    """Folder of the generation that a worker appends to `sys.path`."""
    folder: Path
    """The package: manifest, tables, icon."""
    entry: str
    """Entry-point value."""
    sha256: str
    """Of the wheel it was unpacked from."""
    readme: str
    installed_at: datetime
    origin: InstallOrigin
    source_digest: str
    """Of the source folder its wheel was built from; empty for a wheel."""
    icon: Path | None
    catalogue: str = ""
    """Slug of the added catalogue it came from."""
    catalogue_key: str = ""
    """Fingerprint of that catalogue's root key."""
    environment: Path | None = None
    """Of an isolated module: the folder of its packages."""
    problem: str = ""
    """Why it is broken; empty when it is not."""

    @property
    def broken(self) -> bool:
        """Whether its manifest cannot be read."""
        return self.manifest is None

    @property
    def digest(self) -> str:
        """Fingerprint of its contents: the same for the same source, however often a wheel was built from it."""
        return self.source_digest or self.sha256

    def sound_manifest(self) -> ModuleManifest:
        """Give the manifest. Raises ManifestError with the reason when the module is broken."""
        if self.manifest is None:
            raise ManifestError(self.problem, hint=f"Remove {self.id} and install it again.")
        return self.manifest


def installed_modules(layout: Layout) -> list[InstalledModule]:
    """List the modules of the current generation by id; a broken one is listed with its reason. Never raises.

    Of a data folder that was opened without its modules there are none.
    """
    record = None if layout.without_modules else current_record(layout.modules)
    found = modules_of(layout.modules, record) if record else []
    if not any(module.manifest and module.manifest.columns_from == "settings" for module in found):
        return found
    settled = SettledColumns(layout.database)
    return [
        replace(one, manifest=settled.manifest(one.manifest, one.digest)) if one.manifest else one for one in found
    ]


def modules_of(modules: Path, record: GenerationRecord) -> list[InstalledModule]:
    """List the modules of one generation by id; while no file of them changes, they are not read again."""
    # the files are looked at before they are read: what changes meanwhile is seen at the next look
    return list(_read(modules, record, tuple(_looked_at(site_of(modules, record.number), record))))


@lru_cache(maxsize=4)  # every page lists the modules many times
def _read(modules: Path, record: GenerationRecord, _stamp: Stamp) -> tuple[InstalledModule, ...]:
    site = site_of(modules, record.number)
    kept = {module.distribution: module for module in record.modules}
    found = [
        _module(site, distribution, entry, kept[canonicalize_name(distribution.name)])
        for distribution in distributions(path=[str(site)])
        for entry in distribution.entry_points.select(group=GROUP)
        if canonicalize_name(distribution.name) in kept
    ]
    present = {canonicalize_name(module.dist) for module in found}
    lost = [_lost(site, module) for name, module in kept.items() if name not in present]
    return tuple(sorted([*found, *lost], key=lambda module: module.id))


def _looked_at(site: Path, record: GenerationRecord) -> Iterator[tuple[str, int, int, int]]:
    """Tell of every file of the modules and of their distributions: path, nanosecond of its change, size, inode.

    A file's own time can be set back, so that when its inode changed counts too. What Python compiled is passed by.
    """
    packages = {module.package.split(".")[0] for module in record.modules}
    for entry in _entries(site):
        if entry.name in packages or entry.name.endswith(".dist-info"):
            yield from _seen(entry)


def _seen(entry: os.DirEntry[str]) -> Iterator[tuple[str, int, int, int]]:
    try:
        told = entry.stat()
        yield entry.path, max(told.st_mtime_ns, told.st_ctime_ns), told.st_size, told.st_ino
    except OSError:  # it leads nowhere, or has just gone
        yield entry.path, 0, 0, 0
    if entry.is_dir(follow_symlinks=False):
        for inside in _entries(entry):
            if inside.name not in LEFTOVERS:
                yield from _seen(inside)


def _entries(folder: Path | os.DirEntry[str]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:  # it has just gone, or may not be read: what is read says so
        return []


def _module(site: Path, distribution: Distribution, entry: EntryPoint, kept: ModuleRecord) -> InstalledModule:
    folder = site / package_of(entry)
    manifest, problem = _manifest(folder, entry.name)
    # A data or isolated module whose folder gained other code since is neither any more.
    tier = kept.tier if folder.is_dir() and tier_of_folder(folder) is kept.tier else Tier.CODE
    return InstalledModule(
        id=kept.id,
        tier=tier,
        version=distribution.version,
        manifest=manifest,
        dist=distribution.name,
        site=site,
        folder=folder,
        entry=entry.value,
        sha256=kept.sha256,
        readme=_description(distribution) or (readme_of(folder) if folder.is_dir() else ""),
        installed_at=kept.installed_at.astimezone(UTC),
        origin=kept.origin,
        source_digest=kept.source_digest,
        icon=icon_of(folder, manifest) if manifest else None,
        catalogue=kept.catalogue,
        catalogue_key=kept.catalogue_key,
        environment=site.parent.parent / ENVIRONMENTS / kept.environment if kept.environment else None,
        problem=problem,
    )


def _lost(site: Path, kept: ModuleRecord) -> InstalledModule:
    return InstalledModule(
        id=kept.id,
        tier=kept.tier,
        version=kept.version,
        manifest=None,
        dist=kept.distribution,
        site=site,
        folder=site / kept.package,
        entry="",
        sha256=kept.sha256,
        readme="",
        installed_at=kept.installed_at.astimezone(UTC),
        origin=kept.origin,
        source_digest=kept.source_digest,
        icon=None,
        catalogue=kept.catalogue,
        catalogue_key=kept.catalogue_key,
        problem=f"Its files are gone from {site}",
    )


def _manifest(folder: Path, module_id: str) -> tuple[ModuleManifest | None, str]:
    try:
        manifest = read_manifest(folder)
    except GenotecaError as error:
        return None, error.message
    if manifest.id != module_id:
        return None, f"It was installed as {module_id}, its manifest says {manifest.id}"
    return manifest, ""


def _description(distribution: Distribution) -> str:
    return str(distribution.metadata.json.get("description", "") or "").strip()
