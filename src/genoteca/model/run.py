"""Runs: what is asked for, how far it is, and the lines a worker speaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, JsonValue

__all__ = [
    "CLOSED",
    "INTERRUPTED",
    "LEFT_OUT",
    "SAMPLE",
    "Line",
    "LineKind",
    "Run",
    "RunKind",
    "RunRequest",
    "RunStatus",
]

CLOSED = "Genoteca was closed before it was over"
"""Message of a run that nobody wished to end."""
INTERRUPTED = "The run was interrupted"
"""Title of the error of a run whose executor was gone."""
LEFT_OUT = "Left out"
"""Title of the error of an asset that was not even tried, because of what had failed before it."""


TELLING_AFTER = 5.0
"""Seconds of work after which its pace says how long it will take."""
TELLING_FROM = 0.06
"""Share of a run from which its pace says it: the checksum of a genome file, which is quicker, is behind it then."""


SAMPLE = "sample"
"""First part of the keys of the assets that belong to a genome and to no module."""


class RunKind(StrEnum):
    """What a run makes."""

    IMPORT = "import"
    REFERENCE = "reference"
    ANNOTATE = "annotate"
    JOIN = "join"


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self in (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED)


class RunRequest(BaseModel):
    """What one run shall materialize: whole asset keys, for one partition or none."""

    model_config = ConfigDict(extra="forbid")

    kind: RunKind
    partition: str | None = None
    """`user/sample`; null for a reference."""
    assets: list[list[str]]
    modules: list[str] = Field(default_factory=list)
    """Modules whose code the worker must load."""
    build: str | None = None
    """For a reference: the genome build to publish."""
    engine: str = "auto"
    force: bool = False
    """For a reference: fetch everything anew, also what is in the cache."""
    release: str = ""
    """For a reference: which release to complete; empty: the publisher's newest."""
    chromosomes: list[str] | None = None
    """For a reference with a file for each: those needed; null: those of every genome on this computer."""
    show_closed: bool = False
    """For the wide table: answers that stay closed until the person asks are in it, as the person asked."""
    held: bool = False
    """For annotations: the answers in force stay, and the new ones wait beside them to be taken or left."""
    settles: bool = False
    """For `held`: new answers are taken at the end of the run where nothing about the person differs."""
    closed: list[str] = Field(default_factory=list)
    """For `settles`: modules that ask before they tell anything; they wait whatever their answers say."""
    requires: dict[str, list[str]] = Field(default_factory=dict)
    """For `settles`: on the answers of which modules each of those asked builds."""
    reused: dict[str, str] = Field(default_factory=dict)
    """Modules whose answer is up to date and is not made again, with the run that made it."""
    after: list[str] = Field(default_factory=list)
    """Runs that must be over before this one starts, well or badly."""

    @property
    def is_preview(self) -> bool:
        """Whether its answers wait whatever they say: where answers stand, it says nothing of that."""
        return self.held and not self.settles


class Run(BaseModel):
    """One row of the run index."""

    model_config = ConfigDict(extra="forbid")

    id: str
    request: RunRequest
    stage_of: str = ""
    """The run for which it makes a part of what was asked for at once; empty: it was asked for by itself."""
    status: RunStatus
    queued: datetime
    started: datetime | None = None
    ended: datetime | None = None
    pid: int | None = None
    fraction: float | None = None
    """Of the whole run, 0 to 1; null: not known yet."""
    message: str = ""
    """What it is doing now."""
    peak_memory_mb: float | None = None
    """True peak of the worker and its children, from the operating system."""
    cpu_seconds: float | None = None
    error: dict[str, str] | None = None
    """`{title, message, hint, detail}` of a run that failed."""
    failed_assets: dict[str, dict[str, str]] = Field(default_factory=dict)
    """`{title, message, hint, detail}` by asset key joined with `/`."""
    cancelled_assets: list[str] = Field(default_factory=list)
    """Asset keys joined with `/` that were not even tried: what they need was cancelled."""

    @property
    def wanted(self) -> list[list[str]]:
        """Give the keys of the assets that are to be made."""
        return [asset for asset in self.request.assets if "/".join(asset) not in self.cancelled_assets]

    def begun(self, before: Sequence[Run]) -> Run:
        """Give it as at work, `before` being the runs that it waited for.

        What a cancelled one should have made ready is cancelled with it: a module's data, that module alone; a
        genome, or the chains that any module may need, everything. Where nothing is left to be made, it is over.
        """
        cancelled = [one.request for one in before if one.status is RunStatus.CANCELLED]
        named = {module for request in cancelled for module in request.modules}
        apart = self.request.kind is RunKind.ANNOTATE and named <= set(self.request.modules)
        whole = not apart or any(request.kind is not RunKind.REFERENCE for request in cancelled)
        gone = ["/".join(asset) for asset in self.request.assets if cancelled and (whole or asset[0] in named)]
        now = datetime.now(UTC)
        begun = self.model_copy(update={"status": RunStatus.RUNNING, "started": now, "cancelled_assets": gone})
        if not gone or any(asset[0] != SAMPLE for asset in begun.wanted):
            return begun
        return begun.model_copy(update={"status": RunStatus.CANCELLED, "started": None, "ended": now})

    @property
    def interrupted(self) -> bool:
        """Whether it ended because the app was closed or died: for no reason of its own, and by nobody's wish."""
        if self.status is RunStatus.CANCELLED:
            return self.message == CLOSED
        return self.status is RunStatus.FAILED and (self.error or {}).get("title") == INTERRUPTED

    @property
    def seconds(self) -> float | None:
        """Wall time of the run; null until it is over."""
        if self.started is None or self.ended is None:
            return None
        return (self.ended - self.started).total_seconds()

    @property
    def has_pace(self) -> bool:
        """Whether it is at work and far enough to tell how long it will still take."""
        return self.status is RunStatus.RUNNING and TELLING_FROM <= (self.fraction or 0) < 1

    def seconds_left(self, begun: datetime, now: datetime) -> float | None:
        """Estimate from its pace how long it will still take; null: too early to tell, or not at work.

        `begun`: when its first asset was begun, after the start of its worker.
        """
        passed = (now - begun).total_seconds()
        if not self.has_pace or not self.fraction or passed < TELLING_AFTER:
            return None
        return passed * (1 - self.fraction) / self.fraction


class LineKind(StrEnum):
    """What a worker's line tells."""

    STARTED = "started"
    PROGRESS = "progress"
    LOG = "log"
    CHECK = "check"
    DONE = "done"
    FAILED = "failed"


class Line(BaseModel):
    """One JSON line from a worker."""

    model_config = ConfigDict(extra="forbid")

    run_id: str
    seq: int
    time: datetime
    kind: LineKind
    asset: str | None = None
    """Asset key joined with `/`; null: the run as a whole."""
    fraction: float | None = None
    message: str = ""
    detail: dict[str, JsonValue] = Field(default_factory=dict)
