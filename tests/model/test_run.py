"""How long a run will still take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from genoteca.model.run import Run, RunKind, RunRequest, RunStatus

START = datetime(2026, 1, 1, tzinfo=UTC)


def run(fraction: float | None, status: RunStatus = RunStatus.RUNNING) -> Run:
    request = RunRequest(kind=RunKind.IMPORT, assets=[["sample", "variants"]])
    return Run(id="r", request=request, status=status, queued=START, started=START, fraction=fraction)


def left(made: Run, after: float) -> float | None:
    return made.seconds_left(START, START + timedelta(seconds=after))


def test_the_pace_so_far_tells_what_is_left() -> None:
    assert left(run(0.25), 30) == pytest.approx(90)
    assert left(run(0.5), 30) == pytest.approx(30)


def test_it_is_not_told_before_there_is_a_pace() -> None:
    assert left(run(0.25), 3) is None
    assert left(run(0.05), 30) is None
    assert left(run(None), 30) is None


@pytest.mark.parametrize("status", [RunStatus.QUEUED, RunStatus.CANCELLING, RunStatus.SUCCEEDED, RunStatus.FAILED])
def test_only_a_run_at_work_has_time_left(status: RunStatus) -> None:
    assert left(run(0.5, status), 30) is None


def test_a_run_that_is_all_but_over_tells_no_time() -> None:
    assert left(run(1.0), 30) is None
