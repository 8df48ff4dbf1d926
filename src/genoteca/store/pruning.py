"""Letting old generations go, and what only they were made of."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from genoteca.store.environments import prune_environments
from genoteca.store.record import PREFIX, GenerationRecord, complete, current_record

__all__ = ["prune"]

KEPT = 3
RECENT = timedelta(days=1)
"""A generation younger than this is kept, whatever its number: a run that began with it may still be reading it."""
MOST = 30
WHEEL_SECONDS = 24 * 3600
"""How long a wheel that no generation uses is kept: someone may be reading the question whether to trust it."""


def prune(modules: Path) -> None:
    """Remove half-made generations, generations beyond those kept, and wheels that nobody uses."""
    keep = _kept(complete(modules), current_record(modules))
    for folder in modules.glob(f"{PREFIX}*"):
        if folder.name not in {f"{PREFIX}{record.number}" for record in keep}:
            shutil.rmtree(folder, ignore_errors=True)
    prune_environments(modules, {module.environment for record in keep for module in record.modules})
    used = {kept.sha256 for record in keep for kept in record.kept()}
    for folder in [*modules.glob("wheels/*"), *modules.glob(".prepare-*")]:
        if folder.name not in used and time.time() - folder.stat().st_mtime > WHEEL_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _kept(whole: Sequence[GenerationRecord], current: GenerationRecord | None) -> list[GenerationRecord]:
    now = datetime.now(UTC)
    recent = [record for record in whole[-MOST:] if now - record.made_at < RECENT]
    numbers = {record.number for record in (*whole[-KEPT:], *recent, *([current] if current else ()))}
    return [record for record in whole if record.number in numbers]
