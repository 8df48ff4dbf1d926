"""What a run's lines add up to: how far it is, what it does now, which of its assets failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from genoteca.errors import RunError
from genoteca.model.run import Line, LineKind, RunStatus

__all__ = ["Tally", "trouble"]

Trouble = dict[str, str]


def trouble(error: RunError, detail: str = "") -> Trouble:
    """Turn an error into what a run keeps of it."""
    return {"title": error.title, "message": error.message, "hint": error.hint, "detail": detail}


WEIGHTS = {"sample/source": 0.05, "sample/coverage": 0.0, "sample/structural": 0.0}
"""How much of a run's time an asset takes, where that is not 1. A checksum takes about a second for what is read in
twenty; coverage and structural variants are read along with the variants."""


class Tally:
    """Adds up the lines of one run into changes of its row."""

    def __init__(self, assets: Sequence[Sequence[str]]) -> None:
        self.progress: dict[str, float] = {"/".join(asset): 0.0 for asset in assets}
        self.done: set[str] = set()
        self.failed: dict[str, Trouble] = {}
        self.ending: Line | None = None

    def hear(self, line: Line) -> dict[str, Any]:
        """Take in one line and give the fields of the run that it changes."""
        if line.asset is None and line.kind in (LineKind.DONE, LineKind.FAILED):
            self.ending = line
            return {}
        if line.asset is not None:
            self._hear_asset(line.asset, line)
        changes: dict[str, Any] = {}
        if line.kind is not LineKind.LOG:
            changes["fraction"] = self.fraction
        if line.kind in (LineKind.STARTED, LineKind.PROGRESS) and line.message:
            changes["message"] = line.message
        if line.kind is LineKind.FAILED:
            changes["failed_assets"] = dict(self.failed)
        return changes

    def _hear_asset(self, asset: str, line: Line) -> None:
        match line.kind:
            case LineKind.PROGRESS:
                self.progress[asset] = line.fraction or 0.0
            case LineKind.DONE:
                self.progress[asset] = 1.0
                self.done.add(asset)
            case LineKind.FAILED:
                self.progress[asset] = 1.0
                self.failed[asset] = {key: str(value) for key, value in line.detail.items()}

    @property
    def fraction(self) -> float:
        """How far the whole run is: assets count the same, but for those of `WEIGHTS`."""
        weights = {asset: WEIGHTS.get(asset, 1.0) for asset in self.progress}
        told = sum(weight * self.progress[asset] for asset, weight in weights.items())
        return told / (sum(weights.values()) or 1.0)

    def end(self) -> dict[str, Any]:
        """Give the fields that the worker's last line decides."""
        if self.ending is None:
            return {}
        told = self.ending.detail
        status = RunStatus(str(told.get("status", RunStatus.FAILED)))
        changes: dict[str, Any] = {
            "status": status,
            "ended": datetime.now(UTC),
            "message": self.ending.message,
            "peak_memory_mb": told.get("peak_memory_mb"),
            "cpu_seconds": told.get("cpu_seconds"),
        }
        if status is RunStatus.SUCCEEDED:
            changes["fraction"] = 1.0
        if status is RunStatus.FAILED:
            changes["error"] = told.get("error") or next(iter(self.failed.values()), None)
        return changes

    def end_without_word(self, error: RunError) -> dict[str, Any]:
        """Give the fields of a run whose worker ended without a last line: all that was not done has failed."""
        told = trouble(error)
        unfinished = {asset: told for asset in self.progress if asset not in self.done | self.failed.keys()}
        return {
            "status": RunStatus.FAILED,
            "ended": datetime.now(UTC),
            "message": "",
            "error": told,
            "failed_assets": {**self.failed, **unfinished},
        }
