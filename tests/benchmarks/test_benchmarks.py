"""The benchmarks run and say what they should; how fast they are is never asserted."""

import json
import subprocess
import sys
from pathlib import Path


def test_the_short_form_measures_everything() -> None:
    command = [sys.executable, str(Path(__file__).parent), "--short"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["desktop"]["first_page_seconds"] > 0
    assert found["desktop"]["after_it_retired"]["processes"] == 1
    assert found["overhead"]["worker_ready_seconds"] > 0
    assert found["reading"][0]["records"] > 19_000
    assert found["reading"][0]["cpu_over_floor"] > 0
