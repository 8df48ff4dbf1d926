"""The journal of a deletion: written before anything goes, removed when nothing is left; after a kill it goes on."""

from __future__ import annotations

import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from genoteca.engine.files import write_private
from genoteca.model.receipt import Kind, Removed
from genoteca.model.sample import SampleId
from genoteca.settings import Layout

__all__ = ["Journal", "Needles", "is_pending"]

JOURNAL = "journal.json"


class Needles(BaseModel):
    """What is looked for once all is gone; bytes are written in hexadecimal."""

    model_config = ConfigDict(extra="forbid")

    keys: list[str]
    names: list[str]
    names_too_common: int
    longer: list[str] = Field(default_factory=list)
    """Names of those who stay that hold one of these: there it is no trace."""
    rows: list[str]
    keys_of_rows: list[str]
    tables: list[str]
    """sha256 of the tables that go: whatever names one of them among its inputs was made of it."""


class Journal(BaseModel):
    """How far a deletion is."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(default_factory=lambda: secrets.token_hex(8))
    salt: str = Field(default_factory=lambda: secrets.token_hex(32))
    began: datetime = Field(default_factory=lambda: datetime.now(UTC))
    resumed: int = 0
    samples: list[SampleId]
    people: int
    needles: Needles
    files: list[str] = Field(default_factory=list)
    """Paths of genome files that were read where they lie, in the data folder, such as in a folder to drop files."""
    runs: list[str] = Field(default_factory=list)
    """Ids of the runs that went."""
    removed: dict[Kind, Removed] = Field(default_factory=dict)
    sealed: dict[str, str] = Field(default_factory=dict)
    """By path below the folder that is deleted."""

    @classmethod
    def read(cls, layout: Layout) -> Journal | None:
        """Give the journal of a deletion that was interrupted; None: there is none."""
        path = layout.forgetting / JOURNAL
        return cls.model_validate_json(path.read_bytes()) if path.is_file() else None

    def write(self, layout: Layout) -> None:
        """Write down how far it is, in one step."""
        write_private(layout.forgetting / JOURNAL, self.model_dump_json())

    def count(self, kind: Kind, *, files: int = 0, rows: int = 0, size: int = 0) -> None:
        """Add to what was removed."""
        if files or rows or size:
            before = self.removed.get(kind, Removed())
            self.removed[kind] = Removed(
                files=before.files + files, rows=before.rows + rows, bytes=before.bytes + size
            )

    def place(self, layout: Layout, sample: SampleId) -> Path:
        """Give where a sample's folder lies while it is deleted; it is listed nowhere from then on."""
        return layout.forgetting / f"{self.samples.index(sample)}"

    def files_place(self, layout: Layout) -> Path:
        """Give where those files lie while they are deleted."""
        return layout.forgetting / "apart" / "source"

    def close(self, layout: Layout) -> None:
        """Remove the journal: nothing is left to be done. It goes last, so that a kill leaves it whole."""
        for path in layout.forgetting.iterdir():
            if path.name != JOURNAL:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        (layout.forgetting / JOURNAL).unlink()
        layout.forgetting.rmdir()


def is_pending(layout: Layout) -> bool:
    """Whether a deletion was interrupted, or is at work."""
    return (layout.forgetting / JOURNAL).is_file()
