"""What a worker takes of the computer at this moment, as the operating system says."""

from __future__ import annotations

from contextlib import suppress

import psutil
from pydantic import BaseModel, ConfigDict

__all__ = ["UsageNow", "usage_now"]


class UsageNow(BaseModel):
    """Of a worker and all that it started."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    memory_mb: float
    """Resident, in MB (10^6 bytes)."""
    cpu_seconds: float
    """Since it was started, in which it may have waited for its run; without children that have ended."""


def usage_now(pid: int) -> UsageNow | None:
    """Measure a process and its children; None: it is gone, or may not be looked at."""
    try:
        worker = psutil.Process(pid)
        family = [worker, *worker.children(recursive=True)]
    except psutil.Error:
        return None
    memory = cpu = 0.0
    for one in family:
        with suppress(psutil.Error):  # it has ended meanwhile
            memory += one.memory_info().rss
            times = one.cpu_times()
            cpu += times.user + times.system
    return UsageNow(memory_mb=round(memory / 1e6, 1), cpu_seconds=round(cpu, 2))
