"""The environments of isolated modules: made before a generation is switched, shared, removed with the last one."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from zipfile import ZipFile

from genoteca.errors import ManifestError
from genoteca.sdk.isolated.environment import environment_name, make_environment
from genoteca.sdk.isolated.requirements import read_requirements
from genoteca.store.installed import InstalledModule
from genoteca.store.record import ENVIRONMENTS
from genoteca.store.stages import QUIET, Stages
from genoteca.store.wheels import Wheel

__all__ = ["environment_of", "make_environments", "prune_environments"]

STALE_SECONDS = 24 * 3600
"""How long an environment stays that no kept generation uses: its module may be on the way in."""
FROM, TO = 0.60, 0.85
"""The stretch of an install's progress that making an environment is."""


def environment_of(wheel: Wheel) -> str:
    """Name the environment of an isolated module; empty: it is none.

    Raises:
        ManifestError: its requirements are not pinned.

    """
    isolated = wheel.manifest.isolated
    if isolated is None:
        return ""
    with tempfile.TemporaryDirectory() as folder, ZipFile(wheel.path) as archive:
        name = f"{wheel.package}/{isolated.requirements}"
        if isolated.requirements and name not in archive.namelist():
            raise ManifestError(f"{wheel.path.name} holds no {name}", hint="Put it beside module.toml.")
        if isolated.requirements:
            Path(folder, isolated.requirements).write_bytes(archive.read(name))
        return environment_name(read_requirements(Path(folder), isolated.requirements))


def make_environments(modules: Sequence[InstalledModule], stages: Stages = QUIET, *, offline: bool = False) -> None:
    """Make the environments that isolated modules among these need; one that is there is left as it is.

    Raises:
        ManifestError: requirements are not pinned.
        InstallError: one cannot be made, or the install was cancelled; nothing is left of it.

    """
    for module in modules:
        isolated = module.manifest.isolated if module.manifest else None
        if isolated is None or module.environment is None:
            continue
        make_environment(
            module.environment,
            read_requirements(module.folder, isolated.requirements),
            python=isolated.python,
            offline=offline,
            asked=stages.asked,
            progress=lambda fraction, stage: stages.progress(FROM + (TO - FROM) * fraction, stage),
            cancelled=stages.cancelled,
        )
        stages.go_on()


def prune_environments(modules: Path, used: Collection[str]) -> None:
    """Remove the environments that no kept generation uses, and what a kill left half made."""
    for folder in (modules / ENVIRONMENTS).glob("*"):
        if folder.name not in used and time.time() - folder.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
