"""What the Hub said before: for the same commit it need not be asked again, and offline it cannot be."""

from __future__ import annotations

import hashlib
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
        try:
            return HubFile.model_validate_json(self._path(source, "listed").read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def keep_file(self, file: HubFile) -> None:
        """Remember what a file at a commit is."""
        write_private(self._path(file.source, "listed"), file.model_dump_json())

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
