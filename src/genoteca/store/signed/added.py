"""The catalogues that were added: a list in `app.db`, and of each a folder with what was verified last."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from sqlite3 import Row

from genoteca.database import connect
from genoteca.errors import NotFoundError
from genoteca.settings import Layout

__all__ = ["AddedCatalogue", "AddedCatalogues", "Problem"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS catalogues (
    slug TEXT PRIMARY KEY, name TEXT NOT NULL, location TEXT NOT NULL, fingerprint TEXT NOT NULL,
    added_at TEXT NOT NULL, state TEXT NOT NULL, refreshed_at TEXT NOT NULL, pin TEXT NOT NULL,
    asked_at TEXT NOT NULL, problem_title TEXT NOT NULL, problem_message TEXT NOT NULL, problem_hint TEXT NOT NULL
);
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Why a catalogue could not be refreshed the last time."""

    title: str
    message: str
    hint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AddedCatalogue:
    """One catalogue that was added."""

    slug: str
    """Short name on this computer, as in `ID@slug`."""
    name: str
    """As it was shown when it was added."""
    location: str
    fingerprint: str
    """Of the root key that was agreed to, or of the one that it was replaced by."""
    added_at: datetime
    state: Path
    """Folder of what was verified last: signed metadata and the index."""
    refreshed_at: datetime
    """When that was verified."""
    asked_at: datetime
    """When it was last asked for, however that went."""
    pin: str = ""
    """Commit of a Hub dataset that it is of, 40 hex digits; empty: no Hub dataset."""
    problem: Problem | None = field(default=None)


class AddedCatalogues:
    """The list. A change of a catalogue's state is one change of its row: the folder of the old state goes after."""

    def __init__(self, layout: Layout) -> None:
        self._database = layout.database
        self.folder = layout.catalogue

    def list(self) -> list[AddedCatalogue]:
        """Give them by slug."""
        with connect(self._database, SCHEMA) as connection:
            rows = connection.execute("SELECT * FROM catalogues ORDER BY slug").fetchall()
        return [self._read(row) for row in rows]

    def find(self, slug: str) -> AddedCatalogue:
        """Give one. Raises NotFoundError naming those that there are."""
        added = self.list()
        found = next((one for one in added if one.slug == slug), None)
        if found is None:
            have = ", ".join(one.slug for one in added)
            raise NotFoundError(
                f"No catalogue {slug!r} was added.",
                hint=f"Catalogues: {have}." if have else "Add one with: genoteca catalogue add ADDRESS",
            )
        return found

    def keep(self, catalogue: AddedCatalogue) -> None:
        """Keep one, in place of what was known of it, and remove the states that are not its own."""
        told = catalogue.problem or Problem(title="", message="", hint="")
        row = (
            catalogue.slug,
            catalogue.name,
            catalogue.location,
            catalogue.fingerprint,
            catalogue.added_at.isoformat(),
            catalogue.state.name,
            catalogue.refreshed_at.isoformat(),
            catalogue.pin,
            catalogue.asked_at.isoformat(),
            told.title,
            told.message,
            told.hint,
        )
        with connect(self._database, SCHEMA) as connection:
            connection.execute("INSERT OR REPLACE INTO catalogues VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        self._sweep(catalogue.slug, keep=catalogue.state.name)

    def remove(self, slug: str) -> None:
        """Forget one. Raises NotFoundError."""
        self.find(slug)
        with connect(self._database, SCHEMA) as connection:
            connection.execute("DELETE FROM catalogues WHERE slug = ?", (slug,))
        shutil.rmtree(self.folder / slug, ignore_errors=True)

    def _sweep(self, slug: str, *, keep: str) -> None:
        for folder in (self.folder / slug).glob("*"):
            if folder.name != keep:
                shutil.rmtree(folder, ignore_errors=True)

    def _read(self, row: Row) -> AddedCatalogue:
        problem = Problem(title=row["problem_title"], message=row["problem_message"], hint=row["problem_hint"])
        return AddedCatalogue(
            slug=row["slug"],
            name=row["name"],
            location=row["location"],
            fingerprint=row["fingerprint"],
            added_at=datetime.fromisoformat(row["added_at"]),
            state=self.folder / row["slug"] / row["state"],
            refreshed_at=datetime.fromisoformat(row["refreshed_at"]),
            pin=row["pin"],
            asked_at=datetime.fromisoformat(row["asked_at"]),
            problem=problem if problem.title else None,
        )
