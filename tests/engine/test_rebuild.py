from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing

from genoteca.engine.executor import Executor
from genoteca.engine.index import RunIndex
from genoteca.engine.rebuild import rebuild_index, restore
from genoteca.engine.records import record_path, write_record
from genoteca.model.run import RunKind, RunStatus
from genoteca.sdk.dataset import Dataset, Written

from .workshop import Workshop, annotate_with, import_of, reference_of


def test_runs_and_dagster_come_back_from_the_records(workshop: Workshop, executors: Callable[..., Executor]) -> None:
    workshop.module("tiny")
    sample = workshop.genome()
    executor = executors(workshop)
    queued = [executor.index.enqueue(request) for request in (import_of(sample), reference_of("tiny"))]
    assert [executor.run_until_over(run.id).status for run in queued] == [RunStatus.SUCCEEDED] * 2
    executor.stop()
    layout = workshop.settings.layout
    layout.database.unlink()
    shutil.rmtree(layout.dagster)

    again = executors(workshop)
    annotated = again.run_until_over(again.index.enqueue(annotate_with(sample, "tiny")).id)
    assert annotated.status is RunStatus.SUCCEEDED, annotated.error
    runs = {run.id: run for run in again.index.list()}
    assert set(runs) == {annotated.id, *(run.id for run in queued)}
    read = runs[queued[0].id]
    assert read.request.kind is RunKind.IMPORT
    assert read.request.partition == sample.key
    names = ("coverage", "source", "structural", "variants")
    assert sorted(read.request.assets) == [["sample", name] for name in names]
    reference = runs[queued[1].id]
    assert (reference.request.kind, reference.request.build) == (RunKind.REFERENCE, "GRCh38")
    assert reference.request.modules == ["tiny"]
    with closing(sqlite3.connect(layout.dagster / "history" / "runs" / "index.db")) as db:
        known = {row[0] for row in db.execute("SELECT asset_key FROM asset_keys WHERE last_materialization NOT NULL")}
        partitions = [row[0] for row in db.execute("SELECT partition FROM dynamic_partitions")]
    assert {'["sample", "variants"]', '["sample", "source"]', '["tiny", "reference"]'} <= known
    assert partitions == [sample.key]


def test_a_run_that_lifted_variants_for_a_module_comes_back_as_an_annotation(workshop: Workshop) -> None:
    layout = workshop.settings.layout
    file = Written(file=None, rows=0, bytes=0, sha256="0" * 64)
    for asset in (["sample", "lifted"], ["tiny", "annotations"]):
        path = record_path(layout, asset, "anna/g1")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_record(path, Dataset(table=None).record(asset=asset, partition="anna/g1", run="ab" * 16, written=file))
    assert rebuild_index(layout) == 1
    (run,) = RunIndex(layout.database).list()
    assert run.request.kind is RunKind.ANNOTATE
    assert run.request.modules == ["tiny"]


def test_nothing_is_rebuilt_where_nothing_was_lost(workshop: Workshop, executors: Callable[..., Executor]) -> None:
    executor = executors(workshop)
    assert restore(workshop.settings, executor.index) is False
    assert rebuild_index(workshop.settings.layout) == 0
    assert not workshop.settings.layout.dagster.exists()
