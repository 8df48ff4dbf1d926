"""The environments of isolated modules: made before a generation is switched, shared, removed with the last one."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Collection
from pathlib import Path
from zipfile import ZipFile

from genoteca.errors import ManifestError
from genoteca.sdk.isolated.environment import environment_name, make_environment
from genoteca.sdk.isolated.requirements import Requirements, read_requirements
from genoteca.store.wheels import Wheel

__all__ = ["environment_of", "environments_of", "make_environment_of", "prune_environments"]

FOLDER = "environments"
STALE_SECONDS = 24 * 3600
"""How long an environment stays that no kept generation uses: its module may be on the way in."""
FROM, TO = 0.40, 0.49
"""The stretch of an install's progress that making an environment is."""


def environments_of(modules: Path) -> Path:
    """Folder of the environments, beside the generations."""
    return modules / FOLDER


def environment_of(wheel: Wheel) -> str:
    """Name the environment of an isolated module; empty: it is none.

    Raises:
        ManifestError: its requirements are not pinned.

    """
    wanted = _requirements(wheel)
    return "" if wanted is None else environment_name(wanted)


def make_environment_of(
    wheel: Wheel,
    modules: Path,
    *,
    offline: bool,
    progress: Callable[[float, str], None],
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Make the environment that an isolated module needs; of another module, do nothing.

    Raises:
        ManifestError: its requirements are not pinned.
        InstallError: it cannot be made, or was cancelled; nothing is left of it.

    """
    wanted, isolated = _requirements(wheel), wheel.manifest.isolated
    if wanted is None or isolated is None:
        return
    make_environment(
        environments_of(modules) / environment_name(wanted),
        wanted,
        python=isolated.python,
        offline=offline,
        progress=lambda fraction, stage: progress(FROM + (TO - FROM) * fraction, stage),
        cancelled=cancelled,
    )


def prune_environments(modules: Path, used: Collection[str]) -> None:
    """Remove the environments that no kept generation uses, and what a kill left half made."""
    for folder in environments_of(modules).glob("*"):
        if folder.name not in used and time.time() - folder.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _requirements(wheel: Wheel) -> Requirements | None:
    isolated = wheel.manifest.isolated
    if isolated is None:
        return None
    if not isolated.requirements:
        return read_requirements(Path(), "")
    with tempfile.TemporaryDirectory() as folder, ZipFile(wheel.path) as archive:
        name = f"{wheel.package}/{isolated.requirements}"
        if name not in archive.namelist():
            raise ManifestError(f"{wheel.path.name} holds no {name}", hint="Put the requirements beside module.toml.")
        Path(folder, isolated.requirements).write_bytes(archive.read(name))
        return read_requirements(Path(folder), isolated.requirements)
