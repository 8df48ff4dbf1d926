"""The steps of a run on its time axis, from the lines that its worker spoke."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from genoteca.model.run import Line, LineKind, Run

__all__ = ["RunStep", "StepState", "steps_of"]


class StepState(StrEnum):
    """Where a step stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class RunStep(BaseModel):
    """The making of one asset."""

    model_config = ConfigDict(extra="forbid")

    asset: str
    """Asset key joined with `/`."""
    state: StepState = StepState.WAITING
    begun: float | None = None
    """Seconds after the run was started; null: it was never begun."""
    ended: float | None = None
    """Seconds after the run was started; null: not over, or never begun."""
    rows: int | None = None
    cpu_seconds: float | None = None
    """Processor time that was measured while its table was made; null: not measured."""
    peak_memory_mb: float | None = None
    """Of the whole worker from its start until this was made: the highest so far."""

    @property
    def seconds(self) -> float | None:
        """Give how long it took; null: not over."""
        return None if self.begun is None or self.ended is None else self.ended - self.begun


def steps_of(run: Run, lines: Iterable[Line], now: datetime) -> list[RunStep]:
    """Give the steps of a run, as they were begun; what was not begun stands at the end, as it was asked for.

    A step that was begun and is not over ends `now`, or where the run ended.
    """
    wanted = ["/".join(asset) for asset in run.request.assets]
    steps = {asset: RunStep(asset=asset) for asset in wanted}
    start = run.started or run.queued
    for line in lines:
        if line.asset is not None:
            _hear(steps.setdefault(line.asset, RunStep(asset=line.asset)), line, (line.time - start).total_seconds())
    for step in steps.values():
        _finish(step, run, now)
    begun = sorted((step for step in steps.values() if step.begun is not None), key=lambda step: step.begun or 0.0)
    return [*begun, *(step for step in steps.values() if step.begun is None)]


def _hear(step: RunStep, line: Line, at: float) -> None:
    at = max(at, 0.0)  # a clock that was set back during a run
    if line.kind in (LineKind.STARTED, LineKind.PROGRESS):
        step.begun = at if step.begun is None else step.begun
        step.state = StepState.RUNNING
    elif line.kind in (LineKind.DONE, LineKind.FAILED):
        step.ended = max(at, step.begun or 0.0)
        step.state = StepState.DONE if line.kind is LineKind.DONE else StepState.FAILED
        step.rows = _whole(line.detail.get("rows"))
        step.cpu_seconds = _number(line.detail.get("cpu_seconds"))
        step.peak_memory_mb = _number(line.detail.get("peak_memory_mb"))


def _finish(step: RunStep, run: Run, now: datetime) -> None:
    """Close what the run left open."""
    if step.asset in run.cancelled_assets or (run.status.over and step.state is StepState.WAITING):
        step.state = StepState.STOPPED
    if step.state is StepState.RUNNING:
        until = run.ended or now
        step.ended = max((until - (run.started or run.queued)).total_seconds(), step.begun or 0.0)
        if run.status.over:
            step.state = StepState.STOPPED


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
