"""What changed, as it lies in a sample's folder: read without loading a table.

Beside a module's answers lie, for every answer that replaced an older one, `changes-<run8>.parquet` with all that
differs, kept as long as the answers are, and `classes-<run8>.parquet` with the classes alone, kept for good. The
record of the latter says what was compared and counts it.
"""

from __future__ import annotations

from typing import NamedTuple

from pydantic import ValidationError

from genoteca.engine import records
from genoteca.engine.process import run_child
from genoteca.errors import DatasetError, RunError
from genoteca.model.change import Changes
from genoteca.model.record import Record
from genoteca.sdk.resources import Stored
from genoteca.settings import Layout, Settings

__all__ = [
    "CHANGES",
    "CLASSES",
    "SUMMARY",
    "Told",
    "changed_in",
    "changes_table",
    "comparisons",
    "make_up",
    "readable_comparisons",
    "unmade",
]

CHANGES, CLASSES = "changes", "classes"
"""Last parts of the keys of the two tables."""
SUMMARY = "changes"
"""Key of a record's metadata under which `Changes` stands."""
ANNOTATIONS = "annotations"


class Told(NamedTuple):
    """A comparison: its record, and what that says."""

    record: Record
    changes: Changes


def comparisons(layout: Layout, module_id: str, partition: str, *, held: bool = False) -> list[Stored]:
    """Give every comparison of a module's answers that can be read, oldest first.

    `held`: that with the answers that wait, alone. The path is the table of classes, or the record where the two
    could not be compared.
    """
    found, _ = readable_comparisons(layout, module_id, partition)
    folder = records.record_path(layout, [module_id, CLASSES], partition).parent
    return [
        Stored(path=folder / (one.file or f"{CLASSES}-{one.run[:8]}.json"), record=one)
        for one, _ in found
        if records.is_held(one) is held
    ]


def readable_comparisons(layout: Layout, module_id: str, partition: str) -> tuple[list[Told], list[DatasetError]]:
    """Give every comparison that can be read, oldest first, what waits among them; and why others cannot be."""
    folder = records.record_path(layout, [module_id, CLASSES], partition).parent
    found, damaged = list[Told](), list[DatasetError]()
    for path in sorted(folder.glob(f"{CLASSES}-*.json")):
        if not records.run_of(path, CLASSES):
            continue
        try:
            record = records.read_record(path)
            found.append(Told(record=record, changes=changed_in(record)))
        except DatasetError as error:
            damaged.append(error)
    return sorted(found, key=lambda one: one.record.created), damaged


def changed_in(record: Record) -> Changes:
    """Read what a comparison's record says.

    Raises:
        DatasetError: another version of the app counted in other words.

    """
    try:
        return Changes.model_validate(record.metadata.get(SUMMARY))
    except ValidationError as error:
        raise DatasetError(
            f"The comparison {record.run[:8]} of {record.asset[0]} cannot be read: {error.error_count()} errors.",
            hint="Another version of Genoteca wrote it.",
        ) from error


def changes_table(layout: Layout, module_id: str, partition: str, run: str) -> Stored | None:
    """Give the table with all that differs; None: it was dropped with the older answers, or there is none."""
    path = records.record_path(layout, [module_id, CHANGES], partition)
    copy = path.with_name(f"{CHANGES}-{run[:8]}.json")
    if not copy.is_file():
        return None
    record = records.read_record(copy)
    table = copy.with_name(record.file or "")
    return Stored(path=table, record=record) if record.file and table.is_file() else None


def unmade(layout: Layout, module_id: str, partition: str) -> bool:
    """Tell whether answers replaced older ones that are still there, and were not compared: a kill came between."""
    path = records.record_path(layout, [module_id, ANNOTATIONS], partition)
    if not path.is_file():
        return False
    made = records.history(layout, [module_id, ANNOTATIONS], partition, held=True)
    return any(not path.with_name(f"{CLASSES}-{one.run[:8]}.json").is_file() for one in made[:-1])


def make_up(settings: Settings, module_id: str, partition: str, *, timeout: float = 600) -> None:
    """Compare, in a child process, what was left to be compared.

    Raises:
        RunError: it could not be done; asking again is safe.

    """
    child = run_child(settings, "genoteca.engine.change_making", f"{module_id}\n{partition}", timeout=timeout)
    if child.returncode:
        told = (child.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise RunError(f"The answers of {module_id} could not be compared: {told}", hint="Look it up again.")
