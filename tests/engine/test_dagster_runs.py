"""What is read of Dagster's own database of runs."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

from genoteca.engine.dagster_runs import DagsterRuns
from genoteca.settings import Layout


def test_a_database_that_is_not_there_or_damaged_says_nothing(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    runs = DagsterRuns(layout)
    assert (runs.unfinished(), runs.cancelled(["a"])) == ([], [])
    database = layout.dagster / "history" / "runs.db"
    database.parent.mkdir(parents=True)
    database.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    assert (runs.unfinished(), runs.cancelled(["a"])) == ([], [])


def test_a_log_that_comes_and_goes_while_it_is_looked_at_ends_no_run(tmp_path: Path) -> None:
    layout, over = Layout(tmp_path), Event()
    log = layout.dagster / "history" / "runs.db-wal"
    log.parent.mkdir(parents=True)
    log.with_name("runs.db").touch()

    def come_and_go() -> None:
        while not over.is_set():
            log.touch()
            log.unlink()

    other = Thread(target=come_and_go)
    other.start()
    try:
        found = {len(DagsterRuns(layout).token()) for _ in range(20_000)}
    finally:
        over.set()
        other.join()
    assert found <= {2, 4}
