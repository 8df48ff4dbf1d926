"""The inbox: files that were dropped into a folder, watched until they are whole; nothing of them is opened here."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from genoteca.database import connect

if TYPE_CHECKING:
    import sqlite3

__all__ = ["REFUSED", "Dropped", "InboxMemory", "Sighting", "dropped_files"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS automation_inbox (
  path TEXT PRIMARY KEY, bytes INTEGER NOT NULL, changed INTEGER NOT NULL, since TEXT NOT NULL,
  state TEXT NOT NULL, words TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS automation_inbox_taken (mark TEXT PRIMARY KEY) WITHOUT ROWID;
"""
REFUSED = ".refused.txt"
"""End of the name of the note beside a file that was not taken."""
BEING_COPIED = (".part", ".partial", ".crdownload", ".download", ".tmp", ".temp", ".filepart", "~")
"""Ends of the names that browsers and copying programs give a file until it is whole."""
BESIDE = (REFUSED, ".tbi", ".csi", ".md5", ".sha256")
"""Ends of the names of files that lie beside a genome."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dropped:
    """A file in the inbox as it is now."""

    path: Path
    folder: str
    """The folder in the inbox in which it lies; empty: in none."""
    bytes: int
    changed: int
    """Nanoseconds, as the file system tells."""

    @property
    def mark(self) -> str:
        """Give what stands for this file as it is, and says nothing of its name."""
        told = f"{self.folder}/{self.path.name}|{self.bytes}|{self.changed}"
        return hashlib.sha256(told.encode()).hexdigest()


class Sighting(BaseModel):
    """What is remembered of a file that was not taken yet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    bytes: int
    changed: int
    since: datetime
    """When it was first seen as it is."""
    state: str
    """`waiting`, `taking` or `refused`."""
    words: str = ""
    """Why it waits, or was refused."""

    def is_of(self, file: Dropped) -> bool:
        """Whether the file is as it was."""
        return (self.path, self.bytes, self.changed) == (str(file.path), file.bytes, file.changed)


def dropped_files(inbox: Path) -> list[Dropped]:
    """Give the files in an inbox and in its folders, by path; a person's files lie in a folder of their name.

    Links, devices, hidden files, files that are being copied and what lies deeper are passed over.
    """
    found = list(_files(inbox, ""))
    for folder in _entries(inbox):
        if folder.is_dir(follow_symlinks=False):
            found += _files(Path(folder.path), folder.name)
    return sorted(found, key=lambda file: file.path)


def _files(folder: Path, name: str) -> Iterator[Dropped]:
    for entry in _entries(folder):
        told = entry.name.lower()
        if told.endswith(BEING_COPIED) or told.endswith(BESIDE):
            continue
        with suppress(OSError):  # it was taken away at this moment
            seen = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(seen.st_mode) and seen.st_size:
                path = Path(entry.path)
                yield Dropped(path=path, folder=name, bytes=seen.st_size, changed=seen.st_mtime_ns)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """Give what lies in a folder and is not hidden; nothing, where it cannot be looked into."""
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except OSError:
        return []


class InboxMemory:
    """What is remembered of the inbox, in `app.db`; of a file that was taken, no name."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def sightings(self) -> dict[str, Sighting]:
        """Give the files that were seen and not taken, by path."""
        with self._open() as db:
            rows = db.execute("SELECT * FROM automation_inbox ORDER BY path").fetchall()
        return {row["path"]: Sighting.model_validate(dict(row)) for row in rows}

    def keep(self, sighting: Sighting) -> None:
        """Remember a file as it was seen."""
        row = sighting.model_dump(mode="json")
        with self._open() as db:
            db.execute(
                "INSERT OR REPLACE INTO automation_inbox VALUES (:path, :bytes, :changed, :since, :state, :words)",
                row,
            )

    def forget(self, path: str) -> None:
        """Forget a file that is gone."""
        with self._open() as db:
            db.execute("DELETE FROM automation_inbox WHERE path = ?", (path,))

    def take(self, file: Dropped) -> None:
        """Note that a file was taken: it is not taken again while it stays as it is."""
        with self._open() as db:
            db.execute("DELETE FROM automation_inbox WHERE path = ?", (str(file.path),))
            db.execute("INSERT OR IGNORE INTO automation_inbox_taken VALUES (?)", (file.mark,))

    def taken(self) -> set[str]:
        """Give the marks of the files that were taken."""
        with self._open() as db:
            return {row["mark"] for row in db.execute("SELECT mark FROM automation_inbox_taken")}

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        return connect(self._database, SCHEMA)
