"""Having a browse table made in a process of its own, and sweeping those that nobody needs any more."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from genoteca.engine.files import LONG_AGO, below, changed_at
from genoteca.engine.process import run_speaking_child
from genoteca.engine.results.explore.child import Order, Told
from genoteca.engine.results.explore.spec import WideSpec, part_of
from genoteca.errors import DatasetError
from genoteca.settings import Settings

__all__ = ["build_wide"]

CHILD = "genoteca.engine.results.explore.child"
KEPT = 4
"""Genomes whose tables stay in the cache; those looked at last."""

Progress = Callable[[float, str], None]


def build_wide(settings: Settings, spec: WideSpec, target: Path, progress: Progress) -> None:
    """Make the table in the folder `target` in a process of its own; its older ones go.

    What `progress` raises ends it.

    Raises:
        DatasetError: it could not be made.

    """
    part = part_of(target)
    order = Order(spec=spec, target=target, part=part).model_dump_json()
    trouble = ""

    def hear(line: str) -> None:
        nonlocal trouble
        if told := _told(line):
            trouble = told.trouble
            progress(told.fraction, told.message)

    try:
        ended = run_speaking_child(settings, CHILD, order, hear)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        sweep(target)
    if ended.returncode:
        raise DatasetError(
            f"The table could not be made: {trouble or f'the process ended with {ended.returncode}'}",
            title="The genome cannot be explored now",
            hint="Is there room on the disk? Then open the page again.",
        )


def sweep(target: Path) -> None:
    """Remove what is left of the same genome beside its newest table, and the genomes not looked at for longest.

    A folder that grows may be another process's or another page's: it goes when nothing was written there for long.
    """
    for folder in target.parent.iterdir() if target.parent.is_dir() else ():
        if _given_up(folder) if folder.name.startswith(".") else folder != target and target.exists():
            shutil.rmtree(folder, ignore_errors=True)
    genomes = sorted(target.parent.parent.iterdir(), key=changed_at, reverse=True)
    for folder in genomes[KEPT:]:
        shutil.rmtree(folder, ignore_errors=True)


def _given_up(part: Path) -> bool:
    """Tell whether nothing was written in a growing table for so long that its maker must be gone."""
    written = max(changed_at(path) for path in (part, *below(part)))
    return written / 1e9 < time.time() - LONG_AGO


def _told(line: str) -> Told | None:
    try:
        return Told.model_validate_json(line)
    except ValidationError:
        return None
