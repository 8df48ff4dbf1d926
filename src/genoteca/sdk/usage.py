"""What this process and its children have taken from the computer, as the operating system says."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass

import psutil
from pydantic import JsonValue

__all__ = ["Meter", "cpu_seconds", "peak_memory_mb"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Meter:
    """Measures what the making of one dataset takes, from the moment it is started."""

    begun: float
    """On the monotonic clock, in seconds."""
    cpu_before: float

    @classmethod
    def start(cls) -> Meter:
        """Begin to measure."""
        return cls(begun=time.monotonic(), cpu_before=cpu_seconds())

    def read(self) -> dict[str, JsonValue]:
        """Give wall and processor seconds since the start, and the peak of memory of the whole process, in MB."""
        return {
            "seconds": round(time.monotonic() - self.begun, 3),
            "cpu_seconds": round(cpu_seconds() - self.cpu_before, 3),
            "peak_memory_mb": round(peak_memory_mb(), 1),
        }


def peak_memory_mb() -> float:
    """Give the true peak of resident memory, in MB (10^6 bytes): of this process, or of its largest child."""
    if sys.platform == "win32":
        return float(psutil.Process().memory_info().peak_wset) / 1e6
    import resource  # not on Windows

    largest = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    # Linux counts kibibytes, macOS bytes.
    return largest / 1e6 if sys.platform == "darwin" else largest * 1024 / 1e6


def cpu_seconds() -> float:
    """Give the processor time of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
