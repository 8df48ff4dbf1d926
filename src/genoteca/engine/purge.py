"""Forgetting a sample: no byte of it stays in the data folder.

The work is done by `python -m genoteca.engine.purge`, which reads the sample on its input: Dagster is loaded there.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from genoteca.engine.files import remove_empty_folders
from genoteca.engine.index import RunIndex
from genoteca.engine.process import run_child
from genoteca.errors import DatasetError
from genoteca.model.sample import SampleId
from genoteca.settings import Layout, Settings

__all__ = ["purge", "purge_sample"]

KEPT_CACHE = frozenset({"fetch", "respelled"})
"""Parts of the cache that hold what publishers offer to everyone, and what was made of that alone."""


def purge(settings: Settings, sample: SampleId, *, timeout: float = 300) -> None:
    """Forget a sample: its files, its runs, every mention of it. None of its runs may be at work.

    Raises:
        DatasetError: something could not be removed; asking again goes on where it stopped.

    """
    try:
        child = run_child(settings, "genoteca.engine.purge", sample.model_dump_json(), timeout=timeout)
        told = child.stderr if child.returncode else ""
    except subprocess.TimeoutExpired:
        told = f"it took longer than {timeout:.0f} seconds"
    if told:
        raise DatasetError(
            f"{sample.key} could not be deleted whole: {told.strip().splitlines()[-1]}",
            title="Not everything could be deleted",
            hint="Delete it again. If that does not help, close Genoteca and delete the data folder by hand.",
        )


def purge_sample(layout: Layout, sample: SampleId) -> None:
    """Do the work of `purge`, in this process; loads Dagster where there is a Dagster home.

    `sample.json` goes last: until then the sample is listed, and can be deleted again.
    """
    runs = RunIndex(layout.database).forget_sample(sample.key)
    if layout.dagster.is_dir():
        _forget_in_dagster(layout, sample)
        for database in sorted(layout.dagster.rglob("*.db")):
            _scrub(database, sample.key)
    _scrub(layout.database, sample.key)
    _empty_logs(layout)
    _empty_cache(layout)
    _empty(layout.made)
    _remove_files(layout, sample)
    for run in runs:
        shutil.rmtree(layout.temporary / f"run-{run}", ignore_errors=True)


def _forget_in_dagster(layout: Layout, sample: SampleId) -> None:
    """Delete the sample's runs and its partition as Dagster does it; what Dagster leaves is scrubbed afterwards."""
    from dagster import RunsFilter

    from genoteca.engine.instance import PARTITIONS, open_instance

    instance = open_instance(layout)
    runs = instance.get_runs(RunsFilter(tags={"dagster/partition": sample.key}))
    for run in runs:
        instance.delete_run(run.run_id)
    instance.delete_dynamic_partition(PARTITIONS, sample.key)
    instance.dispose()
    for run in runs:
        # Dagster empties the run's own database, and leaves the file.
        for path in layout.dagster.rglob(f"{run.run_id}.db*"):
            path.unlink()


def _scrub(database: Path, key: str) -> None:
    """Remove every row that mentions the sample, and the bytes of what was removed."""
    if not database.is_file():
        return
    with closing(sqlite3.connect(database, timeout=30, isolation_level=None)) as db:
        db.create_function("mentions", 1, _mentions(key), deterministic=True)
        db.execute("BEGIN IMMEDIATE")
        for (table,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE V%'"
        ):
            _scrub_table(db, table)
        db.execute("COMMIT")
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _scrub_table(db: sqlite3.Connection, table: str) -> None:
    columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
    if table == "asset_keys":
        _scrub_asset_keys(db, columns)
        return
    told = " OR ".join(f'mentions("{column}")' for column in columns)
    db.execute(f'DELETE FROM "{table}" WHERE {told}')


def _scrub_asset_keys(db: sqlite3.Connection, columns: list[str]) -> None:
    """Replace the cached last materialization of an asset, where it is the sample's, by the newest that is left."""
    for column in columns:
        if column not in ("id", "asset_key"):
            db.execute(f'UPDATE asset_keys SET "{column}" = NULL WHERE mentions("{column}")')
    # The rows may be scrubbed before or after the events: those of the sample are left out here.
    db.execute(
        """
        UPDATE asset_keys SET (last_materialization, last_run_id) = (
          SELECT event, run_id FROM event_logs
          WHERE event_logs.asset_key = asset_keys.asset_key
            AND dagster_event_type = 'ASSET_MATERIALIZATION' AND NOT mentions(event)
          ORDER BY id DESC LIMIT 1
        ) WHERE last_materialization IS NULL
        """
    )


def _mentions(key: str) -> Callable[[object], bool]:
    """Make a function that finds the key in a value, but not inside of a longer one (`anna/g1` in `anna/g10`)."""
    slug = "A-Za-z0-9._-"
    found = re.compile(rf"(?<![{slug}]){re.escape(key)}(?![{slug}])")

    def mentions(value: object) -> bool:
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        return isinstance(value, str) and found.search(value) is not None

    return mentions


def _empty_logs(layout: Layout) -> None:
    """Empty the logs: a traceback may name a file, and a file may name a person."""
    for path in layout.logs.glob("*.log*") if layout.logs.is_dir() else ():
        if path.suffix == ".log":
            os.truncate(path, 0)
        else:
            path.unlink()


def _empty_cache(layout: Layout) -> None:
    for path in layout.cache.iterdir() if layout.cache.is_dir() else ():
        if path.name not in KEPT_CACHE:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _empty(folder: Path) -> None:
    """Remove files that were made to be fetched, of whatever sample: one at work says that it must be made again."""
    for path in folder.iterdir() if folder.is_dir() else ():
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _remove_files(layout: Layout, sample: SampleId) -> None:
    folder = layout.sample(sample.user, sample.sample)
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name != "sample.json":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (folder / "sample.json").unlink(missing_ok=True)
    remove_empty_folders(folder, up_to=layout.users)


def main() -> None:
    """Forget the sample that the input names, in the data folder that the environment names."""
    os.umask(0o077)
    purge_sample(Settings().layout, SampleId.model_validate_json(sys.stdin.read()))


if __name__ == "__main__":
    main()
