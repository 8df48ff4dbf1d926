"""Reading databases byte by byte in a process apart.

SQLite's locks belong to the process: closing any handle of a database lets go of those of every connection of the
process to it, and another process may then take away the log that they write to. Source:
https://www.sqlite.org/howtocorrupt.html, 2.2.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Self

__all__ = ["Apart"]

READS = """
import json, sys
for line in sys.stdin:
    try:
        with open(json.loads(line), "rb") as file:
            data = file.read()
    except FileNotFoundError:
        data = b""
    sys.stdout.buffer.write(len(data).to_bytes(8, "big") + data)
    sys.stdout.buffer.flush()
"""


class Apart:
    """A process that reads files; it begins with the first one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.communicate()

    def read(self, path: Path) -> bytes:
        """Give every byte of a file; none of one that is not there.

        Raises:
            OSError: it could not be read.

        """
        if self._process is None:
            command = [sys.executable, "-I", "-S", "-c", READS]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        asks, tells = self._process.stdin, self._process.stdout
        if asks is None or tells is None:
            raise OSError(f"{path.name} could not be read: no process to read it.")
        asks.write(json.dumps(str(path)).encode() + b"\n")
        asks.flush()
        size = tells.read(8)
        data = tells.read(int.from_bytes(size, "big"))
        if len(size) < 8 or len(data) < int.from_bytes(size, "big"):
            raise OSError(f"{path.name} could not be read whole.")
        return data
