"""What is on offer: modules and their versions. The shipped ones are read from their folders; none of it runs."""

from __future__ import annotations

import csv
import logging
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from genoteca.errors import ManifestError, ModuleError
from genoteca.model.module import ModuleManifest, Tier
from genoteca.settings import bundled_plugins
from genoteca.store.contents import (
    MANIFEST,
    changelog_of,
    changes_in,
    icon_of,
    read_manifest,
    readme_of,
    tier_of_folder,
)
from genoteca.store.digest import source_digest, source_files
from genoteca.store.installed import InstalledModule
from genoteca.store.record import InstallOrigin

__all__ = [
    "BundledEntry",
    "CatalogueEntry",
    "Offer",
    "OfferedVersion",
    "bundled_catalogue",
    "from_another",
    "genes_of",
    "offer",
    "search",
    "updates",
]

log = logging.getLogger(__name__)
LARGEST_TABLE = 5 * 1024**2
"""Bytes of a table up to which the catalogue looks into it for gene names."""


class Offer(StrEnum):
    """What the store can do with a module of the catalogue."""

    INSTALL = "install"
    UPDATE = "update"
    INSTALLED = "installed"


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedVersion:
    """One version of a module on offer."""

    version: str
    tier: Tier
    wheel: str
    """File name of its artifact; empty: shipped with the app, and built here."""
    sha256: str
    """Of the artifact; empty: shipped with the app."""
    bytes: int
    """Of the artifact; shipped with the app: of its package."""
    download_bytes: int
    """Of the data it will fetch."""
    disk_bytes: int
    """On disk, its data and itself."""
    released: datetime | None = None
    """When it was first on offer; None: shipped with the app."""
    changelog: str = ""
    """What is new in it, Markdown."""
    yanked: str = ""
    """Why its publisher withdrew it; empty: it did not."""
    requires_app: str
    requires: tuple[str, ...] = ()
    manifest: ModuleManifest | None
    """None: written for a newer Genoteca than this."""
    screenshots: tuple[str, ...] = ()
    """Files of the catalogue, or of the package where it is shipped."""

    def why_not(self, app: str) -> str:
        """Say why it cannot be installed into this version of the app; empty: it can."""
        if self.yanked:
            return f"withdrawn by its publisher: {self.yanked}"
        if not SpecifierSet(self.requires_app).contains(Version(app), prereleases=True):
            return f"needs Genoteca {self.requires_app}, this is {app}"
        return "" if self.manifest else "written for another version of Genoteca, which reads more of a manifest"


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueEntry:
    """One module on offer in one catalogue."""

    manifest: ModuleManifest
    """Of the version on offer."""
    tier: Tier
    distribution: str
    version: str
    """On offer: the newest that can be installed, else the newest."""
    readme: str
    package_bytes: int
    """Size of the module itself; its reference's is in the manifest."""
    genes: tuple[str, ...]
    """Gene symbols its tables and its manifest name."""
    versions: tuple[OfferedVersion, ...]
    """Newest first."""
    catalogue: str = ""
    """Slug of the added catalogue; empty: shipped with the app."""
    catalogue_name: str = ""
    catalogue_key: str = ""
    """Fingerprint of the catalogue's root key."""
    drawing: str = ""
    """The icon as SVG text; empty: it has none, or it lies in a file."""

    @property
    def id(self) -> str:
        """The module's id."""
        return self.manifest.id

    @property
    def download_bytes(self) -> int:
        """Bytes it will fetch from the network: its reference."""
        return self.manifest.download_bytes

    @property
    def disk_bytes(self) -> int:
        """Bytes it will take on disk, reference included."""
        return self.manifest.disk_bytes + self.package_bytes

    def icon_svg(self) -> str:
        """Give the icon as SVG text; empty when it has none or another kind."""
        return self.drawing

    def text(self) -> str:
        """Give what a search looks through, in lower case."""
        shown = self.manifest
        words = (shown.id, shown.title, shown.summary, shown.category, *shown.tags, *self.genes)
        return "\n".join(words).casefold()

    def find(self, version: str) -> OfferedVersion | None:
        """Find a version, however it is spelled."""
        return next((one for one in self.versions if Version(one.version) == Version(version)), None)

    def differs(self, _installed: InstalledModule) -> bool:
        """Whether the same version has other contents than what is installed; a catalogue's never has."""
        return False


@dataclass(frozen=True, kw_only=True, slots=True)
class BundledEntry(CatalogueEntry):
    """A module shipped with the app."""

    source: Path
    """Project folder, only ever read."""
    package: Path
    """Package folder inside it: manifest, tables, icon."""
    icon: Path | None

    def icon_svg(self) -> str:
        """Give the icon as SVG text; empty when it has none or another kind."""
        return self.icon.read_text("utf-8") if self.icon and self.icon.suffix.lower() == ".svg" else ""

    def digest(self) -> str:
        """Give the fingerprint of its source."""
        return source_digest(self.source)

    def differs(self, installed: InstalledModule) -> bool:
        """Whether the same version has other contents than what is installed of it."""
        return installed.source_digest != self.digest()


Entry = TypeVar("Entry", bound=CatalogueEntry)


def bundled_catalogue(folder: Path | None = None) -> list[BundledEntry]:
    """List the modules shipped with the app (or lying in `folder`) by title; no module's code is imported.

    A module is a folder with a pyproject.toml and one `src/<package>/module.toml`. One that cannot be read is left
    out and named in the log.
    """
    entries = []
    for pyproject in sorted((folder or bundled_plugins()).glob("*/pyproject.toml")):
        try:
            entries.append(_entry(pyproject.parent, _stamp(pyproject.parent)))
        except (ModuleError, OSError, ValueError, KeyError) as error:
            log.warning("%s is left out of the catalogue: %s", pyproject.parent, error)
    return sorted(entries, key=lambda entry: entry.manifest.title.casefold())


def search(entries: Iterable[Entry], text: str = "", *, category: str = "") -> list[Entry]:
    """Keep the entries in which every word of `text` occurs (title, summary, tags, genes …), of a category or any."""
    words = text.casefold().split()
    return [
        entry
        for entry in entries
        if (not category or entry.manifest.category == category) and all(word in entry.text() for word in words)
    ]


def offer(entry: CatalogueEntry, installed: InstalledModule | None) -> Offer:
    """Say what the store can do: an update is a newer version, or the same version of changed contents.

    Only where a module came from has updates for it, so that nobody else's module of the same id replaces it. What
    came from a file is updated by what is shipped with the app.
    """
    if installed is None:
        return Offer.INSTALL
    if from_another(entry, installed):
        return Offer.INSTALLED
    offered, present = Version(entry.version), Version(installed.version)
    if offered != present:
        return Offer.UPDATE if offered > present else Offer.INSTALLED
    changed = installed.origin is InstallOrigin.BUNDLED and entry.differs(installed)
    return Offer.UPDATE if changed else Offer.INSTALLED


def updates(entries: Sequence[CatalogueEntry], installed: Sequence[InstalledModule]) -> list[CatalogueEntry]:
    """List the entries that are newer than what is installed."""
    present = {module.id: module for module in installed}
    return [entry for entry in entries if offer(entry, present.get(entry.id)) is Offer.UPDATE]


def from_another(entry: CatalogueEntry, installed: InstalledModule | None) -> bool:
    """Whether what is installed came from elsewhere than this entry, which would take its place.

    What came from a file may be replaced by what is shipped with the app, never by what a catalogue calls the same.
    """
    if installed is None:
        return False
    if installed.origin is InstallOrigin.CATALOGUE:
        return (entry.catalogue, entry.catalogue_key) != (installed.catalogue, installed.catalogue_key)
    return bool(entry.catalogue)


def genes_of(tables: Iterable[Path]) -> frozenset[str]:
    """Give the gene symbols that tables name in a column `gene`; large tables are not looked into."""
    found: set[str] = set()
    for path in tables:
        state = path.stat()
        if path.suffix.lower() in {".csv", ".tsv"} and state.st_size <= LARGEST_TABLE:
            found |= _genes_in(path, state.st_mtime_ns, state.st_size)
    return frozenset(found)


def _stamp(source: Path) -> tuple[tuple[str, int, int], ...]:
    """Name every file of a module with its time and size: as long as this is the same, so is its entry."""
    files = (path for path in source_files(source) if path.is_file())
    return tuple(sorted((str(path), (state := path.stat()).st_mtime_ns, state.st_size) for path in files))


@lru_cache(maxsize=256)
def _entry(source: Path, _as_it_lies: object) -> BundledEntry:
    project = tomllib.loads((source / "pyproject.toml").read_text("utf-8"))["project"]
    packages = [path.parent for path in source.glob(f"src/*/{MANIFEST}")]
    if len(packages) != 1:
        raise ManifestError(f"{source} holds {len(packages)} packages with a {MANIFEST}, one is expected")
    package = packages[0]
    manifest = read_manifest(package)
    tables = list(source_files(package))
    size = sum(path.stat().st_size for path in tables)
    return BundledEntry(
        manifest=manifest,
        tier=(tier := tier_of_folder(package)),
        distribution=project["name"],
        version=project["version"],
        source=source,
        package=package,
        readme=readme_of(source) or readme_of(package),
        icon=icon_of(package, manifest),
        package_bytes=size,
        genes=tuple(sorted(genes_of(tables) | set(manifest.genes))),
        versions=(_version(manifest, project["version"], tier, size, changelog_of(source) or changelog_of(package)),),
    )


def _version(manifest: ModuleManifest, version: str, tier: Tier, size: int, changelog: str) -> OfferedVersion:
    return OfferedVersion(
        version=version,
        tier=tier,
        wheel="",
        sha256="",
        bytes=size,
        download_bytes=manifest.download_bytes,
        disk_bytes=manifest.disk_bytes + size,
        changelog=changes_in(changelog, version),
        requires_app=manifest.requires_app,
        requires=manifest.requires,
        manifest=manifest,
        screenshots=manifest.screenshots,
    )


@lru_cache(maxsize=256)
def _genes_in(path: Path, changed: int, size: int) -> frozenset[str]:  # noqa: ARG001 - they are the cache's key
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=delimiter)
        if "gene" not in (rows.fieldnames or ()):
            return frozenset()
        return frozenset(row["gene"].strip() for row in rows if row.get("gene"))
