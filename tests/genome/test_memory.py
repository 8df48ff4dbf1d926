"""Memory that is freed stays with the process that reads."""

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


@pytest.mark.skipif(sys.platform != "linux", reason="only the GNU C library can be told")
def test_a_block_that_is_freed_and_asked_for_again_is_not_fetched_from_the_system_anew() -> None:
    told = subprocess.run([sys.executable, "-c", PAGES], capture_output=True, text=True, check=True)
    pages_a_block = (16 << 20) // resource.getpagesize()
    assert int(told.stdout) < pages_a_block
