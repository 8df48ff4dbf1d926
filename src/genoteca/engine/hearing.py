"""What Dagster says during a run, told on as lines."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from genoteca.engine.speaking import Voice
from genoteca.engine.troubles import trouble_of
from genoteca.model.run import LEFT_OUT, LineKind

if TYPE_CHECKING:
    from dagster import DagsterEvent, EventLogEntry

__all__ = ["Hearing"]


UNYIELDED = "did not yield or return expected outputs"
"""What Dagster says where a check could not be evaluated, and is left out as it may be."""
TOLD = {
    "rows": "dagster/row_count",
    "seconds": "seconds",
    "cpu_seconds": "CPU seconds",
    "peak_memory_mb": "peak memory (MB)",
}
"""What the line of a dataset that was made tells of it, by the name under which Dagster shows it (`told_of`)."""


class Hearing:
    """Listens to one Dagster run; `steps` gives the asset keys (joined with `/`) that each step makes."""

    def __init__(self, voice: Voice, steps: Mapping[str, Sequence[str]]) -> None:
        self.voice = voice
        self.steps = steps
        self.done: set[str] = set()
        self.failed: set[str] = set()
        self.active: set[str | None] = set()
        self.begun = False
        """Whether Dagster has begun the run: from now on it listens to an interrupt."""
        self.stopping = False
        """Whether the run is being cancelled: what breaks off from now on has not failed."""

    def hear(self, entry: EventLogEntry) -> None:
        """Take in one entry of the event log."""
        event = entry.dagster_event
        if event is None:
            # Outside of a step it is Dagster talking to itself, and where a check could not be evaluated.
            if (
                int(entry.level) >= logging.INFO
                and entry.step_key in self.active
                and UNYIELDED not in entry.user_message
            ):
                self.voice.say(LineKind.LOG, None, entry.user_message)
            return
        match event.event_type_value:
            case "PIPELINE_START":
                self.begun = True
            case "STEP_START":
                self.active.add(event.step_key)
                for asset in self._assets(event.step_key):
                    self.voice.say(LineKind.STARTED, asset, "Starting")
            case "ASSET_MATERIALIZATION":
                self._done(event)
            case "ASSET_CHECK_EVALUATION":
                self._check(event)
            case "STEP_SUCCESS" | "STEP_FAILURE":
                self.active.discard(event.step_key)

    def failure_hook(self) -> dg.HookDefinition:
        """Make the hook through which an error arrives whole, with its title and hint."""

        @dg.failure_hook(name="genoteca_failure")
        def tell(context: dg.HookContext) -> None:
            error = context.op_exception
            if error is not None and not self.stopping:
                assets = self._assets(context.step_key)
                self.fail(assets, trouble_of(error, assets))

        return tell

    def fail(self, assets: Sequence[str], trouble: Mapping[str, str]) -> None:
        """Say that assets were not made, and why; those of the step that were already made stand."""
        left = [asset for asset in assets if asset not in self.done] or list(assets)
        for asset in left:
            if asset not in self.failed:
                self.failed.add(asset)
                self.voice.say(LineKind.FAILED, asset, trouble["title"], detail=dict(trouble))

    def _assets(self, step: str | None) -> Sequence[str]:
        return self.steps.get(step or "", ())

    def _done(self, event: DagsterEvent) -> None:
        if event.asset_key is None:
            return
        asset = "/".join(event.asset_key.path)
        if asset not in self._assets(event.step_key):
            return  # a publisher's dataset, noticed on the way: nobody asked for it to be made
        self.done.add(asset)
        metadata = event.step_materialization_data.materialization.metadata
        told = {name: metadata[label].value if label in metadata else None for name, label in TOLD.items()}
        measured = {name: value if isinstance(value, int | float) else None for name, value in told.items()}
        self.voice.say(LineKind.DONE, asset, f"Made {asset}", fraction=1.0, detail=dict(measured))

    def _check(self, event: DagsterEvent) -> None:
        verdict = event.asset_check_evaluation_data
        asset = "/".join(verdict.asset_key.path)
        told = verdict.description or ""
        self.voice.say(
            LineKind.CHECK, asset, f"{verdict.check_name}: {told}",
            detail={
                "name": verdict.check_name, "passed": verdict.passed, "description": told,
                "severity": verdict.severity.value.lower(),
            },
        )  # fmt: skip

    def leave_out(self, assets: Sequence[str]) -> None:
        """Say that assets were not even tried, because of what had failed before them."""
        failed = ", ".join(sorted(self.failed)) or "what it is made from"
        trouble = {
            "title": LEFT_OUT,
            "message": f"It is made from {failed}, which could not be made.",
            "hint": "See why that failed.",
            "detail": "",
        }
        self.fail(assets, trouble)
