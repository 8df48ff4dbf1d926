"""Capabilities: what one module provides for the app and for the others, as `sequence:GRCh38`."""

from __future__ import annotations

from collections.abc import Iterable

from genoteca.engine import records
from genoteca.engine.modules import loaded_modules
from genoteca.engine.release_choice import chosen_releases, in_force
from genoteca.model.build import Build
from genoteca.sdk.resources import Stored
from genoteca.settings import Layout

__all__ = ["capability", "sequence_of"]


def sequence_of(build: Build) -> str:
    """Name the capability that is the reference sequence of a build."""
    return f"sequence:{build}"


def capability(layout: Layout, name: str, *, modules: Iterable[str] = ()) -> Stored | None:
    """Give the dataset that provides a capability, or None where there is none; no module is imported.

    Of a module's releases the one counts that the user chose, else the newest; of several modules the newest. Looked
    at are the installed modules whose manifest provides it, and `modules` (those of the run). Of their datasets for
    everyone, those count whose record says in `metadata["provides"]` that they are the one.

    Raises:
        DatasetError: a record is damaged, or its file is gone.

    """
    providers = {ref.id for ref in loaded_modules(layout) if name in ref.provides} | set(modules)
    found = [
        stored
        for module_id in sorted(providers)
        if (stored := in_force(_all_of(layout, module_id, name), chosen_releases(layout, module_id)))
    ]
    return max(found, key=lambda stored: stored.record.created, default=None)


def _all_of(layout: Layout, module_id: str, name: str) -> list[Stored]:
    return [stored for stored in records.for_everyone(layout, module_id) if stored.is_the(name)]
