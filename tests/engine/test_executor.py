from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from genoteca.engine import records
from genoteca.engine.executor import Executor
from genoteca.engine.samples import read_sample
from genoteca.model.intake import Intake
from genoteca.model.run import Line, LineKind, Run, RunStatus
from genoteca.model.sample import SampleId
from genoteca.settings import Settings, worker_environment

from .workshop import MAKE, Workshop, annotate_with, import_of, reference_of

Executors = Callable[..., Executor]

SECONDS = 90
"""A worker starts in one or two seconds; a busy machine is given its time."""

WAIT = """\
import pathlib
pathlib.Path(request.scratch, "here").touch()
request.progress(0.25, "Waiting")
threading.Event().wait()
"""

HELD = """\
import pathlib
request.progress(0.25, "Waiting")
while not pathlib.Path("GO").exists():
    threading.Event().wait(0.02)
"""

TURNED = """\
request.progress(0.25, "Waiting")
try:
    threading.Event().wait()
except BaseException as interrupt:
    raise ValueError("a library that makes an error of its own of an interrupt") from interrupt
"""

DEAF = """\
request.progress(0.25, "Waiting")
while True:
    try:
        threading.Event().wait()
    except BaseException:
        pass
"""


def until(happens: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Look again and again until it happens."""
    end, pause = time.monotonic() + seconds, threading.Event()
    while not happens():
        assert time.monotonic() < end, "it did not happen in time"
        pause.wait(0.05)


def waiting(executor: Executor, run: Run) -> bool:
    return executor.index.get(run.id).message == "Waiting"


def dagster_status(settings: Settings, run_id: str) -> str:
    """Read what Dagster thinks of a run, without loading it here."""
    with closing(sqlite3.connect(settings.layout.dagster / "history" / "runs.db")) as db:
        found = db.execute("SELECT status FROM runs WHERE run_id = ?", (run_id,)).fetchone()
    return str(found[0])


@dataclass(kw_only=True, slots=True)
class Whole:
    """A genome read, references of good and bad modules made, and the sample annotated; shared, so never changed."""

    workshop: Workshop
    executor: Executor
    sample: SampleId
    read: Run
    lines: list[Line]
    references: Run
    annotated: Run


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    folder = tmp_path_factory.mktemp("whole")
    workshop = Workshop(Settings(home=folder / "home", standby_seconds=0), folder)
    workshop.module("tiny")
    workshop.module("bad", source="raise RuntimeError('broken on purpose')")
    workshop.module("odd", "raise KeyError('no such column')")
    workshop.module("loud", 'import os\nprint("{not a line")\nos.write(1, b"nor this\\n")\n' + MAKE)
    sample = workshop.genome()
    executor = Executor(workshop.settings, modules=workshop.modules)
    read = executor.index.enqueue(import_of(sample))
    references = executor.index.enqueue(reference_of("bad", "odd", "loud", "tiny"))
    request = annotate_with(sample, "tiny").model_copy(update={"after": [read.id, references.id]})
    annotated = executor.index.enqueue(request)
    executor.start()
    lines = list(executor.follow(read.id))
    over = [executor.run_until_over(run.id) for run in (read, references, annotated)]
    yield Whole(
        workshop=workshop,
        executor=executor,
        sample=sample,
        lines=lines,
        read=over[0],
        references=over[1],
        annotated=over[2],
    )
    executor.stop()


@pytest.mark.started
def test_a_genome_is_read_a_reference_made_and_the_sample_annotated(whole: Whole) -> None:
    layout = whole.workshop.settings.layout
    assert whole.read.status is RunStatus.SUCCEEDED, whole.read.error
    assert whole.annotated.status is RunStatus.SUCCEEDED, whole.annotated.error
    found = records.current(layout, ["tiny", "annotations"], whole.sample.key)
    variants = records.current(layout, ["sample", "variants"], whole.sample.key)
    assert found is not None
    assert variants is not None
    assert {name: count for name, count in found.record.evidence.items() if count} == {"called": 1}
    assert found.record.run == whole.annotated.id
    assert found.record.checks
    assert all(check.passed for check in found.record.checks)
    assert found.record.inputs["sample/variants"] == variants.record.sha256
    assert Intake.model_validate(variants.record.metadata["intake"]).records_read == 20
    assert records.verified(found) is found
    assert not list(layout.temporary.glob("*"))
    assert dagster_status(whole.workshop.settings, whole.annotated.id) == "SUCCESS"


def test_a_run_knows_what_it_took(whole: Whole) -> None:
    assert whole.read.fraction == 1
    assert whole.read.peak_memory_mb is not None
    assert 50 < whole.read.peak_memory_mb < 2000
    assert whole.read.cpu_seconds
    assert whole.read.seconds


def test_the_lines_of_a_run_tell_what_is_made_and_checked(whole: Whole) -> None:
    told = [(line.kind, line.asset) for line in whole.lines]
    for asset in ("sample/source", "sample/variants", "sample/coverage"):
        assert told.index((LineKind.STARTED, asset)) < told.index((LineKind.DONE, asset))
    checks = [line for line in whole.lines if line.kind is LineKind.CHECK]
    passed = {(line.asset, line.detail["name"]): line.detail["passed"] for line in checks}
    assert passed[("sample/variants", "reconciles")] is True
    assert passed[("sample/variants", "sorted")] is True
    assert [line.seq for line in whole.lines] == sorted({line.seq for line in whole.lines})
    assert told[-1] == (LineKind.DONE, None)


def test_a_module_that_fails_to_load_fails_alone(whole: Whole) -> None:
    assert whole.references.status is RunStatus.FAILED
    assert sorted(whole.references.failed_assets) == ["bad/reference", "odd/reference"]
    assert "broken on purpose" in whole.references.failed_assets["bad/reference"]["message"]
    assert whole.references.error == whole.references.failed_assets["bad/reference"]
    layout = whole.workshop.settings.layout
    assert records.latest_reference(layout, "tiny", "GRCh38") is not None
    assert records.latest_reference(layout, "odd", "GRCh38") is None


def test_a_stranger_s_exception_is_shown_in_its_own_words(whole: Whole) -> None:
    told = whole.references.failed_assets["odd/reference"]
    assert told["title"] == "The module stopped with an error"
    assert "KeyError: 'no such column'" in told["message"]
    assert "Traceback" in told["detail"]


def test_what_a_module_prints_is_not_taken_for_a_line(whole: Whole) -> None:
    assert records.latest_reference(whole.workshop.settings.layout, "loud", "GRCh38") is not None
    log = (whole.workshop.settings.layout.logs / "worker.log").read_text()
    assert "{not a line" in log
    assert "nor this" in log


def test_files_and_folders_are_for_their_owner_only(whole: Whole) -> None:
    open_to_others = [path for path in whole.workshop.settings.home.rglob("*") if path.stat().st_mode & 0o077]
    assert open_to_others == []


def test_an_error_keeps_its_title_and_hint_and_what_needs_it_is_left_out(
    workshop: Workshop, executors: Executors
) -> None:
    sample = workshop.genome()
    Path(read_sample(workshop.settings.layout, sample).source.path).unlink()
    executor = executors(workshop)
    run = executor.run_until_over(executor.index.enqueue(import_of(sample)).id)
    assert run.status is RunStatus.FAILED
    assert run.failed_assets["sample/source"]["title"] == "The genome file is gone"
    assert "Put it back" in run.failed_assets["sample/source"]["hint"]
    assert run.failed_assets["sample/variants"]["title"] == "Left out"
    assert "sample/source" in run.failed_assets["sample/variants"]["message"]


def cancel_in_dagster(settings: Settings, run_id: str) -> None:
    """Write into Dagster's database what its backfills and a forced end write there, past every queue."""
    with closing(sqlite3.connect(settings.layout.dagster / "history" / "runs.db")) as db, db:
        db.execute("UPDATE runs SET status = 'CANCELED' WHERE run_id = ?", (run_id,))


@pytest.mark.parametrize("place", ["here", "in Dagster"])
def test_a_run_that_listens_is_cancelled_and_dagster_knows(
    workshop: Workshop, executors: Executors, place: str
) -> None:
    workshop.module("slow", WAIT)
    executor = executors(workshop, grace=SECONDS)
    executor.start()
    run = executor.index.enqueue(reference_of("slow"))
    asked = annotate_with(workshop.genome(), "slow").model_copy(update={"after": [run.id]})
    dependent = executor.index.enqueue(asked)
    until(lambda: waiting(executor, run))
    if place == "here":
        executor.index.cancel(run.id)
    else:
        cancel_in_dagster(workshop.settings, run.id)
    ended = executor.run_until_over(run.id)
    assert (ended.status, ended.error, ended.failed_assets) == (RunStatus.CANCELLED, None, {})
    assert not ended.interrupted, "somebody wished it to end"
    assert not [line for line in executor.index.lines(run.id) if line.kind is LineKind.FAILED and line.asset]
    assert dagster_status(workshop.settings, run.id) == "CANCELED"
    left = executor.run_until_over(dependent.id)
    assert (left.status, left.failed_assets, left.started) == (RunStatus.CANCELLED, {}, None)
    assert left.cancelled_assets == ["slow/annotations"]
    assert not list(workshop.settings.layout.temporary.glob("*"))


def test_work_that_breaks_off_because_it_is_cancelled_has_not_failed(
    workshop: Workshop, executors: Executors
) -> None:
    workshop.module("turned", TURNED)
    executor = executors(workshop, grace=SECONDS)
    executor.start()
    run = executor.index.enqueue(reference_of("turned"))
    until(lambda: waiting(executor, run))
    executor.index.cancel(run.id)
    ended = executor.run_until_over(run.id)
    assert (ended.status, ended.error, ended.failed_assets) == (RunStatus.CANCELLED, None, {})
    assert not ended.interrupted, "somebody wished it to end"


def test_a_run_that_does_not_listen_is_killed_and_dagster_knows(workshop: Workshop, executors: Executors) -> None:
    workshop.module("deaf", DEAF)
    executor = executors(workshop, grace=0.2)
    executor.start()
    run = executor.index.enqueue(reference_of("deaf"))
    until(lambda: waiting(executor, run))
    pid = executor.index.get(run.id).pid
    assert pid
    executor.index.cancel(run.id)
    assert executor.run_until_over(run.id).status is RunStatus.CANCELLED
    assert not psutil.pid_exists(pid)
    until(lambda: dagster_status(workshop.settings, run.id) == "CANCELED")


@pytest.mark.started
def test_a_worker_that_is_killed_fails_its_run_and_the_next_one_goes_on(
    workshop: Workshop, executors: Executors
) -> None:
    workshop.module("slow", WAIT)
    workshop.module("good")
    executor = executors(workshop)
    executor.start()
    run = executor.index.enqueue(reference_of("slow"))
    until(lambda: waiting(executor, run))
    pid = executor.index.get(run.id).pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    ended = executor.run_until_over(run.id)
    assert ended.status is RunStatus.FAILED
    assert ended.error
    assert ended.error["title"] == "The worker was killed"
    assert "slow/reference" in ended.failed_assets
    after = executor.run_until_over(executor.index.enqueue(reference_of("good")).id)
    assert after.status is RunStatus.SUCCEEDED, after.error
    assert dagster_status(workshop.settings, run.id) == "FAILURE"


@pytest.mark.started
def test_stopping_the_app_stops_the_run_and_leaves_no_process(workshop: Workshop, executors: Executors) -> None:
    workshop.module("slow", WAIT)
    executor = executors(workshop)
    executor.start()
    run, queued = executor.index.enqueue(reference_of("slow")), executor.index.enqueue(reference_of("slow"))
    until(lambda: waiting(executor, run))
    pid = executor.index.get(run.id).pid
    assert pid
    executor.stop()
    assert executor.index.get(run.id).status is RunStatus.CANCELLED
    assert executor.index.get(run.id).interrupted, "nobody wished it to end"
    assert executor.index.get(queued.id).status is RunStatus.QUEUED
    assert not psutil.pid_exists(pid)
    assert not executor.executing


def test_a_command_that_leaves_lets_the_run_at_work_end_and_begins_no_other(
    workshop: Workshop, executors: Executors
) -> None:
    go = workshop.settings.home / "go"
    workshop.module("slow", HELD.replace("GO", str(go)) + MAKE)
    executor = executors(workshop)
    executor.start()
    run, queued = executor.index.enqueue(reference_of("slow")), executor.index.enqueue(reference_of("slow"))
    until(lambda: waiting(executor, run))
    leaving = threading.Thread(target=executor.finish)
    leaving.start()
    until(executor._leaving.is_set)
    go.touch()
    leaving.join(SECONDS)
    ended = executor.index.get(run.id)
    assert ended.status is RunStatus.SUCCEEDED, ended.error
    assert executor.index.get(queued.id).status is RunStatus.QUEUED
    assert not executor.executing


def _workers() -> list[psutil.Process]:
    """Give the workers of this process; what other tests fork theirs from is none."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.Error):  # it has just ended
            if "-m" in child.cmdline():
                found.append(child)
    return found


@pytest.mark.started
def test_a_warm_worker_stands_by_takes_a_run_and_retires(workshop: Workshop, executors: Executors) -> None:
    workshop.settings.standby_seconds = 600
    workshop.module("good")
    executor = executors(workshop)
    executor.start()
    until(lambda: len(_workers()) == 1)
    (standby,) = _workers()
    run = executor.run_until_over(executor.index.enqueue(reference_of("good")).id)
    assert run.status is RunStatus.SUCCEEDED, run.error
    assert run.pid == standby.pid
    until(lambda: [child.pid for child in _workers()] not in ([], [standby.pid]))
    workshop.settings.standby_seconds = 0.1
    executor.wake()
    until(lambda: _workers() == [])


def test_whoever_comes_second_follows_what_the_first_executes(workshop: Workshop, executors: Executors) -> None:
    workshop.module("good")
    first, second = executors(workshop), executors(workshop)
    first.start()
    second.start()
    assert (first.executing, second.executing) == (True, False)
    run = second.run_until_over(second.index.enqueue(reference_of("good")).id)
    assert run.status is RunStatus.SUCCEEDED, run.error
    assert not second.executing
    first.stop()
    until(lambda: second.executing)


START = """
import json, sys
from pathlib import Path
from genoteca.engine.executor import Executor
from genoteca.engine.modules import ModuleRef
from genoteca.model.run import RunRequest
from genoteca.settings import Settings

given = json.loads(sys.argv[1])
executor = Executor(Settings(), modules=lambda wanted: [ModuleRef.model_validate(given["module"])])
run = executor.run_until_over(executor.index.enqueue(RunRequest.model_validate(given["request"])).id)
executor.stop()
print(run.status)
"""


@pytest.mark.started
def test_an_app_that_is_killed_takes_its_worker_along_and_the_next_one_says_so(
    workshop: Workshop, executors: Executors
) -> None:
    ref = workshop.module("slow", WAIT)
    given = json.dumps(
        {"module": ref.model_dump(mode="json"), "request": reference_of("slow").model_dump(mode="json")}
    )
    app = subprocess.Popen([sys.executable, "-c", START, given], env=worker_environment(workshop.settings))
    executor = executors(workshop)
    until(lambda: any(waiting(executor, run) for run in executor.index.list()))
    (run,) = executor.index.list()
    assert run.pid
    app.kill()
    app.wait(SECONDS)
    executor.start()
    until(lambda: executor.index.get(run.id).status.over)
    ended = executor.index.get(run.id)
    assert ended.status is RunStatus.FAILED
    assert ended.error
    assert ended.error["title"] == "The run was interrupted"
    until(lambda: not psutil.pid_exists(run.pid or 0))


@pytest.mark.started
def test_two_first_starts_at_once_leave_a_dagster_home_that_works(workshop: Workshop) -> None:
    ref = workshop.module("good")
    request = reference_of("good").model_dump(mode="json")
    given = json.dumps({"module": ref.model_dump(mode="json"), "request": request})
    started = [
        subprocess.Popen(
            [sys.executable, "-c", START, given],
            stdout=subprocess.PIPE,
            text=True,
            env=worker_environment(workshop.settings),
        )
        for _ in range(2)
    ]
    assert [process.communicate(timeout=2 * SECONDS)[0].strip() for process in started] == ["succeeded"] * 2


@pytest.mark.parametrize(
    "name", ["executor", "index", "records", "samples", "recovery", "modules", "purge", "describe"]
)
def test_what_the_app_imports_of_the_engine_loads_no_dagster(name: str) -> None:
    heavy = ("dagster", "polars", "nicegui")
    code = f"import sys, genoteca.engine.{name}; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
