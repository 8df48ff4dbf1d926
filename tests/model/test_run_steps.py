"""The steps of a run on its time axis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from genoteca.model.run import Line, LineKind, Run, RunKind, RunRequest, RunStatus
from genoteca.model.run_steps import StepState, steps_of

START = datetime(2026, 3, 5, 14, tzinfo=UTC)
NOW = START + timedelta(seconds=60)


def run(status: RunStatus, ended: float | None = None) -> Run:
    request = RunRequest(
        kind=RunKind.ANNOTATE, partition="anna/g1", assets=[["clinvar", "annotations"], ["traits", "annotations"]]
    )
    over = None if ended is None else START + timedelta(seconds=ended)
    return Run(id="r", request=request, status=status, queued=START, started=START, ended=over)


def line(kind: LineKind, asset: str, at: float, **detail: JsonValue) -> Line:
    return Line(run_id="r", seq=1, time=START + timedelta(seconds=at), kind=kind, asset=asset, detail=detail)


def test_a_step_lasts_from_its_first_line_to_its_last_and_says_what_it_took() -> None:
    lines = [
        line(LineKind.STARTED, "clinvar/annotations", 1),
        line(LineKind.PROGRESS, "clinvar/annotations", 3),
        line(LineKind.DONE, "clinvar/annotations", 9, rows=12, cpu_seconds=7.5, peak_memory_mb=310.2),
        line(LineKind.STARTED, "traits/annotations", 9),
        line(LineKind.FAILED, "traits/annotations", 11, title="It failed"),
    ]
    first, second = steps_of(run(RunStatus.FAILED, 12), lines, NOW)
    assert (first.begun, first.ended, first.seconds, first.state) == (1, 9, 8, StepState.DONE)
    assert (first.rows, first.cpu_seconds, first.peak_memory_mb) == (12, 7.5, 310.2)
    assert (second.begun, second.ended, second.state, second.rows) == (9, 11, StepState.FAILED, None)


def test_a_step_at_work_lasts_until_now_and_one_that_waits_has_no_time() -> None:
    first, second = steps_of(run(RunStatus.RUNNING), [line(LineKind.STARTED, "traits/annotations", 5)], NOW)
    assert (first.asset, first.ended, first.state) == ("traits/annotations", 60, StepState.RUNNING)
    assert (second.begun, second.ended, second.seconds, second.state) == (None, None, None, StepState.WAITING)


def test_what_a_run_that_is_over_left_open_was_stopped_where_the_run_ended() -> None:
    lines = [line(LineKind.STARTED, "clinvar/annotations", 2)]
    first, second = steps_of(run(RunStatus.CANCELLED, 20), lines, NOW)
    assert (first.begun, first.ended, first.state) == (2, 20, StepState.STOPPED)
    assert (second.begun, second.state) == (None, StepState.STOPPED)


def test_a_clock_that_was_set_back_makes_no_negative_time() -> None:
    lines = [line(LineKind.STARTED, "clinvar/annotations", -5), line(LineKind.DONE, "clinvar/annotations", -9)]
    first = steps_of(run(RunStatus.SUCCEEDED, 1), lines, NOW)[0]
    assert (first.begun, first.ended) == (0, 0)
