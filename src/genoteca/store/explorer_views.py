"""What the person keeps of the explorer: named filters and layouts, and the layout that was used last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

from genoteca.database import connect

__all__ = ["ExplorerViews"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS explorer_views (
    kind TEXT NOT NULL, name TEXT NOT NULL, told TEXT NOT NULL, PRIMARY KEY (kind, name)
);
"""

Kind = Literal["filter", "layout", "last"]


class ExplorerViews:
    """The views in `app.db`, of this installation: columns and values, nothing that anybody carries."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def all(self, kind: Kind) -> dict[str, JsonValue]:
        """Give every view of a kind by its name."""
        with connect(self._database, SCHEMA) as connection:
            query = "SELECT name, told FROM explorer_views WHERE kind = ? ORDER BY name"
            return {row["name"]: json.loads(row["told"]) for row in connection.execute(query, (kind,))}

    def keep(self, kind: Kind, name: str, told: JsonValue) -> None:
        """Keep a view under a name; one that has it already is replaced."""
        with connect(self._database, SCHEMA) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO explorer_views VALUES (?, ?, ?)", (kind, name, json.dumps(told))
            )

    def drop(self, kind: Kind, name: str) -> None:
        """Forget a view."""
        with connect(self._database, SCHEMA) as connection:
            connection.execute("DELETE FROM explorer_views WHERE kind = ? AND name = ?", (kind, name))
