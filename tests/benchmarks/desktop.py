"""The desktop and its workers as a user's machine feels them: time to the first page, memory, processes, overhead."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from genoteca import actions
from genoteca.model.run import RunStatus
from genoteca.settings import Settings

__all__ = ["desktop", "overhead"]

MODULES = (
    "everyday-traits",
    "thrombophilia",
    "blood-groups",
    "blood-lipids",
    "drug-response-alleles",
    "hard-to-read-places",
)
MATERIALIZATIONS = "SELECT count(*) FROM event_logs WHERE run_id = ? AND dagster_event_type = 'ASSET_MATERIALIZATION'"
ROUNDS = 5
"""Times that one module and all are asked in turn: what is told is their difference, pair by pair."""
TINY = """##fileformat=VCFv4.2
##source=benchmark, synthetic: not a person
##contig=<ID=chr1,length=248956422>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tTINY
chr1\t1000\t.\tA\tG\t50\tPASS\t.\tGT:DP:GQ\t0/1:30:99
"""


def desktop(folder: Path, *, standby: float) -> dict[str, Any]:
    """Give seconds to the first page, and memory and processes with the standby worker and after it retired."""
    with _app(folder, standby) as (process, url, begun):
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        with opener.open(url, timeout=60) as answer:
            answer.read()
        first_page = time.perf_counter() - begun
        warm = _settle(process, at_least=2, within=60)
        retired = _settle(process, at_most=1, within=standby + 60)
    return {"first_page_seconds": round(first_page, 3), "with_standby": warm, "after_it_retired": retired}


def overhead(folder: Path) -> dict[str, Any]:
    """Give the worker's start and what one tiny run takes, alone on the command line and within it."""
    home, genome = folder / "home", folder / "tiny.vcf"
    genome.write_text(TINY)
    command = [sys.executable, "-m", "genoteca", "--home", str(home), "samples", "add", str(genome), "--json"]
    seconds = []
    for name in ("first", "second", "third"):
        begun = time.perf_counter()
        done = subprocess.run([*command, "--name", name], capture_output=True, text=True, check=True)
        seconds.append((time.perf_counter() - begun, json.loads(done.stdout)["seconds"]))
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "genoteca.engine.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "GENOTECA_HOME": str(home)},
    ) as worker:
        if worker.stdin is None or worker.stdout is None:
            raise RuntimeError("the worker has no pipes")
        worker.stdout.readline()
        ready = time.perf_counter() - begun
        worker.stdin.close()
    return {
        **_a_materialization(home),
        "worker_ready_seconds": round(ready, 3),
        "fresh_home": {"command_seconds": round(seconds[0][0], 3), "run_seconds": round(seconds[0][1], 3)},
        "next": {"command_seconds": round(seconds[2][0], 3), "run_seconds": round(seconds[2][1], 3)},
    }


def _a_materialization(home: Path) -> dict[str, Any]:
    """Give what each dataset of a run takes more, beside the start of its worker: on a genome of one variant.

    Loading, looking up next to nothing, Dagster's events, writing, hashing, the record, and noting it everywhere.
    """
    app = actions.open_app(Settings(home=home, standby_seconds=0, offline=True))
    try:
        for module in MODULES:
            actions.install_module(app, module)
        actions.start(app)
        (key, *_) = (card.sample.id.key for card in actions.list_samples(app))
        app.executor.run_until_over(actions.annotate(app, key, MODULES))  # references are made once
        pairs = [(_asked(app, key, MODULES[:1]), _asked(app, key, MODULES)) for _ in range(ROUNDS)]
    finally:
        actions.close(app)
    each = [[1000 * (many[at] - few[at]) / (many[0] - few[0]) for few, many in pairs] for at in (1, 2)]
    return {
        "milliseconds_a_materialization": {
            name: {"median": round(median(one), 1), "range": [round(min(one), 1), round(max(one), 1)]}
            for name, one in zip(("wall", "cpu"), each, strict=True)
        },
        "runs": [
            {
                "materializations": runs[0][0],
                "wall": round(median(run[1] for run in runs), 3),
                "cpu": round(median(run[2] for run in runs), 3),
            }
            for runs in zip(*pairs, strict=True)
        ],
    }


def _asked(app: actions.App, key: str, modules: Sequence[str]) -> tuple[int, float, float]:
    """Ask modules again; give the datasets that Dagster noted, and its seconds by the clock and of work."""
    run = app.executor.run_until_over(actions.annotate(app, key, modules, force=True))
    if run.status is not RunStatus.SUCCEEDED or run.started is None or run.ended is None:
        raise RuntimeError(f"the run {run.id} is {run.status}")
    with closing(sqlite3.connect(app.layout.dagster / "history" / "runs" / "index.db")) as db:
        (made,) = db.execute(MATERIALIZATIONS, (run.id,)).fetchone()
    return int(made), (run.ended - run.started).total_seconds(), run.cpu_seconds or 0.0


@contextmanager
def _app(folder: Path, standby: float) -> Iterator[tuple[psutil.Process, str, float]]:
    environment = {**os.environ, "GENOTECA_STANDBY_SECONDS": str(standby)}
    begun = time.perf_counter()
    command = [sys.executable, "-m", "genoteca", "--home", str(folder / "desk"), "--port", "0", "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        if process.stdout is None:
            raise RuntimeError("the desktop has no output")
        url = next(found[0] for line in process.stdout if (found := re.search(r"http://127\.0\.0\.1:\S+", line)))
        yield psutil.Process(process.pid), url, begun
    finally:
        process.terminate()
        process.wait(30)


def _settle(app: psutil.Process, *, within: float, at_least: int = 1, at_most: int = 99) -> dict[str, float]:
    """Wait until the tree has so many processes and its memory stands still; give both."""
    until = time.monotonic() + within
    before = -1.0
    while time.monotonic() < until:
        tree = [app, *app.children(recursive=True)]
        memory = sum(one.memory_info().rss for one in tree if one.is_running()) / 1e6
        if at_least <= len(tree) <= at_most and abs(memory - before) < 1:
            return {"processes": len(tree), "memory_mb": round(memory, 1)}
        before = memory
        time.sleep(1)
    return {"processes": len(tree), "memory_mb": round(memory, 1)}
