"""Answers that wait: made beside those in force, and taken or left by the person.

What waits is a table and its copy of the record, which says so (`HELD`); the record in force names another file. To
take it is one replacement of that record: a kill before it changes nothing, and after it the rest is finished at the
next look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from genoteca.engine import records
from genoteca.engine.changes import CHANGES, CLASSES
from genoteca.engine.records import HELD
from genoteca.errors import DatasetError
from genoteca.model.record import Record
from genoteca.sdk.resources import Stored
from genoteca.settings import Layout

__all__ = ["drop", "finish", "held", "hold", "take"]

ANNOTATIONS = "annotations"


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
    in_force = records.read_record(path).run if path.is_file() else ""
    for copy, record in _waiting(path.parent):
        if record.asset == list(asset) and run in ("", record.run) and record.run != in_force:
            table = copy if record.file is None else copy.with_name(record.file)
            if not table.is_file():
                raise DatasetError(f"{table.name}, which waits to be taken, is gone.", hint="Look it up again.")
            return Stored(path=table, record=record)
    return None


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
    records.write_sealed(path, record)
    finish(layout, module_id, partition, keep=keep)
    return record


def finish(layout: Layout, module_id: str, partition: str, *, keep: int = records.KEEP) -> None:
    """Finish what taking has begun: what the same run wrote with the answers, and the marks on the copies."""
    path = records.record_path(layout, [module_id, ANNOTATIONS], partition)
    if not path.is_file():
        return
    run = records.read_record(path).run
    for copy, record in list(_waiting(path.parent)):
        if record.run != run:
            continue
        taken = _in_force(record)
        if record.asset[-1] not in (ANNOTATIONS, CHANGES, CLASSES):
            records.write_sealed(copy.with_name(f"{record.asset[-1]}.json"), taken)
        records.write_sealed(copy, taken)
        if record.asset[-1] != CLASSES:  # what is kept for good
            records.retire(copy.with_name(f"{record.asset[-1]}.json"), keep=keep)


def drop(folder: Path, *, unless: str = "") -> int:
    """Delete all that waits in a module's folder, but for what the run `unless` made; gives how much it was."""
    dropped = 0
    for copy, record in list(_waiting(folder)):
        if record.run == unless:
            continue
        if record.file:
            copy.with_name(record.file).unlink(missing_ok=True)
        copy.unlink(missing_ok=True)
        dropped += 1
    return dropped


def _copy(record_file: Path, run: str) -> Path:
    return record_file.with_name(f"{record_file.stem}-{run[:8]}.json")


def _in_force(record: Record) -> Record:
    metadata = {name: value for name, value in record.metadata.items() if name != HELD}
    return record.model_copy(update={"metadata": metadata})


def _waiting(folder: Path) -> Iterator[tuple[Path, Record]]:
    mark = f'"{HELD}"'.encode()
    for path in sorted(folder.glob("*-????????.json")):
        if mark in path.read_bytes() and records.is_held(record := records.read_record(path)):
            yield path, record
