"""Records: what is stored, read back and verified. Files and records are the truth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from genoteca.engine.files import below, sha256_of, write_private
from genoteca.engine.release_choice import chosen_releases, in_force
from genoteca.engine.sealing import is_sealed, seal, unsealed
from genoteca.errors import DatasetError
from genoteca.model.record import Record
from genoteca.model.sample import SampleId
from genoteca.sdk.resources import Stored
from genoteca.settings import Layout

__all__ = [
    "ADOPTED",
    "HELD",
    "KEEP",
    "REFUSED",
    "all_records",
    "current",
    "damaged",
    "dataset_path",
    "for_everyone",
    "history",
    "in_force_since",
    "is_held",
    "latest_reference",
    "read_record",
    "readable",
    "record_files",
    "record_path",
    "retire",
    "run_of",
    "trusted",
    "verified",
    "write_record",
    "write_sealed",
]

HELD = "held"
"""Key of a record's metadata: it was made beside the one in force, and waits until the person takes or leaves it."""

ADOPTED = "adopted"
"""Key of a record's metadata: when answers that had waited were taken (ISO 8601); absent: they never waited."""

REFUSED = "refused.json"
"""Beside a module's answers: the record of those that the person has left, without their table."""

KEEP = 3
"""Files kept of every asset and partition, the current one included."""

NO_RECORDS = frozenset({"sample.json", "notes.json", REFUSED})
"""Files in a sample's folder that speak of no table."""

CLOCK_SLACK = 2.0
"""Seconds: some file systems keep times no finer."""

PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
OLDER = re.compile(r"(?P<asset>.+)-[0-9a-f]{8}")


def read_record(path: Path) -> Record:
    """Read one record file.

    Raises:
        DatasetError: it is absent or damaged: it cannot be read, or its seal says that it was written otherwise.

    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise DatasetError(f"There is no record {path.name} in {path.parent}.", hint="Run it again.") from error
    if is_sealed(data) is False:
        raise DatasetError(f"The record {path} is damaged: it is not what was written.", hint="Run it again.")
    try:
        return Record.model_validate_json(unsealed(data))
    except ValidationError as error:
        raise DatasetError(f"The record {path} is damaged: {error}", hint="Run it again.") from error


def record_path(
    layout: Layout, asset: Sequence[str], partition: str | None, *, data_version: str = "", build: str | None = None
) -> Path:
    """Give the path of an asset's current record; a reference's also depends on data version and build.

    Raises:
        DatasetError: a part of the key cannot be a folder's name.

    """
    parts = [*asset, *([data_version, build] if partition is None and build is not None else [])]
    bad = [part for part in parts if not PART.fullmatch(str(part))]
    if bad:
        raise DatasetError(f"{bad[0]!r} of asset {'/'.join(asset)} cannot name a folder: expected {PART.pattern}.")
    if partition is not None:
        sample = SampleId.parse(partition)
        return layout.asset(sample.user, sample.sample, list(asset)) / f"{asset[-1]}.json"
    return layout.reference(asset[0], data_version or "any", build or "any") / f"{asset[-1]}.json"


def dataset_path(record_file: Path, run: str, ending: str = "") -> Path:
    """Give the path of the file that a run writes beside its record; `run` is its id, `ending` a plain file's."""
    return record_file.with_name(f"{record_file.stem}-{run[:8]}{ending or '.parquet'}")


def write_record(path: Path, record: Record) -> None:
    """Commit a materialization: keep a copy of the record under its run, then replace the current one."""
    write_sealed(path.with_name(f"{path.stem}-{record.run[:8]}.json"), record)
    write_sealed(path, record)


def write_sealed(path: Path, record: Record) -> None:
    """Write one file of a record, with its seal."""
    write_private(path, seal(record.model_dump_json(indent=1)))


def current(layout: Layout, asset: Sequence[str], partition: str | None, build: str | None = None) -> Stored | None:
    """Give the current dataset of an asset, or None where there is none.

    Of an asset without partition that has several releases, the one that the user chose, else the newest one of the
    build (of any build: None).

    Raises:
        DatasetError: its record is damaged, or its file is gone.

    """
    if partition is not None:
        path = record_path(layout, asset, partition)
        return _stored(path) if path.is_file() else None
    found = [_stored(path) for path in layout.references(asset[0]).glob(f"*/{build or '*'}/{asset[-1]}.json")]
    return in_force(found, chosen_releases(layout, asset[0]))


def for_everyone(layout: Layout, module_id: str) -> list[Stored]:
    """Give the current datasets of a module that belong to no sample: every asset, release and build.

    Raises:
        DatasetError: a record is damaged, or its file is gone.

    """
    found = layout.references(module_id).glob("*/*/*.json")
    return [_stored(path) for path in sorted(found) if not OLDER.fullmatch(path.stem)]


def latest_reference(layout: Layout, module_id: str, build: str) -> Stored | None:
    """Give a module's reference in one build: the release that the user chose, else the newest; or None."""
    return current(layout, [module_id, "reference"], None, build)


def in_force_since(record: Record) -> datetime:
    """Give when a dataset came into force: when it was made, or taken after it had waited."""
    told = record.metadata.get(ADOPTED)
    return datetime.fromisoformat(told) if isinstance(told, str) else record.created


def is_held(record: Record) -> bool:
    """Tell whether a dataset waits to be taken or left, and was never in force."""
    return bool(record.metadata.get(HELD))


def history(
    layout: Layout, asset: Sequence[str], partition: str | None, build: str | None = None, *, held: bool = False
) -> list[Record]:
    """Give every record kept of an asset, newest first; `held`: also of what waits to be taken or left.

    Raises:
        DatasetError: one of them is damaged.

    """
    found = [read_record(path) for path in _copies(layout, asset, partition, build)]
    kept = [record for record in found if held or not is_held(record)]
    return sorted(kept, key=lambda record: record.created, reverse=True)


def readable(layout: Layout, asset: Sequence[str], partition: str) -> tuple[list[Record], list[DatasetError]]:
    """Give every record kept of a sample's asset that can be read, what waits among them; and why others cannot."""
    found, damaged = list[Record](), list[DatasetError]()
    for path in _copies(layout, asset, partition, None):
        try:
            found.append(read_record(path))
        except DatasetError as error:
            damaged.append(error)
    return sorted(found, key=lambda record: record.created, reverse=True), damaged


def _copies(layout: Layout, asset: Sequence[str], partition: str | None, build: str | None) -> list[Path]:
    if partition is not None:
        path = record_path(layout, asset, partition)
        found = list(path.parent.glob(f"{path.stem}-*.json"))
    else:
        found = list(layout.references(asset[0]).glob(f"*/{build or '*'}/{asset[-1]}-*.json"))
    return [path for path in found if _is_copy_of(path, asset[-1])]


def record_files(layout: Layout, *, older: bool) -> Iterator[Path]:
    """Give the record files: those in force, or (`older`) every one that is kept."""
    roots = (layout.users, layout.home / "references")
    for path in sorted(path for root in roots for path in below(root, "*.json")):
        is_copy = OLDER.fullmatch(path.stem) is not None
        if path.name not in NO_RECORDS and is_copy is older:
            yield path


def all_records(layout: Layout, *, older: bool = False) -> Iterator[Stored]:
    """Give every current dataset (`older`: every one that is kept); damaged ones are left out."""
    for path in record_files(layout, older=older):
        try:
            yield _stored(path)
        except DatasetError:
            continue


def damaged(layout: Layout) -> list[DatasetError]:
    """Say which current datasets cannot be read: a damaged record, or a table that is gone."""
    found = []
    for path in record_files(layout, older=False):
        try:
            _stored(path)
        except DatasetError as error:
            found.append(error)
    return found


def verified(stored: Stored) -> Stored:
    """Check a dataset's file against its record, byte by byte: one second per gigabyte.

    Every Parquet reader returns a flipped bit as wrong data without a word, so this is the only way to know.

    Raises:
        DatasetError: size or sha256 differ.

    """
    if stored.record.file is None:
        return stored
    told, found = stored.record.sha256, sha256_of(stored.path)
    if stored.path.stat().st_size != stored.record.bytes or told != found:
        raise DatasetError(
            f"{stored.path} is not what was written: its sha256 is {found}, its record says {told}.",
            hint="The file was damaged or changed. Run it again to make it anew.",
        )
    return stored


def trusted(stored: Stored) -> Stored:
    """Check a dataset's file against its record only where size or time say that it was touched since.

    Raises:
        DatasetError: it was touched, and is not what was written.

    """
    if stored.record.file is None:
        return stored
    found = stored.path.stat()
    touched = found.st_size != stored.record.bytes or found.st_mtime > stored.record.created.timestamp() + CLOCK_SLACK
    return verified(stored) if touched else stored


def run_of(path: Path, asset: str) -> str:
    """Give the first letters of the run that wrote a file of an asset; empty: the file is none of its."""
    found = OLDER.fullmatch(path.name.partition(".")[0])
    return path.name.partition(".")[0].rpartition("-")[2] if found and found["asset"] == asset else ""


def retire(record_file: Path, *, keep: int = KEEP) -> list[Path]:
    """Remove the oldest files and records of an asset beyond the newest `keep`; give what was removed.

    What waits to be taken or left is not among them, nor is what is in force: a clock that was set back makes the
    newest look old; nor is a copy that is damaged, which `genoteca verify` names.
    """
    copies = dict[Path, Record]()
    for path in record_file.parent.glob(f"{record_file.stem}-*.json"):
        if _is_copy_of(path, record_file.stem):
            with suppress(DatasetError):
                copies[path] = read_record(path)
    in_force = read_record(record_file).run if record_file.is_file() else ""

    def rank(path: Path) -> tuple[bool, datetime]:
        return copies[path].run == in_force, copies[path].created

    newest_first = sorted((path for path in copies if not is_held(copies[path])), key=rank, reverse=True)
    removed = []
    for path in newest_first[keep:]:
        table = copies[path].file
        for gone in (*([path.with_name(table)] if table else []), path):
            gone.unlink(missing_ok=True)
            removed.append(gone)
    return removed


def _is_copy_of(path: Path, asset: str) -> bool:
    found = OLDER.fullmatch(path.stem)
    return found is not None and found["asset"] == asset


def _stored(path: Path) -> Stored:
    record = read_record(path)
    if record.file is None:
        return Stored(path=path, record=record)
    table = path.with_name(record.file)
    if not table.is_file():
        raise DatasetError(f"{table} is gone; its record {path.name} is still there.", hint="Run it again.")
    return Stored(path=table, record=record)
