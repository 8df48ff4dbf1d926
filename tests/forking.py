"""Children of the tests begin in a process that has imported Dagster and the others once.

The suite starts hundreds of workers and dozens of desktops, and half of its processor time would go into importing
the same libraries for each. `Forking` takes the place of `subprocess.Popen`: a child `python -m genoteca` (or a
module of its engine) is forked from a process that holds those libraries, and is otherwise as any other: its own
process, our child, with its environment, files and session. So are the children of a desktop that began this way.
Linux alone can hand a child on to another process; elsewhere every child starts the slow way.

How a child really starts is seen by the tests that are marked as started, of faults, and of the whole path in the
browser, which take none of this.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import json
import os
import runpy
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["Forking"]

BEFORE = (
    "genoteca.engine.definitions",
    "genoteca.engine.resources",
    "genoteca.engine.sqlite_pace",
    "genoteca.engine.working",
    "genoteca.cli.main",
    "genoteca.ui.server",
    "dagster._core.execution.execute_in_process",
    "dagster._core.execution.plan.active",
    "dagster._core.instance.factory",
    "dagster._core.secrets.env_file",
    "dagster._core.storage.sqlite_storage",
    "sqlalchemy.dialects.sqlite",
    "upath.implementations.local",
    "duckdb",
    "httpx",
    "numpy.ma",
    "pyarrow.parquet",
)
"""Imported before the fork, and not used: the threads of Polars, PyArrow and DuckDB begin with their first work."""
PYTHON = (sys.executable, "-m")
DESKTOP = "genoteca"
OURS = "genoteca.engine."
PR_SET_CHILD_SUBREAPER = 36
"""`man 2 prctl`: children whose parent ended become ours, not the first process's."""
MESSAGE = 1 << 20
DECIDED_AT_START = ("PYTHONPATH", "PYTHONWARNINGS", "PYTHONHASHSEED")
"""What Python looks at once, when it starts."""
SPAWNED: Any = subprocess.Popen


class Forking(SPAWNED):  # type: ignore[misc]
    """A child process that starts with its libraries imported, where it is one of ours."""

    def _execute_child(
        self, args: object, executable: object, preexec_fn: object, close_fds: object, pass_fds: object,
        cwd: object, env: Mapping[str, str] | None, *more: Any,
    ) -> None:  # fmt: skip
        module, arguments = _module_of(args)
        if sys.platform != "linux" or not module or env is None or cwd is not None or _other_python(env):
            super()._execute_child(args, executable, preexec_fn, close_fds, pass_fds, cwd, env, *more)
            return
        pipes, session = more[3:9], more[-2]
        files = [
            own if given == -1 else given for own, given in zip((0, 1, 2), (pipes[0], *pipes[3::2]), strict=True)
        ]
        self.pid = _source(os.getpid()).child((module, *arguments), env, files, session=bool(session))
        self._child_created = True
        self._close_pipe_fds(*pipes)


def _module_of(args: object) -> tuple[str, Sequence[str]]:
    """Give the module of ours that `python -m` shall run, and its arguments; no module for any other command."""
    if not isinstance(args, Sequence) or len(args) <= len(PYTHON) or tuple(args[: len(PYTHON)]) != PYTHON:
        return "", ()
    module, *arguments = args[len(PYTHON) :]
    return (module, arguments) if module == DESKTOP or module.startswith(OURS) else ("", ())


def _other_python(env: Mapping[str, str]) -> bool:
    return any(env.get(name) != os.environ.get(name) for name in DECIDED_AT_START)


class Source:
    """The process that children are forked from."""

    def __init__(self, ours: socket.socket) -> None:
        self._socket = ours
        self._one_at_a_time = threading.Lock()

    @classmethod
    def started(cls) -> Source:
        """Begin such a process; it ends with this one."""
        from genoteca.engine.process import WORKER_MODULE
        from genoteca.settings import Settings, worker_environment

        ours, theirs = _pair()
        with theirs:
            # The name of the worker is for whoever looks whether a process is one.
            process = SPAWNED(
                [sys.executable, __file__, str(theirs.fileno()), WORKER_MODULE],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=worker_environment(Settings()),
            )

        def end() -> None:
            ours.close()
            process.wait()

        atexit.register(end)
        return cls(ours)

    def child(self, command: Sequence[str], env: Mapping[str, str], files: Iterable[int], *, session: bool) -> int:
        """Start a child of this process; gives its number."""
        order = json.dumps({"command": command, "env": dict(env), "session": session, "cwd": os.getcwd()})  # noqa: PTH109
        with self._one_at_a_time:
            _adopt(True)
            try:
                socket.send_fds(self._socket, [order.encode()], list(files))
                return int(self._socket.recv(MESSAGE))
            finally:
                _adopt(False)


_SOURCES: dict[int, Source] = {}
"""That of each process: a fork knows its parent's, and may not use it."""


def _source(process: int) -> Source:
    if process not in _SOURCES:
        _SOURCES[process] = Source.started()
    return _SOURCES[process]


def _pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def _adopt(yes: bool) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, int(yes), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "This system does not let a process adopt children.")


def _serve(orders: socket.socket) -> dict[str, Any] | None:
    """Fork a child per order; gives, in the child, what it shall do, and None when the tests are over."""
    while True:
        text, files, *_ = socket.recv_fds(orders, MESSAGE, 3)
        if not text:
            return None
        told, tell = os.pipe()
        between = os.fork()
        if between == 0:
            if os.fork():
                os._exit(0)
            order: dict[str, Any] = json.loads(text)
            _become(order, files)
            os.write(tell, str(os.getpid()).encode())
            for unused in (*files, told, tell):
                os.close(unused)
            return order
        os.close(tell)
        os.waitpid(between, 0)  # from here on the child is the tests' own
        orders.send(os.read(told, 32))
        for unused in (*files, told):
            os.close(unused)


def _become(order: dict[str, Any], files: Sequence[int]) -> None:
    if order["session"]:
        os.setsid()
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    for own, given in enumerate(files):
        os.dup2(given, own)


def _main() -> None:
    orders = socket.socket(fileno=int(sys.argv[1]))
    for name in BEFORE:
        importlib.import_module(name)
    gc.freeze()
    order = _ordered(orders)
    if order and order["command"][0] == DESKTOP:
        order = _with_a_source(order)
    if not order:
        os._exit(0)  # nothing that is loaded need be taken down in order
    module, *arguments = order["command"]
    sys.path[0] = order["cwd"]
    sys.argv[1:] = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _ordered(orders: socket.socket) -> dict[str, Any] | None:
    with orders:
        return _serve(orders)


def _with_a_source(order: dict[str, Any]) -> dict[str, Any] | None:
    """Let the children of a desktop be forked, too: from a process that is as new as it is itself."""
    ours, theirs = _pair()
    if os.fork() == 0:
        ours.close()
        return _ordered(theirs)
    theirs.close()
    _SOURCES[os.getpid()] = Source(ours)
    subprocess.Popen = Forking  # type: ignore[misc]
    return order


if __name__ == "__main__":
    _main()
