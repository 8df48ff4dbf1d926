"""Which box this system has, and how a script is started in it."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from genoteca.sdk.isolated.landlock import OLDEST, landlock_version
from genoteca.sdk.isolated.seccomp import ARCHITECTURES

__all__ = ["Box", "Opened", "box_here", "command"]

SYSTEM_READ = (
    "/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/usr/share/zoneinfo",
    "/dev/null", "/dev/urandom", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu",
)  # fmt: skip
"""What an interpreter and its libraries read of the system; nothing of a person."""
NETWORK_READ = ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/ssl", "/usr/share/ca-certificates")
SYSTEM_WRITE = ("/dev/null",)


class Box(StrEnum):
    """What shuts a script in."""

    LANDLOCK = "landlock"
    """Landlock and seccomp, Linux 6.2 and later; nothing to install."""
    BUBBLEWRAP = "bubblewrap"
    """Namespaces and seccomp; the program `bwrap`."""
    SANDBOX_EXEC = "sandbox-exec"
    """Of macOS."""
    NONE = "none"
    """Nothing: the script has the user's rights."""

    @property
    def closed(self) -> bool:
        """Whether it keeps a script in."""
        return self is not Box.NONE


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What a box leaves open."""

    read: Sequence[Path]
    write: Sequence[Path]
    network: bool
    interpreter: Path


@cache
def box_here() -> Box:
    """Find the best box of this system."""
    if sys.platform.startswith("linux"):
        if platform.machine() not in ARCHITECTURES:
            return Box.NONE
        if landlock_version() >= OLDEST:
            return Box.LANDLOCK
        return Box.BUBBLEWRAP if shutil.which("bwrap") else Box.NONE
    return Box.SANDBOX_EXEC if sys.platform == "darwin" and shutil.which("sandbox-exec") else Box.NONE


def readable(box: Box, opened: Opened) -> list[str]:
    """List what the box lets be read."""
    system = [] if box is Box.NONE else [*SYSTEM_READ, *(NETWORK_READ if opened.network else ())]
    return [*system, *(str(path) for path in (*_standard_library(opened.interpreter), *opened.read))]


def writable(opened: Opened) -> list[str]:
    """List what the box lets be written."""
    return [*SYSTEM_WRITE, *map(str, opened.write)]


def command(box: Box, opened: Opened, launcher: Sequence[str], environment: dict[str, str]) -> list[str]:
    """Give the command that starts the launcher; Landlock and seccomp are put on by the launcher itself."""
    plain = [str(opened.interpreter), "-I", "-S", "-B", *launcher]
    if box is Box.BUBBLEWRAP:
        return [*_bubblewrap(opened, environment), *plain]
    if box is Box.SANDBOX_EXEC:
        return ["sandbox-exec", "-p", _profile(opened), *plain]
    return plain


def _standard_library(interpreter: Path) -> list[Path]:
    """Give the folders of an interpreter's own files: of one that lies below a home, its own place only."""
    place = interpreter.resolve().parent.parent
    return [place / "lib", place / "lib64", place / "DLLs", interpreter.resolve()]


def _bubblewrap(opened: Opened, environment: dict[str, str]) -> list[str]:
    # Its process 1 keeps the environment it was started with, which the script can read: it is started with none.
    made = [shutil.which("bwrap") or "bwrap", "--unshare-all", *(["--share-net"] if opened.network else [])]
    made += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    for name, value in environment.items():
        made += ["--setenv", name, value]
    system = [path for path in SYSTEM_READ if path.startswith(("/usr", "/lib", "/etc"))]
    seen = [*system, *(NETWORK_READ if opened.network else ()), *map(str, _standard_library(opened.interpreter))]
    for path in seen:
        made += _bound("--ro-bind", path)
    made += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108 - the box's own
    for place in opened.read:
        made += _bound("--ro-bind", str(place))
    for place in opened.write:
        made += _bound("--bind", str(place))
    return [*made, "--remount-ro", "/", "--"]


def _bound(how: str, path: str) -> list[str]:
    place = Path(path)
    if not place.exists():
        return []
    if place.is_symlink():
        return ["--symlink", str(place.readlink()), path] if place.is_dir() else [how, str(place.resolve()), path]
    return [how, path, path]


def _profile(opened: Opened) -> str:
    """Write the profile of sandbox-exec: all is refused but what is named; no process, no signal, no network."""
    system = ("/usr/lib", "/System", "/Library/Apple", "/usr/share", "/private/var/db/dyld", "/dev")
    read = [*system, *map(str, _standard_library(opened.interpreter)), *map(str, opened.read)]
    lines = [
        "(version 1)",
        "(deny default)",
        f"(allow process-exec (literal {_quoted(str(opened.interpreter))}))",
        "(allow sysctl-read)",
        "(allow file-read-metadata)",
        *(f"(allow file-read* (subpath {_quoted(path)}))" for path in read),
        *(f"(allow file-read* file-write* (subpath {_quoted(str(path))}))" for path in opened.write),
        '(allow file-write-data (literal "/dev/null"))',
        *(["(allow network-outbound)", "(allow system-socket)"] if opened.network else []),
    ]
    return "\n".join(lines)


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
