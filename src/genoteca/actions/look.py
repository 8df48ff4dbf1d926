"""What answers depend on, looked at once: what is installed, set and stored."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from genoteca.actions import references
from genoteca.engine import capabilities, held, records
from genoteca.engine.limits import rules_of
from genoteca.errors import DatasetError
from genoteca.sdk.made_with import COLUMNS, other_columns, plain_columns
from genoteca.sdk.resources import Stored
from genoteca.store.preferences import Preferences

if TYPE_CHECKING:
    from pydantic import JsonValue

    from genoteca.actions.app import App
    from genoteca.actions.view import Reason
    from genoteca.model.build import Build
    from genoteca.model.module import ModuleManifest
    from genoteca.model.record import Record
    from genoteca.model.sample import Sample
    from genoteca.store.installed import InstalledModule

__all__ = ["Look"]

Current: TypeAlias = "Callable[[Sequence[str], str], Stored | None]"
"""Gives the current dataset of a sample's asset: key and partition."""


class Look:
    """One look at a data folder: nothing is read twice, and nothing that changes meanwhile is seen.

    `current`: where the records of samples come from; by default their files.
    """

    def __init__(self, app: App, current: Current | None = None) -> None:
        self.app = app
        self._users = str(app.layout.users)
        self._read: Current = current or (lambda asset, key: records.current(app.layout, asset, key))
        self._current: dict[tuple[str, ...], Stored | None] = {}
        self._settings: dict[str, dict[str, JsonValue]] = {}
        self._references: dict[tuple[str, str], Stored | None] = {}
        self._limits: dict[str, dict[str, JsonValue]] = {}
        self._local: dict[tuple[str, str], str] = {}
        self._capabilities: dict[str, Stored | None] = {}
        self.reading: dict[str, list[Reason]] = {}
        """By sample: why its file should be read again, where that was asked."""
        self._columns: dict[str, JsonValue] = {}
        self._waiting: dict[tuple[str, str], Stored | None] = {}
        self._refused: dict[tuple[str, str], Stored | None] = {}
        self._lies: dict[tuple[str, str], Collection[str]] = {}

    @cached_property
    def annotating(self) -> dict[str, InstalledModule]:
        """The usable modules that answer for a sample, by id."""
        return references.annotating_modules(self.app.layout)

    @cached_property
    def provided(self) -> frozenset[str]:
        """Names of all that the usable modules provide."""
        return references.provided_names(self.app.layout)

    def current(self, asset: Sequence[str], key: str) -> Stored | None:
        """Give the current dataset of a sample's asset.

        Raises:
            DatasetError: its record is damaged, or its file is gone.

        """
        name = (*asset, key)
        if name not in self._current:
            self._current[name] = self._read(asset, key)
        return self._current[name]

    def waiting(self, module_id: str, key: str) -> Stored | None:
        """Give the answers that wait to be taken or left; None: none do, or they are damaged and cannot be taken."""
        if (module_id, key) not in self._waiting:
            self._waiting[module_id, key], in_force = None, ""
            with suppress(DatasetError):  # what waits can be taken in the place of what is damaged
                now = self.current([module_id, "annotations"], key)
                in_force = now.record.run if now else ""
            if held.may_wait(self._names(module_id, key), in_force):
                with suppress(DatasetError):
                    self._waiting[module_id, key] = held.held(self.app.layout, [module_id, "annotations"], key)
        return self._waiting[module_id, key]

    def refused(self, module_id: str, key: str) -> Stored | None:
        """Give the record of the answers that the person has left last; their table is gone."""
        if (module_id, key) not in self._refused:
            self._refused[module_id, key] = None
            there = records.REFUSED in self._names(module_id, key)
            if there and (record := held.refused(self.app.layout, module_id, key)):
                place = Path(self._users, key, module_id, records.REFUSED)
                self._refused[module_id, key] = Stored(path=place, record=record)
        return self._refused[module_id, key]

    def _names(self, module_id: str, key: str) -> Collection[str]:
        """Name what lies in the folder of a module's answers about a sample."""
        if (module_id, key) not in self._lies:
            self._lies[module_id, key] = ()
            with suppress(FileNotFoundError):
                self._lies[module_id, key] = os.listdir(f"{self._users}/{key}/{module_id}")  # noqa: PTH208 - of thousands
        return self._lies[module_id, key]

    def settings(self, manifest: ModuleManifest) -> dict[str, JsonValue]:
        """Give the value of every setting of a module."""
        if manifest.id not in self._settings:
            self._settings[manifest.id] = Preferences(self.app.layout.database).values(manifest)
        return self._settings[manifest.id]

    def reference(self, module_id: str, build: Build) -> Stored | None:
        """Give a module's reference in force, in one build."""
        if (module_id, build) not in self._references:
            self._references[module_id, build] = references.reference_of(self.app.layout, module_id, build)
        return self._references[module_id, build]

    def local_change(self, module_id: str, build: Build) -> str:
        """Say what changed on this computer of what a module's reference was made of; empty: nothing."""
        if (module_id, build) not in self._local:
            stored = self.reference(module_id, build)
            self._local[module_id, build] = "" if stored is None else references.local_change(stored.record)
        return self._local[module_id, build]

    def limits(self, sample: Sample) -> dict[str, JsonValue]:
        """Give the limits that a genome's calls are marked by now."""
        key = sample.id.key
        if key not in self._limits:
            self._limits[key] = rules_of(self.app.settings, sample.limits).plain()
        return self._limits[key]

    def capability(self, name: str) -> Stored | None:
        """Give the dataset that provides a capability, or None."""
        if name not in self._capabilities:
            self._capabilities[name] = capabilities.capability(self.app.layout, name)
        return self._capabilities[name]

    def other_columns(self, record: Record, manifest: ModuleManifest) -> bool:
        """Tell whether a table was made with other columns than the module has now."""
        if manifest.id not in self._columns:
            self._columns[manifest.id] = plain_columns(manifest.columns)
        # what is the same to the letter need not be compared as columns
        return record.metadata.get(COLUMNS) != self._columns[manifest.id] and other_columns(record, manifest)
