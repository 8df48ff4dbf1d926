"""Which changes of a genome's answers the person has looked at."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from genoteca.database import connect

__all__ = ["SeenChanges"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS seen_changes (
    sample TEXT NOT NULL, module TEXT NOT NULL, run TEXT NOT NULL, PRIMARY KEY (sample, module, run)
) WITHOUT ROWID;
"""


class SeenChanges:
    """Rows in `app.db`: sample (`user/sample`), module, and the first letters of the run whose answers were new."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def of(self, sample: str) -> set[tuple[str, str]]:
        """Give what was seen of a sample: module and run."""
        with connect(self._database, SCHEMA) as connection:
            found = connection.execute("SELECT module, run FROM seen_changes WHERE sample = ?", (sample,))
            return {(row["module"], row["run"]) for row in found}

    def see(self, sample: str, seen: Iterable[tuple[str, str]]) -> None:
        """Write down what is seen: module and run."""
        with connect(self._database, SCHEMA) as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO seen_changes VALUES (?, ?, ?)", [(sample, *one) for one in seen]
            )
