from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from genoteca.errors import RunError
from genoteca.sdk.isolated.boxes import Box
from genoteca.sdk.isolated.landlock import OLDEST, landlock_version

from .boxed import Boxed

pytestmark = pytest.mark.skipif(landlock_version() < OLDEST, reason=f"the kernel has no Landlock {OLDEST}")

HOG = """
held = []
for n in range(60):
    held.append(bytes([n + 1]) * (8 << 20))
"""
SHARED_HOG = """
import mmap
import time
held = []
for n in range(60):
    held.append(mmap.mmap(-1, 8 << 20))
    held[-1].write(bytes([n + 1]) * (8 << 20))
while True:
    time.sleep(1)
"""
ENDLESS = "while True:\n    pass\n"
DEAF = """
import signal
for n in range(1, 65):
    try:
        signal.signal(n, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    pass
"""
ONE_FILE = "with open('out', 'wb') as out:\n    for _ in range(20):\n        out.write(bytes(1 << 20))\n"
MANY_FILES = """
import os, time
for n in range(20):
    with open(f"out{n}", "wb") as out:
        out.write(os.urandom(1 << 20))
while True:
    time.sleep(1)
"""
FLOOD = "while True:\n    print('x' * 100000)\n"
THREADS = """
import threading
stop = threading.Event()
try:
    for _ in range(5000):
        threading.Thread(target=stop.wait, daemon=True).start()
except (RuntimeError, MemoryError):
    open("count", "w").write(str(threading.active_count()))
    raise SystemExit(3)
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HOG, r"took more than 128 MB of memory|MemoryError"),
        (SHARED_HOG, "took more than 128 MB of memory"),
        (ENDLESS, "took longer than 1 seconds"),
        (DEAF, "took longer than 1 seconds"),
        (ONE_FILE, "wrote more than 8 MB|OSError"),
        (MANY_FILES, "wrote more than 8 MB"),
        (FLOOD, "wrote more than 8 MB|OSError"),
    ],
    ids=["memory", "shared memory", "endless", "deaf", "one file", "many files", "printing"],
)
def test_what_takes_too_much_is_ended(tmp_path: Path, text: str, told: str) -> None:
    boxed = Boxed(tmp_path, text)
    with pytest.raises(RunError, match=told):
        boxed.start(Box.LANDLOCK, memory_mb=128, seconds=1, output_mb=8)
    assert not [
        one for one in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(one.info["cmdline"] or [])
    ]


@pytest.mark.parametrize("text", [HOG, ONE_FILE], ids=["memory", "one file"])
def test_the_same_within_its_limits_ends_well(tmp_path: Path, text: str) -> None:
    ended = Boxed(tmp_path, text).start(Box.LANDLOCK, memory_mb=1024, seconds=60, output_mb=64)
    assert ended.seconds < 60


def test_threads_are_bounded_by_memory(tmp_path: Path) -> None:
    boxed = Boxed(tmp_path, THREADS)
    with pytest.raises(RunError):
        boxed.start(Box.LANDLOCK, memory_mb=64, seconds=20)
    assert int((boxed.laid_out.output / "count").read_text()) < 500
