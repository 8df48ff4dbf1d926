"""Comparing a module's answers with those they replaced, once they are committed.

`python -m genoteca.engine.change_making` makes up for what a kill has prevented.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import polars as pl
from pydantic import JsonValue, TypeAdapter, ValidationError

from genoteca.annotate.changes import Answered, compare_answers
from genoteca.engine import records
from genoteca.engine.changes import CHANGES, CLASSES, SUMMARY
from genoteca.engine.files import atomic_path, sha256_of
from genoteca.engine.records import HELD
from genoteca.errors import DatasetError, GenotecaError
from genoteca.model.change import Changes, Generation
from genoteca.model.column import ANNOTATIONS, LIFTED, AnnotationColumn
from genoteca.model.evidence import Outcome
from genoteca.model.record import Record
from genoteca.sdk.made_with import COLUMNS, IDENTITY
from genoteca.sdk.parquet import facts
from genoteca.sdk.resources import Stored
from genoteca.settings import Layout, Settings

__all__ = ["settle_changes"]

LOG = logging.getLogger(__name__)

_COLUMNS = TypeAdapter(tuple[AnnotationColumn, ...])
_COMMON = frozenset(column.name for column in (*ANNOTATIONS, *LIFTED))


def settle_changes(layout: Layout, module_id: str, partition: str, *, keep: int = records.KEEP) -> None:
    """Compare every answer that is kept with the one before it, and what waits with the one in force.

    What was compared stays as it is. The answers stand whatever becomes of this: what could not be written now is
    made up for later. `keep`: how many tables of all that differs are kept, as of answers.
    """
    asset = [module_id, "annotations"]
    try:
        made = records.history(layout, asset, partition, held=True)
        path = records.record_path(layout, asset, partition)
        for before, after in _pairs(made):
            if not _record_file(path, CLASSES, after.run).is_file():
                _compare(path, before, after)
        records.retire(path.with_name(f"{CHANGES}.json"), keep=keep)
    except (GenotecaError, OSError):
        LOG.exception("the answers of %s stand, and were not compared", module_id)


def _pairs(made: Sequence[Record]) -> list[tuple[Record, Record]]:
    """Give what is compared, of records that stand newest first: each with the one before, and what waits."""
    in_force = [record for record in reversed(made) if not records.is_held(record)]
    waiting = [(in_force[-1], record) for record in made if records.is_held(record) and in_force]
    return [*pairwise(in_force), *waiting]


def _compare(path: Path, before: Record, after: Record) -> None:
    """Compare two answers, and write what came of it: the tables, then the record that says so."""
    told = Changes(before=_generation(before), after=_generation(after), dense=after.sites is not None)
    told.why_not = _why_not(before, after)
    tables = [path.with_name(f"{name}-{after.run[:8]}.parquet") for name in (CHANGES, CLASSES)]
    damaged = _is_damaged(path, before)
    if damaged:
        told.why_not = "the older answers were damaged, and are no longer kept"
    if not told.why_not and Outcome.ANSWERED in (before.outcome, after.outcome):
        try:
            _write(path, before, after, told, tables)
        except (GenotecaError, pl.exceptions.PolarsError, FileNotFoundError) as error:
            LOG.warning("two answers of %s could not be compared: %s", after.asset[0], type(error).__name__)
            told.why_not = "one of the two answers is damaged, or was made by a version that wrote it otherwise"
    for name, table in zip((CHANGES, CLASSES), tables, strict=True):
        _commit(path, name, table, (before, after), told)
    if damaged:
        for gone in (path.with_name(before.file or ""), _record_file(path, path.stem, before.run)):
            gone.unlink(missing_ok=True)


def _is_damaged(path: Path, record: Record) -> bool:
    """Tell whether a table is no longer what was written: nothing can be read from it."""
    try:
        records.verified(Stored(path=path.with_name(record.file or ""), record=record))
    except (DatasetError, FileNotFoundError):
        return True
    return False


def _write(path: Path, before: Record, after: Record, told: Changes, tables: Sequence[Path]) -> None:
    sides = [_answered(path, record) for record in (before, after)]
    identity = after.metadata.get(IDENTITY)
    with ExitStack() as stack:
        targets = [stack.enter_context(atomic_path(table)) for table in tables]
        found = compare_answers(
            sides[0],
            sides[1],
            identity=[str(name) for name in identity] if isinstance(identity, list) else [],
            changes=targets[0],
            classes=targets[1],
        )
    told.columns = [AnnotationColumn.model_validate(column.model_dump()) for column in found.columns]
    told.added, told.removed = found.added, found.removed
    told.tally, told.closed = found.tally, found.closed
    told.scale, told.class_label = found.scale, found.class_label


def _commit(path: Path, name: str, table: Path, sides: tuple[Record, Record], told: Changes) -> None:
    before, after = sides
    there = table.is_file() and not told.why_not
    waits: dict[str, JsonValue] = {HELD: True} if records.is_held(after) else {}
    summary = {SUMMARY: told.model_dump(mode="json", exclude_defaults=True)} if name == CLASSES else {}
    record = Record(
        asset=[after.asset[0], name],
        partition=after.partition,
        run=after.run,
        created=datetime.now(UTC),
        file=table.name if there else None,
        rows=facts(table)[1] if there else 0,
        bytes=table.stat().st_size if there else 0,
        sha256=sha256_of(table) if there else "",
        code_version=after.code_version,
        data_version=after.data_version,
        build=after.build,
        release=after.release,
        inputs={"before": before.sha256, "after": after.sha256},
        metadata={**summary, **waits},
    )
    records.write_sealed(_record_file(path, name, after.run), record)


def _why_not(before: Record, after: Record) -> str:
    """Say why two answers cannot be compared; empty: they can."""
    if before.build != after.build:
        return f"the genome was read as {before.build} before, and is read as {after.build} now: positions differ"
    if before.outcome is after.outcome:
        return ""
    if after.outcome is Outcome.ANSWERED:
        return f"before, it could not be tested: {before.reason}"
    return f"now it cannot be tested: {after.reason}"


def _generation(record: Record) -> Generation:
    version = record.metadata.get("module_version")
    return Generation(
        run=record.run,
        created=record.created,
        release=record.release or record.data_version,
        version=version if isinstance(version, str) else "",
    )


def _answered(path: Path, record: Record) -> Answered:
    table = path.with_name(record.file or "")
    try:
        columns = _COLUMNS.validate_python(record.metadata[COLUMNS])
    except (KeyError, ValidationError):  # an older version of the app kept no columns, or in other words
        names = [name for name in pl.read_parquet_schema(table) if name not in _COMMON]
        columns = tuple(AnnotationColumn(name=name, label=name) for name in names)
    return Answered(path=table, columns=columns)


def _record_file(path: Path, name: str, run: str) -> Path:
    return path.with_name(f"{name}-{run[:8]}.json")


def main() -> None:
    """Compare what the input names (module, sample), in the data folder that the environment names."""
    os.umask(0o077)
    module_id, partition = sys.stdin.read().split("\n")
    settings = Settings()
    settle_changes(settings.layout, module_id, partition, keep=settings.keep_results)


if __name__ == "__main__":
    main()
