"""Installed modules that failed their check: kept out of every run until they pass again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from genoteca.database import connect
from genoteca.errors import GenotecaError

__all__ = ["Quarantine", "Quarantined"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS quarantine (
    id TEXT PRIMARY KEY, version TEXT NOT NULL, title TEXT NOT NULL, hint TEXT NOT NULL, message TEXT NOT NULL,
    since TEXT NOT NULL
);
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quarantined:
    """Why a module is kept out."""

    id: str
    version: str
    title: str
    hint: str
    message: str
    since: datetime


class Quarantine:
    """The list in `app.db`."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def put(self, module_id: str, version: str, error: GenotecaError) -> None:
        """Keep a module out, with the reason a screen shows."""
        row = (module_id, version, error.title, error.hint, error.message, datetime.now(UTC).isoformat())
        with connect(self._database, SCHEMA) as connection:
            connection.execute("INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?, ?, ?, ?)", row)

    def clear(self, module_id: str) -> None:
        """Let a module in again."""
        with connect(self._database, SCHEMA) as connection:
            connection.execute("DELETE FROM quarantine WHERE id = ?", (module_id,))

    def find(self, module_id: str) -> Quarantined | None:
        """Say why a module is kept out; None when it is not."""
        return self.list().get(module_id)

    def list(self) -> dict[str, Quarantined]:
        """Give every module that is kept out, by id."""
        with connect(self._database, SCHEMA) as connection:
            rows = connection.execute("SELECT * FROM quarantine ORDER BY id").fetchall()
        return {
            row["id"]: Quarantined(
                id=row["id"],
                version=row["version"],
                title=row["title"],
                hint=row["hint"],
                message=row["message"],
                since=datetime.fromisoformat(row["since"]),
            )
            for row in rows
        }
