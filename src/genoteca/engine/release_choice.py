"""Which release of a module's references is in force: the one that the user chose, else the newest."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from genoteca.engine.files import write_private
from genoteca.errors import DatasetError
from genoteca.model.record import Record
from genoteca.sdk.resources import Stored
from genoteca.settings import Layout

__all__ = ["ANY_BUILD", "choose_release", "chosen_releases", "in_force", "release_folder", "release_name"]

ANY_BUILD = "any"
"""Stands for the build of what belongs to none, as a chain between two builds."""

LONGEST = 48
"""Letters of a release's name that its folder keeps; a digest follows where that is not the whole name."""


def release_name(record: Record) -> str:
    """Name the release of a dataset: the source's own name for it, else the module's data version."""
    return record.release or record.data_version


def release_folder(name: str) -> str:
    """Name the folder of a release: its name, or as much of it as can name a folder, with a digest of the whole."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:LONGEST]
    return plain if plain == name else f"{plain or 'release'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def chosen_releases(layout: Layout, module_id: str) -> dict[str, str]:
    """Give the names of the releases that the user chose for a module, by build; empty: the newest everywhere.

    Raises:
        DatasetError: the file that says so is damaged: nobody guesses which release was meant.

    """
    path = layout.chosen_releases(module_id)
    try:
        told = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        told = None
    if not isinstance(told, dict) or not all(isinstance(name, str) for name in told.values()):
        raise DatasetError(f"{path} is damaged.", hint=f"Choose again: genoteca modules release {module_id} --use …")
    return told


def choose_release(layout: Layout, module_id: str, chosen: Mapping[str, str]) -> None:
    """Remember which release was chosen, by build; empty: the newest everywhere."""
    path = layout.chosen_releases(module_id)
    if chosen:
        write_private(path, json.dumps(dict(chosen), indent=1), sealed=True)
    else:
        path.unlink(missing_ok=True)


def in_force(found: Sequence[Stored], chosen: Mapping[str, str]) -> Stored | None:
    """Of the releases of one dataset, give the chosen one; where none is chosen, or it is not there, the newest."""
    wanted = [one for one in found if chosen.get(one.record.build or ANY_BUILD) == release_name(one.record)]
    return max(wanted or found, key=lambda stored: stored.record.created, default=None)
