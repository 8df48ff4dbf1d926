"""Reading wants one thread, as far as nobody chose otherwise."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

TOLD = """
import polars as pl
import genoteca.genome.reading
from genoteca.genome.threads import one_thread
one_thread()
print(pl.thread_pool_size())
"""


@pytest.mark.parametrize(("chosen", "found"), [({}, "1"), ({"POLARS_MAX_THREADS": "3"}, "3")])
def test_polars_takes_one_thread_unless_the_user_chose(chosen: dict[str, str], found: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "POLARS_MAX_THREADS"} | chosen
    told = subprocess.run([sys.executable, "-c", TOLD], capture_output=True, text=True, check=True, env=environment)
    assert told.stdout.strip() == found
