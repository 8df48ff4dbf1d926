"""Installing a bundled module, and going back, as a person waits for it."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

from genoteca import actions
from genoteca.settings import Settings

MODULES = ("everyday-traits", "clinvar", "liftover-chains")


def store(folder: Path, *, runs: int) -> dict[str, Any]:
    """Install three bundled modules into an empty data folder, go back to the first and forth; `runs` times."""
    installs: list[float] = []
    backs: list[float] = []
    stages: dict[str, list[float]] = {}
    for run in range(runs):
        app = actions.open_app(Settings(home=folder / f"store-{run}", standby_seconds=0, offline=True))
        installs += [_install(app, module, stages) for module in MODULES]
        backs += [_roll_back(app, number) for number in (1, 3, 2)]
        actions.close(app)
    return {
        "installs": len(installs),
        "install_seconds": _told(installs),
        "stages_seconds": {stage: round(statistics.median(took), 3) for stage, took in stages.items()},
        "rollbacks": len(backs),
        "rollback_seconds": _told(backs),
    }


def _install(app: actions.App, module: str, stages: dict[str, list[float]]) -> float:
    begun = last = time.perf_counter()
    current = ""

    def progress(_fraction: float, stage: str) -> None:
        nonlocal last, current
        now = time.perf_counter()
        if current:
            stages.setdefault(current, []).append(now - last)
        last, current = now, stage

    actions.install_module(app, module, progress=progress)
    return time.perf_counter() - begun


def _roll_back(app: actions.App, number: int) -> float:
    begun = time.perf_counter()
    actions.roll_back_modules(app, number)
    return time.perf_counter() - begun


def _told(seconds: list[float]) -> dict[str, float]:
    return {"median": round(statistics.median(seconds), 3), "worst": round(max(seconds), 3)}
