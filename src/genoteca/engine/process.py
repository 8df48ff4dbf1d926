"""A worker process as the app sees it: lines out, one job in, and an end that is certain."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil
from pydantic import ValidationError

from genoteca.engine.files import private_folder
from genoteca.engine.job import CANCEL, READY, Job
from genoteca.model.run import Line
from genoteca.settings import Settings, worker_environment

__all__ = ["WORKER_MODULE", "WorkerProcess", "kill_tree", "run_child", "run_speaking_child"]

WORKER_MODULE = "genoteca.engine.worker"
LOG_LIMIT = 2_000_000


class WorkerProcess:
    """One worker: imports, says it is ready, takes one job, speaks lines, ends."""

    def __init__(self, settings: Settings) -> None:
        with _worker_log(settings.layout.logs) as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", WORKER_MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                env=worker_environment(settings),
                # Ctrl-C in a terminal is for the app, which then asks the worker to stop.
                start_new_session=True,
            )
        self.started = time.monotonic()
        self._spoken: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._listen, name=f"worker-{self.pid}", daemon=True).start()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def give(self, job: Job) -> None:
        """Hand the one job over; it is read when the worker is ready."""
        self._say(job.model_dump_json())

    def lines(self, beat: float) -> Iterator[Line | None]:
        """Give the worker's lines until its output ends, and None whenever it was silent for `beat` seconds."""
        while True:
            try:
                text = self._spoken.get(timeout=beat)
            except queue.Empty:
                yield None
                continue
            if text is None:
                return
            if text.strip() != READY:
                yield _line(text)

    def ask_to_stop(self) -> None:
        """Ask the worker to cancel its run."""
        self._say(CANCEL)

    def retire(self) -> None:
        """Let a worker without a job go home."""
        self._close_input()
        self._reap(within=5)

    def kill(self) -> None:
        """End the worker and everything it started, now."""
        kill_tree(self.pid)
        self._close_input()
        self._reap(within=5)

    def wait(self, within: float = 5) -> int | None:
        """Wait for the end, killing what takes longer; gives the exit code (negative: the signal that ended it)."""
        self._close_input()
        self._reap(within=within)
        return self._process.returncode

    def _reap(self, *, within: float) -> None:
        try:
            self._process.wait(within)
        except subprocess.TimeoutExpired:
            kill_tree(self.pid)
            self._process.wait()

    def _say(self, text: str) -> None:
        with suppress(BrokenPipeError, ValueError):  # it is gone: its silence will be noticed
            if self._process.stdin is not None:
                self._process.stdin.write(f"{text}\n")
                self._process.stdin.flush()

    def _close_input(self) -> None:
        with suppress(BrokenPipeError):
            if self._process.stdin is not None:
                self._process.stdin.close()

    def _listen(self) -> None:
        with suppress(ValueError):
            for text in self._process.stdout or ():
                self._spoken.put(text)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._spoken.put(None)


def _line(text: str) -> Line | None:
    try:
        return Line.model_validate_json(text)
    except ValidationError:
        return None


def kill_tree(pid: int) -> None:
    """Kill a process and all it started; one that is gone is fine."""
    try:
        process = psutil.Process(pid)
        family = [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return
    for member in family:
        with suppress(psutil.NoSuchProcess):
            member.kill()


def run_child(
    settings: Settings, module: str, given: str = "", *, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run `python -m module` to its end with `given` on its input; what it prints is in the answer.

    Raises:
        subprocess.TimeoutExpired: it took longer; it was killed.

    """
    return subprocess.run(
        [sys.executable, "-m", module],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        env=worker_environment(settings),
        start_new_session=True,
        check=False,
    )


def run_speaking_child(
    settings: Settings, module: str, given: str, hear: Callable[[str], None]
) -> subprocess.CompletedProcess[str]:
    """Run `python -m module` to its end with `given` on its input; `hear` gets every line that it prints.

    What `hear` raises kills the child and is raised. The answer holds what the child complained of (`stderr`).
    """
    command = [sys.executable, "-m", module]
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as complaints,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            encoding="utf-8",
            env=worker_environment(settings),
            start_new_session=True,
        ) as child,
    ):
        try:
            with suppress(BrokenPipeError):  # it is gone: its exit code will tell
                if child.stdin is not None:
                    child.stdin.write(given)
                    child.stdin.close()
            for line in child.stdout or ():
                hear(line)
        except BaseException:
            kill_tree(child.pid)
            raise
        code = child.wait()
        complaints.seek(0)
        return subprocess.CompletedProcess(command, code, stderr=complaints.read())


def _worker_log(logs: Path) -> IO[bytes]:
    """Open `worker.log` for one more worker; a long one makes room first."""
    path = private_folder(logs) / "worker.log"
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
