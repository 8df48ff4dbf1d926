"""Answers that wait: made beside those in force, and taken or left by the person.

What waits is a table and its copy of the record, which says so (`HELD`); the record in force names another file. To
take it is one replacement of that record: a kill before it changes nothing, and after it the rest is finished at the
next look. What builds on each other is taken or left together (`engine.adopting`).

Answers that the person has left are deleted; a copy of their record stays (`refused.json`), so that the very same are
not made again by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import JsonValue

from genoteca.engine import records
from genoteca.engine.changes import CHANGES, CLASSES
from genoteca.engine.records import ADOPTED, HELD, REFUSED
from genoteca.errors import DatasetError
from genoteca.model.record import Record
from genoteca.sdk.resources import Stored
from genoteca.settings import Layout

__all__ = ["drop", "finish", "forget_refused", "held", "hold", "may_wait", "refuse", "refused", "take"]

ANNOTATIONS = "annotations"
COPIES = "????????.json"
"""How the name of a record's copy ends: with the first letters of its run."""


def hold(record_file: Path, record: Record) -> Record:
    """Write a dataset's record as one that waits; gives it as written."""
    waiting = record.model_copy(update={"metadata": record.metadata | {HELD: True}})
    records.write_sealed(_copy(record_file, record.run), waiting)
    return waiting


def held(layout: Layout, asset: Sequence[str], partition: str, *, run: str = "") -> Stored | None:
    """Give what waits of a sample's asset (`run`: what that run made of it); None: nothing does.

    Raises:
        DatasetError: a record is damaged, or its table is gone.

    """
    path = records.record_path(layout, asset, partition)
    found = list(_waiting(path.parent, asset[-1]))
    in_force = records.read_record(path).run if found and path.is_file() else ""
    for copy, record in found:
        if record.asset == list(asset) and run in ("", record.run) and record.run != in_force:
            table = copy if record.file is None else copy.with_name(record.file)
            if not table.is_file():
                raise DatasetError(f"{table.name}, which waits to be taken, is gone.", hint="Look it up again.")
            return Stored(path=table, record=record)
    return None


def may_wait(names: Iterable[str], in_force: str) -> bool:
    """Tell from the names in the folder of a module's answers whether some may wait there; `in_force`: their run.

    Whoever looks at thousands of answers need not read the copy of each one's own record for it.
    """
    own = f"{ANNOTATIONS}-{in_force[:8]}.json"
    return any(name != own and fnmatchcase(name, f"{ANNOTATIONS}-{COPIES}") for name in names)


def take(layout: Layout, module_id: str, partition: str, *, keep: int = records.KEEP) -> Record:
    """Put a module's waiting answers in force: whole, or not at all; `keep`: how many versions are kept.

    Raises:
        DatasetError: nothing waits, or it is not, byte by byte, what was written.

    """
    waiting = held(layout, [module_id, ANNOTATIONS], partition)
    if waiting is None:
        raise DatasetError(f"No answers of {module_id} wait to be taken.", hint="They were taken or left already.")
    record = _in_force(records.verified(waiting).record)
    path = records.record_path(layout, [module_id, ANNOTATIONS], partition)
    now = {ADOPTED: datetime.now(UTC).isoformat()}
    records.write_sealed(path, record.model_copy(update={"metadata": record.metadata | now}))
    forget_refused(layout, module_id, partition)
    finish(layout, module_id, partition, keep=keep)
    return record


def finish(layout: Layout, module_id: str, partition: str, *, keep: int = records.KEEP) -> None:
    """Finish what taking has begun: what the same run wrote with the answers, and the marks on the copies."""
    path = records.record_path(layout, [module_id, ANNOTATIONS], partition)
    if not path.is_file():
        return
    in_force = records.read_record(path)
    for copy, record in list(_waiting(path.parent)):
        if record.run != in_force.run:
            continue
        since = {name: in_force.metadata[name] for name in (ADOPTED,) if name in in_force.metadata}
        taken = _in_force(record, since)
        if record.asset[-1] not in (ANNOTATIONS, CHANGES, CLASSES):
            records.write_sealed(copy.with_name(f"{record.asset[-1]}.json"), taken)
        records.write_sealed(copy, taken)
        if record.asset[-1] != CLASSES:  # what is kept for good
            records.retire(copy.with_name(f"{record.asset[-1]}.json"), keep=keep)


def refuse(layout: Layout, module_id: str, partition: str, *, run: str) -> None:
    """Delete what a run made of a module and what waits, and remember what it was; again is safe.

    Nothing is done where that run's answers do not wait.
    """
    folder = records.record_path(layout, [module_id, ANNOTATIONS], partition).parent
    if any(record.run == run for _, record in _waiting(folder)):
        for _, record in _waiting(folder, ANNOTATIONS):
            if record.run == run:
                records.write_sealed(folder / REFUSED, record)
        drop(folder)


def refused(layout: Layout, module_id: str, partition: str) -> Record | None:
    """Give the record of the answers that the person has left last; None: none were, or it is damaged.

    Its table is gone. Damaged, it is as if nothing had been left: the answers are proposed again.
    """
    path = records.record_path(layout, [module_id, ANNOTATIONS], partition).with_name(REFUSED)
    with suppress(DatasetError):
        return records.read_record(path) if path.is_file() else None
    return None


def forget_refused(layout: Layout, module_id: str, partition: str) -> None:
    """Forget what was left: answers were taken since."""
    records.record_path(layout, [module_id, ANNOTATIONS], partition).with_name(REFUSED).unlink(missing_ok=True)


def drop(folder: Path, *, unless: str = "") -> int:
    """Delete all that waits in a module's folder, but for what the run `unless` made; gives how much it was.

    What is damaged goes as well: nobody can take it.
    """
    dropped = 0
    for copy in list(_marked(folder)):
        try:
            record = records.read_record(copy)
        except DatasetError:
            table = f"{copy.stem}.parquet"
        else:
            if not records.is_held(record) or record.run == unless:
                continue
            table = record.file or ""
        if table:
            copy.with_name(table).unlink(missing_ok=True)
        copy.unlink(missing_ok=True)
        dropped += 1
    return dropped


def _copy(record_file: Path, run: str) -> Path:
    return record_file.with_name(f"{record_file.stem}-{run[:8]}.json")


def _in_force(record: Record, more: Mapping[str, JsonValue] | None = None) -> Record:
    metadata = {name: value for name, value in record.metadata.items() if name != HELD} | dict(more or {})
    return record.model_copy(update={"metadata": metadata})


def _waiting(folder: Path, asset: str = "*") -> Iterator[tuple[Path, Record]]:
    for path in _marked(folder, asset):
        if records.is_held(record := records.read_record(path)):
            yield path, record


def _marked(folder: Path, asset: str = "*") -> Iterator[Path]:
    """Give the copies of records that speak of waiting; of thousands, few are read as records for it."""
    mark = f'"{HELD}"'.encode()
    for path in sorted(folder.glob(f"{asset}-{COPIES}")):
        try:
            found = mark in path.read_bytes()
        except FileNotFoundError:  # an older one that is dropped just now
            continue
        if found:
            yield path
