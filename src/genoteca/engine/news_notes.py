"""What publishers said when they were last asked, in `app.db`: lost, it is asked again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from genoteca.database import connect
from genoteca.engine.publisher_news import News

__all__ = ["NewsNote", "NewsNotes"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS publisher_news (
    module TEXT NOT NULL, asset TEXT NOT NULL, build TEXT NOT NULL, note TEXT NOT NULL,
    PRIMARY KEY (module, asset, build)
);
"""


class NewsNote(BaseModel):
    """What was said of one dataset, and when."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    module: str
    asset: str
    build: str
    checked: datetime
    news: News | None = None
    """None: nobody answered."""
    problem: str = ""
    """Why nobody did."""


class NewsNotes:
    """One note per dataset, the last one."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def of(self, module_id: str) -> list[NewsNote]:
        """Give the notes of a module."""
        with connect(self._database, SCHEMA) as connection:
            query = "SELECT note FROM publisher_news WHERE module = ? ORDER BY asset, build"
            return [NewsNote.model_validate_json(row["note"]) for row in connection.execute(query, (module_id,))]

    def all(self) -> list[NewsNote]:
        """Give the notes of every module."""
        with connect(self._database, SCHEMA) as connection:
            rows = connection.execute("SELECT note FROM publisher_news ORDER BY module, asset, build").fetchall()
        return [NewsNote.model_validate_json(row["note"]) for row in rows]

    def last_asked(self) -> datetime | None:
        """Say when anybody was last asked; None: never."""
        return max((note.checked for note in self.all()), default=None)

    def keep(self, module_id: str, asset: str, build: str, news: News | None, *, problem: str = "") -> NewsNote:
        """Remember what was said just now."""
        note = NewsNote(
            module=module_id, asset=asset, build=build, checked=datetime.now(UTC), news=news, problem=problem
        )
        with connect(self._database, SCHEMA) as connection:
            row = (module_id, asset, build, note.model_dump_json())
            connection.execute("INSERT OR REPLACE INTO publisher_news VALUES (?, ?, ?, ?)", row)
        return note

    def forget(self, modules: Sequence[str]) -> None:
        """Forget what was said of these modules."""
        with connect(self._database, SCHEMA) as connection:
            connection.executemany("DELETE FROM publisher_news WHERE module = ?", [(one,) for one in modules])
