"""What a user may name to install: a module of the catalogue, a wheel, or a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from genoteca.errors import InputError, NotFoundError
from genoteca.store.building import build_wheel, wheel_of_data_folder
from genoteca.store.catalogue import BundledEntry, CatalogueEntry, OfferedVersion, bundled_catalogue
from genoteca.store.choice import chosen_version, name_of, named_entry, not_on_offer
from genoteca.store.contents import MANIFEST
from genoteca.store.digest import source_digest
from genoteca.store.installed import InstalledModule
from genoteca.store.record import InstallOrigin
from genoteca.store.stages import QUIET, Stages

__all__ = ["InstallSource", "SourceKind", "Take", "bundled_source", "entry_source", "install_source", "local_source"]

Take = Callable[[CatalogueEntry, OfferedVersion], Path]
"""Fetches and verifies the artifact of a version that a catalogue offers; gives the wheel."""


class SourceKind(StrEnum):
    """What the source is on disk."""

    WHEEL = "wheel"
    PROJECT = "project"
    """A folder with a pyproject.toml."""
    DATA = "data"
    """A folder with a module.toml and tables."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstallSource:
    """Something that can be made into a module's wheel."""

    path: Path
    kind: SourceKind
    origin: InstallOrigin
    entry: CatalogueEntry | None = None
    """What an added catalogue says that it is; None: of no catalogue but the shipped one."""
    offered: OfferedVersion | None = None

    def digest(self) -> str:
        """Give the fingerprint of a source folder; empty for a wheel."""
        return "" if self.kind is SourceKind.WHEEL else source_digest(self.path)

    def wheel(self, out: Path, stages: Stages = QUIET) -> Path:
        """Give the wheel, built into `out` when the source is a folder."""
        if self.kind is SourceKind.WHEEL:
            return self.path
        return (build_wheel if self.kind is SourceKind.PROJECT else wheel_of_data_folder)(self.path, out, stages)


def install_source(
    id_or_path: str,
    catalogue: Sequence[CatalogueEntry] | None = None,
    *,
    installed: Sequence[InstalledModule] = (),
    take: Take | None = None,
) -> InstallSource:
    """Find what a user means: a module on offer (`ID`, `ID@catalogue`, `ID==version`), else a file or folder.

    `catalogue`: what is on offer, the shipped modules unless given; `take` fetches what an added catalogue offers.

    Raises NotFoundError naming the nearest ids, InputError for a file or folder that is no module, or where several
    catalogues offer the id; InstallError when the version cannot be installed; and what `take` raises.
    """
    entries = bundled_catalogue() if catalogue is None else catalogue
    if named := named_entry(id_or_path, entries, installed):
        return entry_source(named[0], version=named[1], take=take)
    path = Path(id_or_path).expanduser()
    if not path.exists():
        raise not_on_offer(id_or_path, entries)
    return local_source(path.resolve())


def entry_source(entry: CatalogueEntry, *, version: str = "", take: Take | None = None) -> InstallSource:
    """Give the source of a version on offer: the newest that can be installed unless one is named.

    Raises NotFoundError for the version, InstallError when it cannot be installed, and what `take` raises.
    """
    offered = chosen_version(entry, version)
    if isinstance(entry, BundledEntry):
        return bundled_source(entry)
    if take is None:
        raise NotFoundError(f"{name_of(entry)} has to be fetched, and nothing may be fetched here")
    wheel = take(entry, offered)
    return InstallSource(
        path=wheel, kind=SourceKind.WHEEL, origin=InstallOrigin.CATALOGUE, entry=entry, offered=offered
    )


def bundled_source(entry: BundledEntry) -> InstallSource:
    """Give the source of a module that is shipped with the app."""
    return InstallSource(path=entry.source, kind=SourceKind.PROJECT, origin=InstallOrigin.BUNDLED)


def local_source(path: Path) -> InstallSource:
    """Give the source that a file or folder is. Raises InputError for a folder that is no module."""
    if path.is_file():
        # Another kind of file is refused where wheels are inspected, with what to do about it.
        return InstallSource(path=path, kind=SourceKind.WHEEL, origin=InstallOrigin.FILE)
    if (path / "pyproject.toml").is_file():
        return InstallSource(path=path, kind=SourceKind.PROJECT, origin=InstallOrigin.FILE)
    if (path / MANIFEST).is_file():
        return InstallSource(path=path, kind=SourceKind.DATA, origin=InstallOrigin.FILE)
    raise InputError(
        f"{path} holds neither pyproject.toml nor {MANIFEST}",
        hint=f"Give a wheel (.whl), a project folder, or a folder with {MANIFEST} and its tables.",
    )
