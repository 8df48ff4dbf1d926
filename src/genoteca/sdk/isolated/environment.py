"""The environment of an isolated module: a folder of packages, for one interpreter, made by uv and never run here.

It is no virtual environment: a package may bring a program `python`, and nothing of it may ever be started outside a
box. The interpreter is one of the system's, or the app's own, and is started without any package.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import uv

from genoteca.errors import InstallError
from genoteca.model.outside import OnRequest, unheard
from genoteca.sdk.isolated.requirements import Requirements
from genoteca.sdk.uv_log import SAYING, tell_requests, without_log
from genoteca.settings import installer_environment

__all__ = ["Environment", "environment_name", "make_environment", "read_environment"]

MADE = "environment.json"
SITE = "site"
BEAT = 0.1
Progress = Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """An environment that is there."""

    folder: Path
    interpreter: Path

    @property
    def site(self) -> Path:
        """Folder of its packages."""
        return self.folder / SITE


def environment_name(requirements: Requirements) -> str:
    """Name the folder: equal requirements share one."""
    return requirements.sha256


def read_environment(folder: Path) -> Environment | None:
    """Give an environment that was made whole and whose interpreter is still there; else None."""
    try:
        told = json.loads((folder / MADE).read_text("utf-8"))
        interpreter = Path(str(told["interpreter"]))
        same = not told["own"] or told["python"] == _version()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Environment(folder=folder, interpreter=interpreter) if same and interpreter.is_file() else None


def make_environment(
    folder: Path,
    requirements: Requirements,
    *,
    python: str,
    offline: bool = False,
    progress: Progress = lambda _fraction, _stage: None,
    cancelled: Callable[[], bool] = lambda: False,
    asked: OnRequest = unheard,
) -> Environment:
    """Make an environment in `folder`, whole or not at all; one that is there is given as it is.

    Wheels only, each held to its hash; from the index that uv is configured to use. `python`: the oldest it may have;
    `asked` is told of every request.

    Raises:
        InstallError: no such Python, a package cannot be had, offline and not in uv's cache, or cancelled.

    """
    if (found := read_environment(folder)) is not None:
        return found
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".making-") as work:
        interpreter, own = _interpreter(python, Path(work), cancelled)
        made = Path(work) / "made"
        (made / SITE).mkdir(parents=True)
        if requirements.text:
            _fill(
                made / SITE,
                requirements,
                interpreter,
                offline=offline,
                progress=progress,
                cancelled=cancelled,
                asked=asked,
            )
        told = {"interpreter": str(interpreter), "python": _version() if own else python, "own": own}
        (made / MADE).write_text(json.dumps(told), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        made.replace(folder)
    return Environment(folder=folder, interpreter=interpreter)


def _version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _interpreter(python: str, work: Path, cancelled: Callable[[], bool]) -> tuple[Path, bool]:
    """Find the interpreter, and whether it is the app's own: that one if it is new enough, else one that uv knows."""
    if sys.version_info[:2] >= tuple(int(part) for part in python.split(".")):
        return Path(getattr(sys, "_base_executable", sys.executable)).resolve(), True
    found = _uv(
        ["python", "find", "--system", "--no-python-downloads", "--no-project", f">={python}"],
        work,
        doing=f"find Python {python} or later on this computer",
        heard=lambda _line: None,
        cancelled=cancelled,
    )
    return Path(found.strip()).resolve(), False


def _fill(
    site: Path,
    requirements: Requirements,
    interpreter: Path,
    *,
    offline: bool,
    progress: Progress,
    cancelled: Callable[[], bool],
    asked: OnRequest,
) -> None:
    work = site.parent.parent
    wanted = work / "requirements.txt"
    wanted.write_text(requirements.text, "utf-8")
    count = len(requirements.names)
    progress(0.0, f"Making its own environment: {count} packages")

    def heard(line: str) -> None:
        if line.startswith(("Resolved", "Downloading", "Downloaded", "Prepared", "Installed")):
            stages = ("Resolved", "Downloading", "Downloaded", "Prepared", "Installed")
            at = next(n for n, word in enumerate(stages) if line.startswith(word))
            progress(at / len(stages), f"Making its own environment: {line}")

    _uv(
        [
            *("pip", "sync", SAYING, "--target", str(site), "--python", str(interpreter), "--no-python-downloads"),
            *("--require-hashes", "--only-binary", ":all:", "--compile-bytecode"),
            *(["--offline"] if offline else []),
            str(wanted),
        ],
        work,
        doing="get the packages of its environment",
        heard=heard,
        cancelled=cancelled,
        asked=asked,
    )
    progress(1.0, "Its environment is made")


def _uv(
    arguments: list[str],
    work: Path,
    *,
    doing: str,
    heard: Callable[[str], None],
    cancelled: Callable[[], bool],
    asked: OnRequest = unheard,
) -> str:
    """Run uv in an empty folder, so that no project's settings are taken for the user's; give what it printed."""
    empty, out, err = work / "empty", work / "out.txt", work / "err.txt"
    empty.mkdir(exist_ok=True)
    with out.open("wb") as printed, err.open("wb") as said:
        process = subprocess.Popen(
            [uv.find_uv_bin(), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=said,
            cwd=empty,
            env=installer_environment(),
        )
        try:
            _follow(process, err, heard, cancelled)
        finally:
            process.kill()
            process.wait()
            spoken = err.read_text("utf-8", "replace").splitlines()
            tell_requests(spoken, asked)
    lines = [line.strip() for line in without_log(spoken) if line.strip()]
    if process.returncode != 0:
        why = " ".join(line.removeprefix("error: ").removeprefix("× ") for line in lines) or "uv gave no reason"
        raise InstallError(
            f"The module cannot {doing}: {why}",
            hint="Nothing was changed. Its environment is fetched once, from the package index that uv is set to; "
            "without a network it cannot be made.",
        )
    return out.read_text("utf-8", "replace")


def _follow(
    process: subprocess.Popen[bytes], err: Path, heard: Callable[[str], None], cancelled: Callable[[], bool]
) -> None:
    told = 0
    while process.poll() is None:
        if cancelled():
            raise InstallError(
                "Making the environment was cancelled.", title="Cancelled", hint="Nothing was changed."
            )
        lines = err.read_text("utf-8", "replace").splitlines()
        for line in lines[told:]:
            heard(line.strip())
        told = len(lines)
        with suppress(subprocess.TimeoutExpired):
            process.wait(BEAT)
