"""A child process that runs a module's code before it is known to behave: watched, and ended for certain."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

import psutil

from genoteca.errors import CheckError, InstallError
from genoteca.settings import Settings, worker_environment

__all__ = ["Answer", "run_watched"]

MOST_PROCESSES = 16
"""Processes that looking at a module may have at once; Genoteca and Dagster start none of their own."""
MOST_BYTES = 2 << 30
"""Memory of all of them; loading Dagster, Polars and every bundled module takes a tenth of it."""
MOST_OUTPUT = 64 << 20
BEAT = 0.05
"""Seconds between two looks at whether it ended, or is still wanted."""
LOOK_EVERY = 0.2
"""Seconds between two looks at what it takes, which costs some milliseconds itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the child said and how it ended."""

    returncode: int
    stdout: str
    stderr: str


def run_watched(
    settings: Settings,
    module: str,
    given: str,
    *,
    timeout: float,
    cancelled: Callable[[], bool] = lambda: False,
) -> Answer:
    """Run `python -m module` to its end with `given` on its input, and end it with all it started otherwise.

    Raises:
        subprocess.TimeoutExpired: it took longer than `timeout` seconds.
        CheckError: it took too many processes, or too much memory or room.
        InstallError: it was cancelled.

    """
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        asked.write(given.encode())
        asked.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=asked,
            stdout=out,
            stderr=err,
            env=worker_environment(settings),
            start_new_session=True,
        )
        try:
            _watch(child, (out, err), timeout, cancelled)
        finally:
            _end(child)
        return Answer(returncode=child.returncode, stdout=_text(out), stderr=_text(err))


def _watch(
    child: subprocess.Popen[bytes], files: tuple[IO[bytes], ...], timeout: float, cancelled: Callable[[], bool]
) -> None:
    begun = looked = time.monotonic()
    while True:
        try:
            child.wait(BEAT)
        except subprocess.TimeoutExpired:
            pass
        else:
            return
        if cancelled():
            raise InstallError("The check was cancelled; the modules are as they were before.", title="Cancelled")
        now = time.monotonic()
        if now > begun + timeout:
            raise subprocess.TimeoutExpired(child.args, timeout)
        if now > looked + LOOK_EVERY:
            _require_moderate(child.pid, files)
            looked = time.monotonic()


def _require_moderate(pid: int, files: tuple[IO[bytes], ...]) -> None:
    family = _family(pid)
    if len(family) > MOST_PROCESSES:
        raise _greedy(f"started {len(family)} processes", f"{MOST_PROCESSES} are allowed")
    taken = sum(_memory(process) for process in family)
    if taken > MOST_BYTES:
        raise _greedy(f"took {taken / 1e9:.1f} GB of memory", f"{MOST_BYTES / 1e9:.1f} GB are allowed")
    written = sum(os.fstat(file.fileno()).st_size for file in files)
    if written > MOST_OUTPUT:
        raise _greedy(f"printed {written / 1e6:.0f} MB", f"{MOST_OUTPUT / 1e6:.0f} MB are allowed")


def _greedy(did: str, allowed: str) -> CheckError:
    return CheckError(
        f"While it was loaded, the module {did}; {allowed}.",
        title="The module takes too much",
        hint="A module must import without doing work. Tell its author.",
    )


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _memory(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and all that it started: those of its session at once, then those that left it."""
    family = _family(child.pid)
    if sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    for process in [*family, *_family(child.pid)]:
        with suppress(psutil.Error):
            process.kill()
    child.wait()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(MOST_OUTPUT).decode("utf-8", "replace")
