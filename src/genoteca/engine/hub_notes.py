"""What the Hub said before: for the same commit it need not be asked again, and offline it cannot be."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

from pydantic import ValidationError

from genoteca.engine.files import write_private
from genoteca.engine.hub import HubFile, HubSource

__all__ = ["HubNotes"]


class HubNotes:
    """Small files in the cache, one per source."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file(self, source: str) -> HubFile | None:
        """Give what a file at a commit is; None: it was never asked."""
        return _read(self._path(source, "listed"))

    def keep_file(self, file: HubFile) -> None:
        """Remember what a file at a commit is."""
        write_private(self._path(file.source, "listed"), file.model_dump_json())

    def drop_older(self, files: Collection[HubFile]) -> set[str]:
        """Forget what these files were at other commits; gives the checksums that no commit names any more."""
        notes = {path: note for path in self._folder.glob("*.listed") if (note := _read(path))}
        current = {file.source for file in files}
        places = {_place(file) for file in files}
        older = [path for path, note in notes.items() if note.source not in current and _place(note) in places]
        gone = {notes.pop(path).checksum for path in older}
        for path in older:
            path.unlink(missing_ok=True)
        return gone - {note.checksum for note in notes.values()}

    def commit(self, source: HubSource) -> str:
        """Give the commit that a revision stood for last; empty: it was never asked."""
        try:
            return self._path(f"{source.repo}@{source.revision}", "commit").read_text("ascii")
        except FileNotFoundError:
            return ""

    def keep_commit(self, source: HubSource, commit: str) -> None:
        """Remember the commit that a revision stands for."""
        write_private(self._path(f"{source.repo}@{source.revision}", "commit"), commit)

    def _path(self, name: str, kind: str) -> Path:
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()}.{kind}"


def _read(path: Path) -> HubFile | None:
    try:
        return HubFile.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _place(file: HubFile) -> tuple[str, str]:
    """Dataset and path of a file, at whatever commit."""
    source = HubSource.parse(file.source)
    return source.repo, source.path
