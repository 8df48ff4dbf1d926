"""The benchmarks run and say what they should; how fast they are is never asserted."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


def test_reading_is_measured_against_the_floor() -> None:
    command = [sys.executable, str(Path(__file__).parent), "--short", "--only", "reading"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [reading["format"] for reading in found["reading"]] == ["fixed", "varied"]
    assert all(reading["cpu_over_floor"] > 0 for reading in found["reading"])


@pytest.mark.long
def test_the_short_form_measures_everything() -> None:
    command = [sys.executable, str(Path(__file__).parent), "--short"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["desktop"]["first_page_seconds"] > 0
    assert found["desktop"]["after_it_retired"]["processes"] == 1
    assert found["overhead"]["worker_ready_seconds"] > 0
    assert found["overhead"]["milliseconds_a_materialization"]["cpu"]["median"] > 0
    assert found["overhead"]["runs"][1]["materializations"] > found["overhead"]["runs"][0]["materializations"] > 0
    assert found["store"]["install_seconds"]["worst"] > found["store"]["rollback_seconds"]["worst"] > 0
    assert found["status"]["answers"] == found["status"]["out_of_date"]["answers"] == 30
    assert found["status"]["again_seconds"]["worst"] > 0
    assert found["keeping"]["deletion"]["found"] == found["keeping"]["verify"]["damaged"] == 0
    assert found["keeping"]["history"]["dagster_bytes_per_run"] > 0
    assert found["exploring"]["rows"] > found["exploring"]["variants"] > 19_000
    assert found["exploring"]["milliseconds"]["page"]["p95"] > 0
    assert found["reading"][0]["records"] > 19_000
    assert [reading["format"] for reading in found["reading"]] == ["fixed", "varied"]
    assert all(reading["cpu_over_floor"] > 0 for reading in found["reading"])
    (reference,) = found["annotating"]["references"]["references"]
    assert reference["engines_agree"]
    assert reference["answers"] > 15_000
    assert reference["cpu_over_floor"] > 0
    assert found["annotating"]["modules"]["annotating"]["wall"] > 0
    assert found["annotating"]["tables"]["annotate"]["cpu"] > 0


@pytest.mark.long
def test_a_generated_gvcf_is_read_when_asked_for() -> None:
    command = [sys.executable, str(Path(__file__).parent), "--short", "--only", "overhead", "--gvcf", "20000"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["gvcf"]["records"] > 15_000
    assert found["gvcf"]["read"]["peak_mb"] > 0
