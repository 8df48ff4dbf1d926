"""What is read of Dagster's own database of runs."""

from __future__ import annotations

from pathlib import Path

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
