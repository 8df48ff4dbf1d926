"""What a user may name to install: a module of the catalogue, a wheel, or a folder."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from genoteca.errors import InputError, NotFoundError
from genoteca.model.module import MODULE_ID
from genoteca.store.building import build_wheel, wheel_of_data_folder
from genoteca.store.catalogue import CatalogueEntry, bundled_catalogue
from genoteca.store.contents import MANIFEST
from genoteca.store.digest import source_digest
from genoteca.store.record import InstallOrigin
from genoteca.store.stages import QUIET, Stages

__all__ = ["InstallSource", "SourceKind", "bundled_source", "install_source"]


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

    def digest(self) -> str:
        """Give the fingerprint of a source folder; empty for a wheel."""
        return "" if self.kind is SourceKind.WHEEL else source_digest(self.path)

    def wheel(self, out: Path, stages: Stages = QUIET) -> Path:
        """Give the wheel, built into `out` when the source is a folder."""
        if self.kind is SourceKind.WHEEL:
            return self.path
        return (build_wheel if self.kind is SourceKind.PROJECT else wheel_of_data_folder)(self.path, out, stages)


def install_source(id_or_path: str, catalogue: Sequence[CatalogueEntry] | None = None) -> InstallSource:
    """Find what a user means: an id of the catalogue (the bundled one unless given), else a file or folder.

    Raises NotFoundError naming the nearest ids, InputError for a file or folder that is no module.
    """
    entries = bundled_catalogue() if catalogue is None else catalogue
    if MODULE_ID.fullmatch(id_or_path) and (entry := next((e for e in entries if e.id == id_or_path), None)):
        return bundled_source(entry)
    path = Path(id_or_path).expanduser()
    if not path.exists():
        raise _not_found(id_or_path, [entry.id for entry in entries])
    return _local(path.resolve())


def bundled_source(entry: CatalogueEntry) -> InstallSource:
    """Give the source of a module that is shipped with the app."""
    return InstallSource(path=entry.source, kind=SourceKind.PROJECT, origin=InstallOrigin.BUNDLED)


def _local(path: Path) -> InstallSource:
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


def _not_found(given: str, ids: list[str]) -> NotFoundError:
    near = difflib.get_close_matches(given.lower().replace("_", "-"), ids, n=3, cutoff=0.5)
    meant = (
        f"Did you mean {' or '.join(near)}?"
        if near
        else f"The catalogue holds: {', '.join(sorted(ids)) or 'nothing'}."
    )
    return NotFoundError(f"{given!r} is neither a module of the catalogue nor a file or folder", hint=meant)
