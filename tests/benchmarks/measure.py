"""Measuring whole processes by what the operating system says of them."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Cost", "cost_of", "median_cost"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What one process took: seconds of wall and processor time, and its peak memory in MB (10^6 bytes)."""

    wall: float
    cpu: float
    peak_mb: float

    def rounded(self) -> dict[str, float]:
        """Give the figures for a report."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def cost_of(command: Sequence[str], environment: dict[str, str] | None = None) -> Cost:
    """Run a command to its end; it must succeed."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        list(command), stdout=subprocess.DEVNULL, env={**os.environ, **(environment or {})}, stderr=subprocess.PIPE
    )
    complaint = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"{command[0]} failed: {complaint.decode(errors='replace')[-2000:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(wall=wall, cpu=usage.ru_utime + usage.ru_stime, peak_mb=usage.ru_maxrss * unit / 1e6)


def median_cost(command: Sequence[str], *, runs: int, environment: dict[str, str] | None = None) -> Cost:
    """Run a command several times; the median of each figure."""
    found = [cost_of(command, environment) for _ in range(runs)]

    def middle(pick: Callable[[Cost], float]) -> float:
        return statistics.median(pick(cost) for cost in found)

    return Cost(wall=middle(lambda c: c.wall), cpu=middle(lambda c: c.cpu), peak_mb=middle(lambda c: c.peak_mb))


def python(code: str, *arguments: str | Path) -> list[str]:
    """Give the command that runs a piece of Python."""
    return [sys.executable, "-c", code, *map(str, arguments)]
