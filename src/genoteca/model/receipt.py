"""The receipt of a deletion: what kinds of things went, when, how much; nothing that says whose they were."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Forgotten", "Receipt", "Removed", "Searched"]

Kind = Literal[
    "file",
    "tables",
    "answers",
    "reports",
    "notes",
    "about",
    "inbox",
    "cache",
    "exports",
    "logs",
    "runs",
    "dagster",
    "kept",
]


class Removed(BaseModel):
    """How much of one kind was removed."""

    model_config = ConfigDict(extra="forbid")

    files: int = 0
    rows: int = 0
    """Of databases."""
    bytes: int = 0
    """Of the files."""


class Searched(BaseModel):
    """What was looked for afterwards, in every byte of the data folder and its cache, and what was found."""

    model_config = ConfigDict(extra="forbid")

    files: int = 0
    bytes: int = 0
    """Every byte that was looked at, those inside of gzip files included."""
    keys: int = 0
    """How many keys `user/sample` were looked for."""
    names: int = 0
    """How many names of people, genomes and files, and beginnings of notes."""
    names_too_common: int = 0
    """Names that are no trace by themselves: too short, words of the app, or somebody's who stays."""
    rows: int = 0
    """How many rows of the genome's file, as they stand in it."""
    keys_of_rows: int = 0
    """How many pairs of neighbouring variants, as the bytes of their keys."""
    found: list[str] = Field(default_factory=list)
    """Files in which something was found, below the data folder; empty is what it should be."""
    in_files_of_others: int = 0
    """Files of genomes that stay, and were put there by their owners, which hold the same rows or names."""
    in_published_files: int = 0
    """Files of publishers that happen to hold the same letters as a key or a name."""
    tables: int = 0
    """Parquet and DuckDB files that are left; what they were made from says their record."""
    tables_made_from_it: list[str] = Field(default_factory=list)
    """Those of them that were made from what was deleted, or have no record; empty is what it should be."""

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.found and not self.tables_made_from_it


class Receipt(BaseModel):
    """What a deletion removed.

    It holds no name, no key and no plain hash: the sha256 of a genome's file would let everybody who has a copy of it
    see that it was here. Each hash is therefore sealed: sha256 over a random key and the file's own sha256. The key
    is told once, to whoever deletes, and kept nowhere; with it and the file they can show that this very file went.
    """

    model_config = ConfigDict(extra="forbid")

    schema_version: int = 1
    number: str
    """Drawn by chance."""
    version: str
    """Of Genoteca."""
    began: datetime
    ended: datetime
    resumed: int = 0
    """How often the deletion was interrupted and went on; what had gone before may be missing in the counts."""
    genomes: int
    people: int
    """Users who went with their last genome."""
    removed: dict[Kind, Removed]
    left_in_inbox: int = 0
    """Files in the inbox, in folders of those who go: a person put them there, and they stay that person's own."""
    sealed: list[str]
    """Of every removed file of the genome's own folder, in the order of the digits."""
    searched: Searched

    @property
    def bytes(self) -> int:
        """Give the bytes of all files that were removed."""
        return sum(one.bytes for one in self.removed.values())

    @property
    def files(self) -> int:
        """Give how many files were removed."""
        return sum(one.files for one in self.removed.values())


class Forgotten(BaseModel):
    """A deletion that is over: its receipt, and what opens the sealed hashes."""

    model_config = ConfigDict(extra="forbid")

    receipt: Receipt
    opening_key: str
    """Hexadecimal; told once and kept nowhere."""
