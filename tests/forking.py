"""Children of the tests begin in a process that has imported Dagster and the others once.

The suite starts hundreds of workers, and half of its processor time would go into importing the same libraries for
each. `Forking` takes the place of `subprocess.Popen`: a child `python -m genoteca.…` is forked from a process that
holds those libraries, and is otherwise as any other: its own process, our child, with its environment, files and
session. Linux alone can hand a child on to another process; elsewhere every child starts the slow way.

How a child really starts is seen by the tests of the executor, of faults and in the browser, which take none of this.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import gc
import importlib
import json
import os
import runpy
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["Forking"]

BEFORE = ("genoteca.engine.definitions", "genoteca.engine.resources", "duckdb", "httpx", "pyarrow.parquet")
"""Imported before the fork, and not used: the threads of Polars, PyArrow and DuckDB begin with their first work."""
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
        module = _module_of(args)
        if not module or env is None or cwd is not None or _other_python(env):
            super()._execute_child(args, executable, preexec_fn, close_fds, pass_fds, cwd, env, *more)
            return
        pipes, session = more[3:9], more[-2]
        files = [
            own if given == -1 else given for own, given in zip((0, 1, 2), (pipes[0], *pipes[3::2]), strict=True)
        ]
        self.pid = _source(os.getpid()).child(module, env, files, session=bool(session))
        self._child_created = True
        self._close_pipe_fds(*pipes)


def _module_of(args: object) -> str:
    """Give the module of ours that `python -m` shall run; nothing for any other command."""
    if isinstance(args, Sequence) and len(args) == 3 and list(args[:2]) == [sys.executable, "-m"]:
        return args[2] if args[2].startswith(OURS) else ""
    return ""


def _other_python(env: Mapping[str, str]) -> bool:
    return any(env.get(name) != os.environ.get(name) for name in DECIDED_AT_START)


class Source:
    """The process that children are forked from, begun with the first."""

    def __init__(self) -> None:
        from genoteca.engine.process import WORKER_MODULE
        from genoteca.settings import Settings, worker_environment

        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            # The name of the worker is for whoever looks whether a process is one.
            self._process = SPAWNED(
                [sys.executable, __file__, str(theirs.fileno()), WORKER_MODULE],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=worker_environment(Settings()),
            )
        atexit.register(self._end)

    def child(self, module: str, env: Mapping[str, str], files: Iterable[int], *, session: bool) -> int:
        """Start a child of this process; gives its number."""
        order = json.dumps({"module": module, "env": dict(env), "session": session, "cwd": os.getcwd()})  # noqa: PTH109
        _adopt(True)
        try:
            socket.send_fds(self._socket, [order.encode()], list(files))
            return int(self._socket.recv(MESSAGE))
        finally:
            _adopt(False)

    def _end(self) -> None:
        self._socket.close()
        self._process.wait()


@functools.cache
def _source(_process: int) -> Source:
    return Source()


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
    order = _serve(orders)
    orders.close()
    if order is not None:
        sys.path[0] = order["cwd"]
        sys.argv[1:] = []
        runpy.run_module(order["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main()
