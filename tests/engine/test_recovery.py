from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from genoteca.actions.app import close, open_app
from genoteca.annotate.respelled_file import respelled_file
from genoteca.engine import records
from genoteca.engine.index import RunIndex
from genoteca.engine.process import WORKER_MODULE
from genoteca.engine.recovery import recover, sweep_temporary
from genoteca.model.record import Record
from genoteca.model.run import RunKind, RunRequest, RunStatus
from genoteca.settings import Layout, Settings

REQUEST = RunRequest(kind=RunKind.REFERENCE, assets=[["tiny", "reference"]], build="GRCh38")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path)


def test_a_run_whose_worker_is_gone_has_failed_and_says_so(layout: Layout) -> None:
    index = RunIndex(layout.database)
    run = index.enqueue(REQUEST)
    index.claim_next()
    index.update(run.id, pid=2**22 + 1)
    assert [ended.id for ended in recover(layout, index)] == [run.id]
    ended = index.get(run.id)
    assert ended.status is RunStatus.FAILED
    assert ended.error is not None
    assert ended.error["title"] == "The run was interrupted"
    assert list(ended.failed_assets) == ["tiny/reference"]


def test_a_run_that_was_being_cancelled_is_cancelled(layout: Layout) -> None:
    index = RunIndex(layout.database)
    run = index.enqueue(REQUEST)
    index.claim_next()
    index.cancel(run.id)
    recover(layout, index)
    assert index.get(run.id).status is RunStatus.CANCELLED


def test_what_was_at_work_at_a_kill_is_ended_when_the_folder_is_opened_unless_somebody_works(layout: Layout) -> None:
    settings = Settings(home=layout.home, standby_seconds=0, offline=True)
    close(open_app(settings))
    index = RunIndex(layout.database)
    run, waits = index.enqueue(REQUEST), index.enqueue(REQUEST)
    index.claim_next()
    with FileLock(layout.worker_lock):
        close(open_app(settings))
    assert index.get(run.id).status is RunStatus.RUNNING
    app = open_app(settings)
    assert not app.executor.executing
    close(app)
    assert index.get(run.id).interrupted
    assert index.get(waits.id).status is RunStatus.QUEUED


def test_runs_that_wait_or_are_over_are_left_alone(layout: Layout) -> None:
    index = RunIndex(layout.database)
    over, queued = index.enqueue(REQUEST), index.enqueue(REQUEST)
    index.update(over.id, status=RunStatus.SUCCEEDED)
    assert recover(layout, index) == []
    assert index.get(queued.id).status is RunStatus.QUEUED


@pytest.mark.parametrize(("arguments", "ends"), [([WORKER_MODULE], True), (["another.program"], False)])
def test_a_worker_that_lives_on_is_ended_and_nothing_else(
    layout: Layout, arguments: list[str], *, ends: bool
) -> None:
    waiting = [sys.executable, "-c", "import sys; print('here', flush=True); sys.stdin.read()", *arguments]
    process = subprocess.Popen(waiting, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdin is not None
    process.stdout.readline()
    index = RunIndex(layout.database)
    run = index.enqueue(REQUEST)
    index.claim_next()
    index.update(run.id, pid=process.pid)
    recover(layout, index)
    process.stdin.close()
    assert (process.wait(30) == -9) is ends
    process.stdout.close()


def test_what_a_killed_run_left_behind_is_swept_and_uploads_are_not(layout: Layout) -> None:
    half = layout.users / "anna" / "g1" / "t" / ".annotations-1.parquet.0.tmp"
    scratch = layout.temporary / "run-1" / "x"
    upload = layout.temporary / "upload.part"
    for path in (half, scratch, upload):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    recover(layout, RunIndex(layout.database))
    assert [path.exists() for path in (half, scratch, upload)] == [False, False, True]
    sweep_temporary(layout)
    assert not upload.exists()


def test_spellings_of_references_that_nobody_has_any_more_are_swept(layout: Layout) -> None:
    mine, sequence, gone = (reference(layout, name) for name in ("mine", "sequence", "gone"))
    used, of_gone = respelled_file(layout.respelled, mine, sequence), respelled_file(layout.respelled, gone, sequence)
    half = used.with_suffix(".123.part")
    older = layout.respelled / used.name.replace("respelled-", "respelled-0", 1)
    for path in (used, of_gone, half, older):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    recover(layout, RunIndex(layout.database))
    assert all(path.exists() for path in (used, of_gone)), "what is there keeps what was made of it"
    assert not half.exists()
    assert not older.exists()
    gone.unlink()
    recover(layout, RunIndex(layout.database))
    assert used.exists()
    assert not of_gone.exists()


def reference(layout: Layout, module: str) -> Path:
    """Keep a file as the reference of a module, and give where it lies."""
    asset = [module, "reference"]
    path = records.record_path(layout, asset, None, data_version="1", build="GRCh38")
    table = records.dataset_path(path, "0123456789")
    path.parent.mkdir(parents=True)
    table.write_text(module)
    told = {"asset": asset, "run": "0123456789", "created": datetime.now(UTC), "file": table.name, "rows": 1}
    more = {"bytes": table.stat().st_size, "sha256": "", "code_version": "1", "data_version": "1", "build": "GRCh38"}
    records.write_record(path, Record.model_validate({**told, **more, "partition": None}))
    return table
