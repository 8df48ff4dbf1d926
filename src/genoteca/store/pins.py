"""Modules that shall stay at the version they have: updates pass them by."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from genoteca.database import connect

__all__ = ["Pins"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS pins (id TEXT PRIMARY KEY, version TEXT NOT NULL, since TEXT NOT NULL);
"""


class Pins:
    """The pins in `app.db`.

    A pin holds as long as its version is the installed one: a roll-back to another sets it aside, the way back
    brings it back.
    """

    def __init__(self, database: Path) -> None:
        self._database = database

    def set(self, module_id: str, version: str) -> None:
        """Let a module stay at a version."""
        with connect(self._database, SCHEMA) as connection:
            row = (module_id, version, datetime.now(UTC).isoformat())
            connection.execute("INSERT OR REPLACE INTO pins VALUES (?, ?, ?)", row)

    def clear(self, module_id: str) -> None:
        """Let a module be updated again."""
        with connect(self._database, SCHEMA) as connection:
            connection.execute("DELETE FROM pins WHERE id = ?", (module_id,))

    def list(self) -> dict[str, str]:
        """Give the pinned version of every pinned module, by id."""
        with connect(self._database, SCHEMA) as connection:
            return {row["id"]: row["version"] for row in connection.execute("SELECT id, version FROM pins")}

    def holds(self, module_id: str, version: str | None) -> bool:
        """Whether a module is pinned to the version that is installed."""
        return version is not None and self.list().get(module_id) == version
