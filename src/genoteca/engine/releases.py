"""The releases of a module's references that are there, side by side: found, chosen, dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from genoteca.engine import records
from genoteca.engine.files import remove_empty_folders
from genoteca.engine.release_choice import ANY_BUILD, choose_release, chosen_releases, in_force, release_name
from genoteca.errors import DatasetError, InputError, NotFoundError
from genoteca.sdk.resources import Stored
from genoteca.settings import Layout

__all__ = ["Release", "drop_release", "named_release", "releases_of", "use_release"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """One release of a module's references: its tables in every build."""

    name: str
    tables: tuple[Stored, ...]
    in_force: tuple[str, ...]
    """Builds in which it is the one that is used."""

    @property
    def builds(self) -> tuple[str, ...]:
        """Builds in which it is there."""
        return tuple(sorted({one.record.build or ANY_BUILD for one in self.tables}))

    @property
    def bytes(self) -> int:
        """Size on the disk."""
        return sum(path.stat().st_size for one in self.tables for path in _files_of(one))

    @property
    def created(self) -> datetime:
        """When the last of its tables was made."""
        return max(one.record.created for one in self.tables)


def releases_of(layout: Layout, module_id: str) -> list[Release]:
    """Give every release of a module's references, newest first.

    Raises:
        DatasetError: a record is damaged, or its file is gone.

    """
    stored = records.for_everyone(layout, module_id)
    current = _in_force(layout, module_id, stored)
    names = {release_name(one.record): None for one in stored}
    found = []
    for name in names:
        own = tuple(one for one in stored if release_name(one.record) == name)
        used = {one.record.build or ANY_BUILD for one in own if one.path in current}
        found.append(Release(name=name, tables=own, in_force=tuple(sorted(used))))
    return sorted(found, key=lambda release: release.created, reverse=True)


def named_release(releases: Sequence[Release], name: str, module_id: str) -> Release:
    """Give the release of that name; its first characters are enough where no other release begins so.

    Raises:
        NotFoundError: there is none, or more than one.

    """
    found = [one for one in releases if one.name == name] or [
        one for one in releases if name and one.name.startswith(name)
    ]
    if len(found) != 1:
        have = ", ".join(one.name for one in releases) or "none yet"
        raise NotFoundError(f"{module_id} has no release {name!r}.", hint=f"Releases that are there: {have}.")
    return found[0]


def use_release(layout: Layout, module_id: str, release: Release | None) -> None:
    """Use a release from now on, in every build that it is there in; None: the newest everywhere."""
    if release is None:
        choose_release(layout, module_id, {})
        return
    try:
        chosen = chosen_releases(layout, module_id)
    except DatasetError:  # what was chosen is not known any more, and is being chosen anew
        chosen = {}
    choose_release(layout, module_id, chosen | dict.fromkeys(release.builds, release.name))


def drop_release(layout: Layout, module_id: str, release: Release) -> int:
    """Delete a release from the disk, and forget that it was chosen; give how many bytes became free.

    Raises:
        InputError: a file of it cannot be deleted.

    """
    freed = release.bytes
    chosen = chosen_releases(layout, module_id)
    choose_release(layout, module_id, {build: name for build, name in chosen.items() if name != release.name})
    try:
        for path in (path for one in release.tables for path in _files_of(one)):
            path.unlink(missing_ok=True)
        for folder in {one.path.parent for one in release.tables}:
            remove_empty_folders(folder, up_to=layout.references(module_id))
    except OSError as error:
        raise InputError(f"{release.name} of {module_id} cannot be deleted: {error.strerror or error}.") from error
    return freed


def _files_of(stored: Stored) -> list[Path]:
    """Give the files of one dataset, of every run that is kept; its record in force comes first."""
    asset, folder = stored.record.asset[-1], stored.path.parent
    copies = (path for path in sorted(folder.iterdir()) if path.is_file())
    return [folder / f"{asset}.json", *(path for path in copies if records.run_of(path, asset))]


def _in_force(layout: Layout, module_id: str, stored: Sequence[Stored]) -> set[Path]:
    """Give the tables that are used: of every asset in every build, one."""
    chosen = chosen_releases(layout, module_id)
    datasets: dict[tuple[str, str | None], list[Stored]] = {}
    for one in stored:
        datasets.setdefault((one.record.asset[-1], one.record.build), []).append(one)
    current = (in_force(found, chosen) for found in datasets.values())
    return {one.path for one in current if one}
