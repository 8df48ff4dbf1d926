"""The catalogue: modules on offer, read from their folders without running anything of them."""

from __future__ import annotations

import csv
import logging
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from packaging.version import Version

from genoteca.errors import ManifestError, ModuleError
from genoteca.model.module import ModuleManifest, Tier
from genoteca.settings import bundled_plugins
from genoteca.store.contents import MANIFEST, icon_of, read_manifest, readme_of, tier_of_folder
from genoteca.store.digest import source_digest, source_files
from genoteca.store.installed import InstalledModule
from genoteca.store.record import InstallOrigin

__all__ = ["CatalogueEntry", "Offer", "bundled_catalogue", "offer", "search", "updates"]

log = logging.getLogger(__name__)
LARGEST_TABLE = 5 * 1024**2
"""Bytes of a table up to which the catalogue looks into it for gene names."""


class Offer(StrEnum):
    """What the store can do with a module of the catalogue."""

    INSTALL = "install"
    UPDATE = "update"
    INSTALLED = "installed"


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueEntry:
    """One module on offer."""

    manifest: ModuleManifest
    tier: Tier
    distribution: str
    version: str
    source: Path
    """Project folder, only ever read."""
    package: Path
    """Package folder inside it: manifest, tables, icon."""
    readme: str
    icon: Path | None
    package_bytes: int
    """Size of the module itself; its reference's is in the manifest."""
    genes: tuple[str, ...]
    """Gene symbols its tables name."""

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
        return self.icon.read_text("utf-8") if self.icon and self.icon.suffix.lower() == ".svg" else ""

    def text(self) -> str:
        """Give what a search looks through, in lower case."""
        shown = self.manifest
        words = (shown.id, shown.title, shown.summary, shown.category, *shown.tags, *self.genes)
        return "\n".join(words).casefold()

    def digest(self) -> str:
        """Give the fingerprint of its source."""
        return source_digest(self.source)


def bundled_catalogue(folder: Path | None = None) -> list[CatalogueEntry]:
    """List the modules shipped with the app (or lying in `folder`) by title; no module's code is imported.

    A module is a folder with a pyproject.toml and one `src/<package>/module.toml`. One that cannot be read is left
    out and named in the log.
    """
    entries = []
    for pyproject in sorted((folder or bundled_plugins()).glob("*/pyproject.toml")):
        try:
            entries.append(_entry(pyproject.parent))
        except (ModuleError, OSError, ValueError, KeyError) as error:
            log.warning("%s is left out of the catalogue: %s", pyproject.parent, error)
    return sorted(entries, key=lambda entry: entry.manifest.title.casefold())


def search(entries: Iterable[CatalogueEntry], text: str = "", *, category: str = "") -> list[CatalogueEntry]:
    """Keep the entries in which every word of `text` occurs (title, summary, tags, genes …), of a category or any."""
    words = text.casefold().split()
    return [
        entry
        for entry in entries
        if (not category or entry.manifest.category == category) and all(word in entry.text() for word in words)
    ]


def offer(entry: CatalogueEntry, installed: InstalledModule | None) -> Offer:
    """Say what the store can do: an update is a newer version, or the same version of changed contents."""
    if installed is None:
        return Offer.INSTALL
    offered, present = Version(entry.version), Version(installed.version)
    if offered != present:
        return Offer.UPDATE if offered > present else Offer.INSTALLED
    changed = installed.origin is InstallOrigin.BUNDLED and installed.source_digest != entry.digest()
    return Offer.UPDATE if changed else Offer.INSTALLED


def updates(entries: Sequence[CatalogueEntry], installed: Sequence[InstalledModule]) -> list[CatalogueEntry]:
    """List the entries that are newer than what is installed."""
    present = {module.id: module for module in installed}
    return [entry for entry in entries if offer(entry, present.get(entry.id)) is Offer.UPDATE]


def _entry(source: Path) -> CatalogueEntry:
    project = tomllib.loads((source / "pyproject.toml").read_text("utf-8"))["project"]
    packages = [path.parent for path in source.glob(f"src/*/{MANIFEST}")]
    if len(packages) != 1:
        raise ManifestError(f"{source} holds {len(packages)} packages with a {MANIFEST}, one is expected")
    package = packages[0]
    manifest = read_manifest(package)
    tables = list(source_files(package))
    return CatalogueEntry(
        manifest=manifest,
        tier=tier_of_folder(package),
        distribution=project["name"],
        version=project["version"],
        source=source,
        package=package,
        readme=readme_of(source) or readme_of(package),
        icon=icon_of(package, manifest),
        package_bytes=sum(path.stat().st_size for path in tables),
        genes=_genes_of(tables),
    )


def _genes_of(tables: list[Path]) -> tuple[str, ...]:
    found: set[str] = set()
    for path in tables:
        state = path.stat()
        if path.suffix.lower() in {".csv", ".tsv"} and state.st_size <= LARGEST_TABLE:
            found |= _genes_in(path, state.st_mtime_ns, state.st_size)
    return tuple(sorted(found))


@lru_cache(maxsize=256)
def _genes_in(path: Path, changed: int, size: int) -> frozenset[str]:  # noqa: ARG001 - they are the cache's key
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=delimiter)
        if "gene" not in (rows.fieldnames or ()):
            return frozenset()
        return frozenset(row["gene"].strip() for row in rows if row.get("gene"))
