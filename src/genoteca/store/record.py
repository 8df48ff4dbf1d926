"""What a generation says of itself on disk, and the pointer to the current one."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from genoteca.model.module import Tier
from genoteca.seals import lift
from genoteca.store.syncing import sync_folder

__all__ = [
    "ENVIRONMENTS",
    "Change",
    "Extra",
    "GenerationRecord",
    "InstallOrigin",
    "ModuleRecord",
    "complete",
    "current_record",
    "generation_folder",
    "kept_wheel",
    "point_to",
    "pointed_to",
    "read_record",
    "site_of",
    "write_record",
    "write_whole",
]

RECORD = "generation.json"
POINTER = "current"
ENVIRONMENTS = "environments"
PREFIX = "generation-"


class InstallOrigin(StrEnum):
    """Where an installed module came from."""

    BUNDLED = "bundled"
    FILE = "file"
    CATALOGUE = "catalogue"


class Kept(BaseModel):
    """A wheel of a generation, kept under its sha256."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    distribution: str
    version: str
    wheel: str
    """File name."""
    sha256: str


class Extra(Kept):
    """A distribution that a module requires and the app does not bring."""


class ModuleRecord(Kept):
    """One installed module."""

    id: str
    tier: Tier
    package: str
    requires: tuple[str, ...] = ()
    """Requirement lines of its distribution."""
    origin: InstallOrigin
    environment: str = ""
    """Of an isolated module: name of its environment's folder."""
    source_digest: str = ""
    """Of the source folder it was built from; empty for a wheel."""
    catalogue: str = ""
    """Slug of the added catalogue it came from."""
    catalogue_key: str = ""
    """Fingerprint of that catalogue's root key: another catalogue under the same slug has no updates for it."""
    installed_at: datetime


class Change(BaseModel):
    """What became of one module when a generation was made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    before: str = ""
    """Version until then; empty: it was not installed."""
    after: str = ""
    """Version since; empty: it was removed."""


class GenerationRecord(BaseModel):
    """Everything that is installed in one generation."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int
    made_at: datetime
    app: str
    """Version of the app that made it."""
    changes: tuple[Change, ...] = ()
    """Against the generation it was made from."""
    modules: tuple[ModuleRecord, ...] = ()
    extras: tuple[Extra, ...] = ()

    def module(self, module_id: str) -> ModuleRecord | None:
        """Find an installed module by its id."""
        return next((module for module in self.modules if module.id == module_id), None)

    def kept(self) -> tuple[Kept, ...]:
        """Give every wheel this generation is made of."""
        return (*self.modules, *self.extras)


def generation_folder(modules: Path, number: int) -> Path:
    """Folder of a generation."""
    return modules / f"{PREFIX}{number}"


def site_of(modules: Path, number: int) -> Path:
    """Folder of a generation that workers append to `sys.path`."""
    return generation_folder(modules, number) / "site"


def kept_wheel(modules: Path, sha256: str, name: str) -> Path:
    """Where a wheel is kept."""
    return modules / "wheels" / sha256 / name


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that a kill at any moment leaves the old one or the new one."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        lift(path)
        Path(temporary).replace(path)
        lift(path)  # one that was set while this was being written
        sync_folder(path.parent)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_record(modules: Path, record: GenerationRecord) -> None:
    """Write the record; a generation folder without one is a half one."""
    write_whole(generation_folder(modules, record.number) / RECORD, record.model_dump_json(indent=1))


def read_record(modules: Path, number: int) -> GenerationRecord | None:
    """Read a generation's record; None when it is half made, gone or damaged."""
    folder = generation_folder(modules, number)
    try:
        record = GenerationRecord.model_validate_json((folder / RECORD).read_bytes())
    except (OSError, ValidationError):
        return None
    return record if (folder / "site").is_dir() else None


def complete(modules: Path) -> list[GenerationRecord]:
    """List every whole generation, oldest first."""
    numbers = (path.name.removeprefix(PREFIX) for path in modules.glob(f"{PREFIX}*"))
    records = (read_record(modules, int(number)) for number in numbers if number.isdecimal())
    return sorted((record for record in records if record), key=lambda record: record.number)


def pointed_to(modules: Path) -> int | None:
    """Read the pointer; None when nothing was ever installed or the pointer is damaged."""
    try:
        return int((modules / POINTER).read_text("ascii"))
    except (OSError, ValueError):
        return None


def point_to(modules: Path, number: int) -> None:
    """Make a generation the current one, at once and whole."""
    write_whole(modules / POINTER, f"{number}\n")


def current_record(modules: Path) -> GenerationRecord | None:
    """Read the current generation; where the pointer leads nowhere, the newest whole one; None when there is none."""
    number = pointed_to(modules)
    if number is not None and (record := read_record(modules, number)):
        return record
    return next(reversed(complete(modules)), None)
