"""What the desktop keeps from one start to the next: whose genome, which page, which columns."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import JsonValue

from genoteca.database import connect

__all__ = ["DesktopState"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS desktop_state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class DesktopState:
    """Values in `app.db`, one JSON value per name; nothing of a genome's contents is kept here."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def get(self, name: str) -> JsonValue:
        """Give what is kept under a name; None where nothing is."""
        with connect(self._database, SCHEMA) as connection:
            row = connection.execute("SELECT value FROM desktop_state WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row["value"])

    def set(self, name: str, value: JsonValue) -> None:
        """Keep a value; None drops what was kept."""
        with connect(self._database, SCHEMA) as connection:
            if value is None:
                connection.execute("DELETE FROM desktop_state WHERE name = ?", (name,))
            else:
                connection.execute("INSERT OR REPLACE INTO desktop_state VALUES (?, ?)", (name, json.dumps(value)))
