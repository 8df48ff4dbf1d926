"""How long it takes to say where many modules stand for many genomes: first, again, and when all is out of date."""

from __future__ import annotations

import json
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

from genoteca import actions
from genoteca.actions import App
from genoteca.actions.status import Status, status
from genoteca.settings import Settings

__all__ = ["status_of_many"]

TIMES = 9
MANIFEST = """\
schema = 1
id = "{id}"
title = "Module {number}"
summary = "A module that is made to be counted."
version = "1.0.0"
data_version = "1"
category = "Traits"
builds = ["GRCh38"]
licence = {{ code = "Apache-2.0", data = "CC0-1.0" }}
authors = [{{ name = "A benchmark" }}]
[[sources]]
name = "Made up"
url = "https://example.org"
citation = "Made up for a benchmark."
[table]
kind = "alleles"
alleles = "alleles.csv"
"""
COLUMN = """
[[columns]]
name = "{name}"
label = "{name}"
description = "A column that says nothing, as long as others are."
"""
COLUMNS = ("gene", "note", "effect", "strength", "source", "reviewed", "count", "place")


def status_of_many(folder: Path, genomes: int, modules: int) -> dict[str, Any]:
    """Ask for the state of `modules` answers about each of `genomes`."""
    app = actions.open_app(Settings(home=folder / "status", standby_seconds=0, offline=True))
    try:
        ids = [_written(folder / "made", number) for number in range(modules)]
        actions.install_modules(app, ids)
        actions.start(app)
        key = _annotated(app)
        for number in range(genomes - 1):
            _another(app, key, f"demo/genome-{number}")
        first, told = _timed(app)
        again = [_timed(app)[0] for _ in range(TIMES)]
        actions.change_settings(app, min_depth=3)
        old, stands = [], told
        for _ in range(TIMES):
            seconds, stands = _timed(app)
            old.append(seconds)
        return {
            "genomes": len(told.samples),
            "modules": len(ids),
            "answers": sum(len(one.modules) for one in told.samples),
            "first_seconds": round(first, 3),
            "again_seconds": _told(again),
            "out_of_date": {"answers": stands.old, **_told(old)},
        }
    finally:
        actions.close(app)


def _written(folder: Path, number: int) -> str:
    """Write a data module; gives its folder."""
    module = f"module-{number:02}"
    place = folder / module
    place.mkdir(parents=True)
    columns = "".join(COLUMN.format(name=name) for name in COLUMNS)
    (place / "module.toml").write_text(MANIFEST.format(id=module, number=number) + columns)
    (place / "alleles.csv").write_text(f"chrom,pos,ref,alt,{','.join(COLUMNS)}\n2,135851076,G,A,LCT{',x' * 7}\n")
    return str(place)


def _annotated(app: App) -> str:
    sample, run = actions.add_sample(app, actions.demo_genome(app))
    app.executor.run_until_over(run)
    app.executor.run_until_over(actions.annotate(app, sample.key))
    return sample.key


def _another(app: App, key: str, other: str) -> None:
    """Copy a genome with everything that was made of it, as another one."""
    source, target = app.layout.users / key, app.layout.users / other
    shutil.copytree(source, target)
    for path in target.rglob("*.json"):
        told = json.loads(path.read_text())
        if path.name == "sample.json":
            told["id"]["sample"] = told["sample_name"] = other.partition("/")[2]
        elif "partition" in told:
            told["partition"] = other
        path.write_text(json.dumps(told))
    copies = [
        run.model_copy(
            update={"id": f"{run.id}-{other}", "request": run.request.model_copy(update={"partition": other})}
        )
        for run in app.index.list(key)
    ]
    app.index.restore(copies)


def _timed(app: App) -> tuple[float, Status]:
    begun = time.perf_counter()
    told = status(app)
    return time.perf_counter() - begun, told


def _told(seconds: list[float]) -> dict[str, float]:
    return {"median": round(statistics.median(seconds), 3), "worst": round(max(seconds), 3)}
