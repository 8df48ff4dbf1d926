"""What the app hands to a worker: one run, and what it needs to load the run's modules."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from genoteca.engine.modules import ModuleRef
from genoteca.model.run import RunRequest

__all__ = ["CANCEL", "READY", "Job"]

READY = "ready"
"""The first line a worker speaks: everything is imported, the Dagster instance is open."""

CANCEL = "cancel"
"""The line that asks a worker to stop; the end of its input means the same."""


class Job(BaseModel):
    """One run, on one line of a worker's input."""

    model_config = ConfigDict(extra="forbid")

    run_id: str
    request: RunRequest
    modules: list[ModuleRef] = Field(default_factory=list)
