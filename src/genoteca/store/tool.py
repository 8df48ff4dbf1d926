"""The installer: uv, started as a child process with argument lists, its reasons passed on in full."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import uv

from genoteca.errors import InstallError
from genoteca.sdk.uv_log import SAYING, tell_requests, without_log
from genoteca.store.stages import QUIET, Stages

__all__ = ["build", "install_into", "resolve", "try_install"]

OFFLINE = ("--offline", "--no-cache", "--no-config")
CHATTER = (
    "Using ",
    "Resolved ",
    "Building ",
    "Prepared ",
    "Installed ",
    "Audited ",
    "hint: Packages were ",
)
BEAT = 0.05
"""Seconds between two looks at whether the install is still wanted."""


def build(project: Path, out: Path, stages: Stages = QUIET) -> Path:
    """Build a wheel of a project whose build backend is the one inside uv; needs no network and no cache.

    Raises InstallError with uv's reason.
    """
    _uv(
        "build",
        "--wheel",
        *OFFLINE,
        "--no-sources",
        "--out-dir",
        str(out),
        str(project),
        doing="be built",
        stages=stages,
    )
    return next(out.glob("*.whl"))


def try_install(wheels: list[Path], versions: dict[str, str], work: Path, stages: Stages = QUIET) -> None:
    """Ask whether wheels could live with the app's own versions; installs nothing and asks no network.

    Raises InstallError with uv's reason when they cannot.
    """
    constraints = _constraints(versions, work)
    _uv(
        *("pip", "install", "--dry-run", *OFFLINE, "--python", sys.executable, "-c", str(constraints)),
        *(str(wheel) for wheel in wheels),
        doing="be installed beside the app",
        stages=stages,
    )


def resolve(requirements: list[str], versions: dict[str, str], work: Path, stages: Stages = QUIET) -> Path:
    """Resolve what the app does not bring, from the configured index; returns a PEP 751 lock file.

    Raises InstallError with uv's reason on a conflict or when the index does not answer.
    """
    wanted, lock = work / "extras.in", work / "pylock.toml"
    wanted.write_text("\n".join(requirements), "utf-8")
    _uv(
        *("pip", "compile", SAYING, "--format", "pylock.toml", "--generate-hashes", "--only-binary", ":all:"),
        *("--no-config", "--no-cache", "--python", sys.executable, "--output-file", str(lock)),
        *("-c", str(_constraints(versions, work)), str(wanted)),
        doing="get what it requires",
        stages=stages,
    )
    return lock


def install_into(site: Path, wheels: dict[Path, str], work: Path, stages: Stages = QUIET) -> None:
    """Unpack wheels (path → sha256, checked) into a folder: nothing else, no index, no dependency.

    Raises InstallError with uv's reason.
    """
    lines = work / "wheels.txt"
    lines.write_text("".join(f"{path.as_uri()} --hash=sha256:{sha256}\n" for path, sha256 in wheels.items()), "utf-8")
    _uv(
        *("pip", "install", *OFFLINE, "--target", str(site), "--python", sys.executable, "--no-deps", "--no-index"),
        *("--require-hashes", "--only-binary", ":all:", "--link-mode", "copy", "-r", str(lines)),
        doing="be unpacked",
        stages=stages,
    )


def _constraints(versions: dict[str, str], work: Path) -> Path:
    path = work / "app.txt"
    path.write_text("".join(f"{name}=={version}\n" for name, version in sorted(versions.items())), "utf-8")
    return path


def _uv(*arguments: str, doing: str, stages: Stages) -> None:
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            [uv.find_uv_bin(), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
        )
        try:
            _wait(child, stages)
        except BaseException:
            child.kill()
            child.wait()
            raise
        finally:
            said.seek(0)
            lines = said.read().decode("utf-8", "replace").splitlines()
            tell_requests(lines, stages.asked)
    reason = "\n".join(without_log(lines))
    if child.returncode != 0:
        raise InstallError(
            f"The module cannot {doing}: {_reason(reason)}",
            hint="Nothing was changed. Ask the module's author, or choose another version of it.",
        )


def _wait(child: subprocess.Popen[bytes], stages: Stages) -> None:
    while True:
        try:
            child.wait(BEAT)
        except subprocess.TimeoutExpired:
            stages.go_on()
        else:
            return


def _reason(stderr: str) -> str:
    lines = (line.strip().removeprefix("error: ").removeprefix("cause: ") for line in stderr.splitlines())
    return " ".join(line for line in lines if line and not line.startswith(CHATTER)) or "uv gave no reason"
