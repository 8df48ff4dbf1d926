"""Rebuilding what can be lost: `app.db`'s runs and the Dagster home, from the records.

`python -m genoteca.engine.rebuild` does the second, because it loads Dagster.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Sequence

from genoteca.database import connect, seal_database
from genoteca.engine import records
from genoteca.engine.changes import CHANGES, CLASSES
from genoteca.engine.forgetting.scrub import compact
from genoteca.engine.home import is_complete
from genoteca.engine.index import RunIndex
from genoteca.engine.process import run_child
from genoteca.engine.record_index import SCHEMA as ANSWERS
from genoteca.engine.told import told_of
from genoteca.errors import DataFolderError
from genoteca.model.record import Record
from genoteca.model.run import Run, RunKind, RunRequest, RunStatus
from genoteca.seals import lift
from genoteca.settings import Layout, Settings

__all__ = ["rebuild_dagster", "rebuild_index", "register", "renew_dagster", "renew_index", "restore"]

LIFTED = ["sample", "lifted"]
"""Made for a module that asks in another build, in the run that annotates."""
ANNOTATED = ["sample", "annotated"]
"""Joins what modules have said; the record names them among its inputs."""


def restore(settings: Settings, index: RunIndex) -> bool:
    """Rebuild what was lost, if anything was; tell whether it was. Call it with `worker.lock` held."""
    layout = settings.layout
    no_index, no_history = index.is_blank(), not is_complete(layout.dagster)
    if not (no_index or no_history) or next(records.all_records(layout), None) is None:
        return False
    if no_index:
        rebuild_index(layout)
    if no_history:
        rebuild_dagster(settings)
    return True


def rebuild_index(layout: Layout) -> int:
    """Write every run that a record speaks of into the run index, as succeeded; give how many there are."""
    made: dict[str, list[Record]] = defaultdict(list)
    for stored in records.all_records(layout, older=True):
        if stored.record.asset[-1] not in (CHANGES, CLASSES):  # written with the answers, asked of no run
            made[stored.record.run].append(stored.record)
    runs = sorted((_run(run_id, found) for run_id, found in made.items()), key=lambda run: run.queued)
    RunIndex(layout.database).restore(runs)
    return len(runs)


def renew_index(layout: Layout) -> None:
    """Make anew what `app.db` holds of records: runs that are over, and what is looked up of answers.

    What a person wrote or chose stands only there, and stays as it is. The file is sealed again.
    """
    with connect(layout.database, ANSWERS) as db:
        over = [run.id for run in map(_read, db.execute("SELECT run FROM runs")) if run.status.over]
        for table, column in (("run_lines", "run_id"), ("runs", "id")):
            db.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(run,) for run in over])
        db.execute("DELETE FROM answer_records")
        db.execute("DELETE FROM answer_columns")
    rebuild_index(layout)
    compact(layout.database)
    lift(layout.database)  # what was wrong with it is said there
    seal_database(layout.database)


def renew_dagster(settings: Settings) -> None:
    """Make the Dagster home anew, of the records; call it with `worker.lock` held, and nothing at work.

    Raises:
        DataFolderError: it failed; the next start of the queue makes it.

    """
    shutil.rmtree(settings.layout.dagster, ignore_errors=True)
    rebuild_dagster(settings)


def rebuild_dagster(settings: Settings) -> None:
    """Tell Dagster of every dataset there is, in a child process.

    Raises:
        DataFolderError: the child failed; the message is its last line.

    """
    child = run_child(settings, "genoteca.engine.rebuild", timeout=600)
    if child.returncode:
        told = (child.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise DataFolderError(f"The Dagster home could not be rebuilt: {told}", hint="Run `genoteca doctor` again.")


def register(layout: Layout) -> int:
    """Register every current record as a materialization, and every sample as a partition; loads Dagster."""
    import dagster as dg

    from genoteca.engine.instance import PARTITIONS, open_instance

    instance = open_instance(layout)
    found = [*records.all_records(layout)]
    instance.add_dynamic_partitions(PARTITIONS, sorted({key for one in found if (key := one.record.partition)}))
    for stored in found:
        record = stored.record
        instance.report_runless_asset_event(
            dg.AssetMaterialization(
                asset_key=record.asset,
                partition=record.partition,
                description="Registered from its record.",
                metadata={**told_of(record, stored.path, layout), "run": record.run},
                tags={"dagster/code_version": record.code_version},
            )
        )
    instance.dispose()
    return len(found)


def _run(run_id: str, found: Sequence[Record]) -> Run:
    made = max(record.created for record in found)
    request = RunRequest(
        kind=_kind(found),
        partition=found[0].partition,
        assets=[record.asset for record in sorted(found, key=lambda record: record.created)],
        modules=sorted(_modules(found)),
        build=found[0].build if found[0].partition is None else None,
        held=any(records.is_held(record) for record in found),
    )
    return Run(id=run_id, request=request, status=RunStatus.SUCCEEDED, queued=made, ended=made, fraction=1.0)


def _read(row: sqlite3.Row) -> Run:
    return Run.model_validate_json(row["run"])


def _modules(found: Sequence[Record]) -> set[str]:
    joined = {name for record in found if record.asset == ANNOTATED for name in record.inputs}
    return ({record.asset[0] for record in found} | {name.split("/")[0] for name in joined}) - {"sample"}


def _kind(found: Sequence[Record]) -> RunKind:
    if found[0].partition is None:
        return RunKind.REFERENCE
    if all(record.asset == ANNOTATED for record in found):
        return RunKind.JOIN
    read = any(record.asset[0] == "sample" and record.asset not in (LIFTED, ANNOTATED) for record in found)
    return RunKind.IMPORT if read else RunKind.ANNOTATE


def main() -> None:
    """Register the records of the data folder that the environment names."""
    os.umask(0o077)
    register(Settings().layout)


if __name__ == "__main__":
    main()
