"""A short form of `uv run python tests/fuzz`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).resolve().parent
INPUTS = 150


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a reader is told by Linux only")
def test_broken_files_are_read_whole_or_refused_in_words() -> None:
    done = subprocess.run(
        [sys.executable, str(FUZZ), "--inputs", str(INPUTS), "--seed", "20261121"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout or "{}")
    assert found.get("wrong") == [], done.stderr
    assert found["outcomes"]["read"] + found["outcomes"]["refused"] == INPUTS
    assert min(found["outcomes"].values()) > 20, "most inputs went one way only: nothing much was tried"
