"""What a backup says of itself: every file with its sha256. It stands at the end, for it is known only then."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import PurePosixPath

from pydantic import BaseModel, ConfigDict, Field

from genoteca.errors import InputError

__all__ = ["DATA", "MANIFEST", "SUM", "BackupEntry", "BackupManifest", "safe_path"]

DATA = "data/"
MANIFEST = "manifest.json"
SUM = "manifest.sha256"


class BackupEntry(BaseModel):
    """One file of the data folder."""

    model_config = ConfigDict(extra="forbid")

    bytes: int
    sha256: str
    same_as: str = ""
    """Path of a file that is the same one under another name; its bytes stand there."""


class BackupManifest(BaseModel):
    """What the whole backup holds."""

    model_config = ConfigDict(extra="forbid")

    schema_version: int = 1
    app: str
    """Version of Genoteca that wrote it."""
    data_folder: int
    """Version of the data folder."""
    made: datetime
    genomes: int
    outside: int
    """Genomes whose file lies outside of the data folder, and is not in the backup."""
    references: bool
    """Whether data of modules is in it."""
    files: dict[str, BackupEntry] = Field(default_factory=dict)
    """By path below the data folder."""
    links: dict[str, str] = Field(default_factory=dict)
    """Symbolic links, with where they lead, relative to themselves."""

    def text(self) -> bytes:
        """Give it as it is written."""
        return self.model_dump_json(indent=1).encode("utf-8")

    @staticmethod
    def sum_of(text: bytes) -> bytes:
        """Give what `manifest.sha256` holds."""
        return f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n".encode("ascii")


def safe_path(name: str) -> PurePosixPath:
    """Give a path that leads nowhere but below the data folder.

    Raises:
        InputError: it leads elsewhere.

    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name or ":" in path.parts[0]:
        raise InputError(f"The backup holds a file {name!r}, which leads out of the data folder.")
    return path
