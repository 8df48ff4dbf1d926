"""One run of a boxed script: started, watched, ended for certain."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from genoteca.errors import DatasetError, RunError
from genoteca.sdk.isolated.boxes import Box, Opened, command, readable, writable
from genoteca.sdk.isolated.launcher import FAILED_FILE, NOT_SHUT
from genoteca.sdk.isolated.untrusted import read_plain
from genoteca.settings import bare_environment

__all__ = ["Ended", "Limits", "Script", "run_script"]

BEAT = 0.05
"""Seconds between two looks at a script that runs."""
MEGABYTE = 1_000_000
BLOCK = 512
LONGEST_PRINTED = 16 * MEGABYTE


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a script may take, in megabytes and seconds."""

    memory_mb: int
    seconds: int
    output_mb: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """What is run: a file of the module, with the packages of its environment."""

    path: Path
    module: Path
    site: Path
    interpreter: Path
    library: Path
    """The launcher and what comes with it."""
    input: Path
    """What the script may read."""
    output: Path
    """The one folder it may write."""
    network: bool
    variables: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """How a run that went well ended."""

    seconds: float
    peak_memory_mb: float


def run_script(script: Script, box: Box, limits: Limits, *, each_beat: Callable[[], None]) -> Ended:
    """Run a script in a box to its end; whatever happens, nothing of it is left running.

    `each_beat` is called about twenty times a second, and once after the end.

    Raises:
        RunError: it failed, or took more than it may; with what it was.

    """
    plan = script.output.parent / "plan.json"
    plan.write_text(json.dumps(_plan(script, box, limits)), "utf-8")
    watched = _Watched(script, limits, _start(script, box, plan))
    try:
        while watched.process.poll() is None:
            each_beat()
            watched.look()
            with suppress(subprocess.TimeoutExpired):
                watched.process.wait(BEAT)
    finally:
        watched.end()
    each_beat()
    watched.judge()
    return Ended(seconds=round(time.monotonic() - watched.started, 3), peak_memory_mb=watched.peak_mb)


def _opened(script: Script) -> Opened:
    return Opened(
        read=[script.library, script.site, script.module, script.input, script.output.parent / "plan.json"],
        write=[script.output],
        network=script.network,
        interpreter=script.interpreter,
    )


def _plan(script: Script, box: Box, limits: Limits) -> dict[str, object]:
    opened = _opened(script)
    return {
        "box": box.value,
        "parent": os.getpid(),
        "read": readable(box, opened),
        "write": writable(opened),
        "network": script.network,
        "script": str(script.path),
        "module": str(script.module),
        "site": str(script.site),
        "library": str(script.library),
        "output": str(script.output),
        **asdict(limits),
    }


def _start(script: Script, box: Box, plan: Path) -> subprocess.Popen[bytes]:
    """Start the launcher: no descriptor but the three, nothing of the app's environment, a session of its own."""
    environment = _environment(script)
    line = command(box, _opened(script), [str(script.library / "launcher.py"), str(plan)], environment)
    with (script.output.parent / "printed.txt").open("wb") as printed:
        try:
            return subprocess.Popen(
                line,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                cwd=script.output,
                env={} if box is Box.BUBBLEWRAP else environment,
                start_new_session=True,
                close_fds=True,
            )
        except OSError as error:
            raise RunError(
                f"{line[0]} cannot be started: {error}",
                title="The module's box cannot be opened",
                hint="Remove the module and install it again: its environment is made anew.",
            ) from error


def _environment(script: Script) -> dict[str, str]:
    own = {"HOME": str(script.output), "TMPDIR": str(script.output), "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    return {**bare_environment(), **own, **script.variables}


class _Watched:
    """A script that runs, and what it took so far."""

    def __init__(self, script: Script, limits: Limits, process: subprocess.Popen[bytes]) -> None:
        self.script = script
        self.limits = limits
        self.process = process
        self.started = time.monotonic()
        self.peak_mb = 0.0
        self.too_much = ""

    def look(self) -> None:
        """End the script when it takes more than it may."""
        self.peak_mb = max(self.peak_mb, _memory_mb(self.process.pid))
        if self.peak_mb > self.limits.memory_mb:
            self.too_much = f"took more than {self.limits.memory_mb} MB of memory"
        elif time.monotonic() - self.started > self.limits.seconds:
            self.too_much = f"took longer than {self.limits.seconds} seconds"
        elif self._written_mb() > self.limits.output_mb:
            self.too_much = f"wrote more than {self.limits.output_mb} MB"
        if self.too_much:
            self.end()

    def end(self) -> None:
        """Kill the script and all it may have started."""
        family = _family(self.process.pid) if self.process.poll() is None else []
        if sys.platform != "win32":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        for member in family:
            with suppress(psutil.Error):
                member.kill()
        self.process.wait()

    def judge(self) -> None:
        """Raise what went wrong; what was printed is not told, for it may quote the genome."""
        code = self.process.returncode
        if self.too_much:
            raise RunError(
                f"{self.script.path.name} {self.too_much}, and was ended.",
                title="The module took too much",
                hint="Nothing of it is kept. Tell the module's author.",
            )
        if code == NOT_SHUT:
            raise RunError(
                f"{self.script.path.name} was not run: {_tail(self.script.output.parent / 'printed.txt')}",
                title="The module's box cannot be shut",
                hint="Without its box the module does not run on this computer.",
            )
        if code != 0:
            raise RunError(
                f"{self.script.path.name} {_how_it_failed(self.script, code)}",
                title="The module failed",
                hint="Tell the module's author. What it printed is not kept: it may quote the genome.",
            )

    def _written_mb(self) -> float:
        printed = self.script.output.parent / "printed.txt"
        if printed.stat().st_size > LONGEST_PRINTED:
            return float("inf")
        return _size(self.script.output) / MEGABYTE


def _size(folder: Path) -> int:
    """Add up the bytes that a folder takes on the disk; links are not followed."""
    total, open_ = 0, [str(folder)]
    while open_:
        with suppress(OSError), os.scandir(open_.pop()) as entries:
            for entry in entries:
                with suppress(OSError):
                    total += getattr(entry.stat(follow_symlinks=False), "st_blocks", 0) * BLOCK or 0
                    if entry.is_dir(follow_symlinks=False):
                        open_.append(entry.path)
    return total


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [*process.children(recursive=True), process]
    except psutil.Error:
        return []


def _memory_mb(pid: int) -> float:
    total = 0
    for member in _family(pid):
        with suppress(psutil.Error):
            total += member.memory_info().rss
    return total / MEGABYTE


def _how_it_failed(script: Script, code: int) -> str:
    """Say what ended it: the kind of error and the line, which the launcher wrote down; else the exit code."""
    try:
        told = json.loads(read_plain(script.output / FAILED_FILE, most=1000))
        kind, line = str(told["kind"])[:60], int(told["line"])
    except (DatasetError, ValueError, KeyError, TypeError):
        return f"ended with exit code {code}."
    where = f" in line {line}" if line else ""
    memory = " It ran out of the memory it may take." if kind == "MemoryError" else ""
    return f"failed{where}: {kind if kind.isidentifier() else 'an error'}.{memory}"


def _tail(path: Path) -> str:
    return path.read_text("utf-8", "replace").strip()[-300:]
