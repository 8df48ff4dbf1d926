"""Memory that is freed stays with the process that reads, and leaves the one that stays open."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

PAGES = """
import resource
from genoteca.genome.memory import keep_freed_memory
keep_freed_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def fill():
    return [bytearray(b"x") * (16 << 20) for _ in range(8)]
fill()
before = faults()
for _ in range(4):
    fill()
print(faults() - before)
"""

HELD = """
import threading
import psutil
from genoteca.genome.memory import give_back_freed_memory
give_back_freed_memory()
def resident():
    return psutil.Process().memory_info().rss
kept = []
def work():
    for _ in range(4):
        pieces = [b"x" * (18 << 20) for _ in range(2)]
        kept.append(b"x" * 100_000)
        del pieces
before = resident()
one = threading.Thread(target=work)
one.start()
one.join()
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only the GNU C library can be told")
def test_a_block_that_is_freed_and_asked_for_again_is_not_fetched_from_the_system_anew() -> None:
    told = subprocess.run([sys.executable, "-c", PAGES], capture_output=True, text=True, check=True)
    pages_a_block = (16 << 20) // resource.getpagesize()
    assert int(told.stdout) < pages_a_block


@pytest.mark.skipif(sys.platform != "linux", reason="only the GNU C library can be told")
def test_large_pieces_that_a_thread_has_freed_are_given_back_although_small_ones_stay_behind_them() -> None:
    told = subprocess.run([sys.executable, "-c", HELD], capture_output=True, text=True, check=True)
    assert int(told.stdout) < 9 << 20
