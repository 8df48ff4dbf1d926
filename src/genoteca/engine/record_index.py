"""What the records of answers say of how they were made, kept in `app.db`: many of them are looked at in one go.

The files are the truth: a row counts while its record file is, by time, size and inode, what it was read from.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import JsonValue

from genoteca.database import connect
from genoteca.engine.records import ADOPTED, read_record
from genoteca.errors import DatasetError
from genoteca.model.record import Record
from genoteca.sdk.made_with import COLUMNS
from genoteca.sdk.resources import Stored
from genoteca.settings import Layout

__all__ = ["RecordIndex"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS answer_records (
  place TEXT PRIMARY KEY,
  stamp TEXT NOT NULL,
  record TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answer_columns (
  digest TEXT PRIMARY KEY,
  columns TEXT NOT NULL
) WITHOUT ROWID;
"""

LEFT_OUT: dict[str, JsonValue] = {"checks": [], "evidence": {}, "filtered": 0, "rows": 0, "sites": None, "reason": ""}
"""What tells of the person, or is long, and says nothing of how an answer was made."""
KEPT = (
    "module_version",
    "module_data_version",
    "module_digest",
    "settings",
    "limits",
    "lifted",
    "taken",
    ADOPTED,
    COLUMNS,
)
"""Keys of the metadata that say how an answer was made; `columns` as the digest of them."""


class RecordIndex:
    """One look at the answers of many genomes; `save` keeps what was read anew."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._users = str(layout.users)
        with connect(layout.database, SCHEMA) as db:
            self._rows = {
                row["place"]: (row["stamp"], row["record"]) for row in db.execute("SELECT * FROM answer_records")
            }
            found = db.execute("SELECT * FROM answer_columns")
            self._columns: dict[str, JsonValue] = {row["digest"]: json.loads(row["columns"]) for row in found}
        self._seen: set[str] = set()
        self._new: dict[str, tuple[str, Record]] = {}

    def current(self, asset: Sequence[str], key: str) -> Stored | None:
        """Give the answers of a module about a sample as `records.current` does, without what it counts.

        Raises:
            DatasetError: the record is damaged, or its file is gone.

        """
        place = f"{key}/{asset[0]}/{asset[-1]}.json"
        path = f"{self._users}/{place}"
        try:
            found = os.stat(path)  # noqa: PTH116 - of thousands: a Path costs more than the look
        except FileNotFoundError:
            return None
        stamp = f"{found.st_mtime_ns}-{found.st_size}-{found.st_ino}"
        kept, told = self._rows.get(place, ("", ""))
        self._seen.add(place)
        record = self._whole(told) if kept == stamp else self._read(place, stamp, Path(path))
        table = f"{path[: path.rindex('/')]}/{record.file}"
        if record.file is not None and not os.path.exists(table):  # noqa: PTH110 - as above
            raise DatasetError(f"{table} is gone; its record {place} is still there.", hint="Run it again.")
        return Stored(path=Path(table if record.file else path), record=record)

    def save(self) -> None:
        """Keep what was read from files that are still there, and drop what is gone of what was kept."""
        gone = [
            place for place in self._rows if place not in self._seen and not (self._layout.users / place).is_file()
        ]
        if not gone and not self._new:
            return
        with connect(self._layout.database, SCHEMA) as db:
            db.executemany("DELETE FROM answer_records WHERE place = ?", [(place,) for place in gone])
            for place, (stamp, record) in self._new.items():
                if not (self._layout.users / place).is_file():  # forgotten while others were looked at
                    continue
                columns = record.metadata.get(COLUMNS)
                text = json.dumps(columns)
                digest = hashlib.sha256(text.encode()).hexdigest()
                db.execute("INSERT OR IGNORE INTO answer_columns VALUES (?, ?)", (digest, text))
                told = record.model_copy(update={"metadata": {**record.metadata, COLUMNS: digest}})
                db.execute(
                    "INSERT OR REPLACE INTO answer_records VALUES (?, ?, ?)",
                    (place, stamp, told.model_dump_json(exclude_defaults=True)),
                )

    def _read(self, place: str, stamp: str, path: Path) -> Record:
        record = read_record(path)
        short = record.model_copy(update={**LEFT_OUT, "metadata": _kept(record.metadata)})
        self._new[place] = (stamp, short)
        return short

    def _whole(self, told: str) -> Record:
        """Read a kept record; the columns of one module are the same object in all of them."""
        record = Record.model_validate_json(told)
        digest = str(record.metadata.get(COLUMNS))
        if (columns := self._columns.get(digest)) is not None:
            record.metadata[COLUMNS] = columns
        else:
            record.metadata.pop(COLUMNS, None)
        return record


def _kept(metadata: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    kept = {name: metadata[name] for name in KEPT if name in metadata}
    lifted = kept.get("lifted")
    if isinstance(lifted, dict):  # how much was lifted is no matter here
        kept["lifted"] = {"reference_sequence": lifted.get("reference_sequence")}
    return kept
