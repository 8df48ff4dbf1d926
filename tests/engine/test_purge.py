from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from genoteca.engine import records
from genoteca.engine.executor import Executor
from genoteca.engine.purge import purge
from genoteca.engine.samples import all_samples
from genoteca.model.run import RunStatus
from genoteca.settings import Settings

from .workshop import Workshop, annotate_with, import_of, reference_of

USER, SAMPLE = "zebulonquist", "xylograph77"
"""Names that occur nowhere else."""
NOTED = "quorzambique"
"""What the person noted about a variant."""


def mentions(home: Path, *needles: str) -> list[str]:
    """Find every file of the data folder whose bytes or name hold one of the needles."""
    found = []
    for path in sorted(home.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        found += [
            f"{path}: {needle}"
            for needle in needles
            if needle.lower().encode() in content.lower()
            or needle.lower() in path.relative_to(home).as_posix().lower()
        ]
    return found


@pytest.fixture(scope="module")
def forgotten(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Give a data folder of two samples, read and annotated, of which one was then forgotten."""
    folder = tmp_path_factory.mktemp("purge")
    workshop = Workshop(Settings(home=folder / "home", standby_seconds=0), folder)
    workshop.module("tiny")
    kept, gone = workshop.genome("anna", "g1"), workshop.genome(USER, SAMPLE)
    executor = Executor(workshop.settings, modules=workshop.modules)
    executor.start()
    queued = [executor.index.enqueue(request) for request in (import_of(kept), reference_of("tiny"), import_of(gone))]
    queued.append(executor.index.enqueue(annotate_with(gone, "tiny")))
    queued.append(executor.index.enqueue(annotate_with(gone, "none")))
    statuses = [executor.run_until_over(run.id).status for run in queued]
    executor.stop()
    assert statuses == [RunStatus.SUCCEEDED] * 4 + [RunStatus.FAILED]
    note = workshop.settings.layout.sample(USER, SAMPLE) / "notes.json"
    note.write_text(f'{{"notes": [{{"variant": "1-5-A-C", "text": "{NOTED}"}}]}}')
    note.with_name(".notes.lock").touch()
    log = workshop.settings.layout.logs / "worker.log"
    log.write_text(f"{log.read_text()}\nFileNotFoundError: /home/{USER}/{SAMPLE}.vcf\n")
    for name in ("browse", "fetch"):
        (workshop.settings.layout.cache / name).mkdir(parents=True)
        (workshop.settings.layout.cache / name / "x").write_text(name)
    made = workshop.settings.layout.made
    made.mkdir(parents=True)
    for name in ("a.csv", ".b.csv.c.tmp"):
        (made / name).write_text(f"an export that nobody fetched: {NOTED}")
    (made / "d.module").mkdir()
    (made / "d.module" / "e.zip").write_text(NOTED)
    assert mentions(workshop.settings.home, USER, SAMPLE)
    assert mentions(workshop.settings.home, NOTED)
    purge(workshop.settings, gone)
    return workshop


def test_no_byte_of_a_forgotten_sample_stays(forgotten: Workshop) -> None:
    key = f"{USER}/{SAMPLE}"
    assert mentions(forgotten.settings.home, USER, SAMPLE, USER.title(), SAMPLE.upper(), key, NOTED) == []


def test_the_other_sample_and_the_reference_stay(forgotten: Workshop) -> None:
    layout = forgotten.settings.layout
    assert [sample.id.key for sample in all_samples(layout)] == ["anna/g1"]
    assert records.current(layout, ["sample", "variants"], "anna/g1") is not None
    assert records.latest_reference(layout, "tiny", "GRCh38") is not None


def test_dagster_still_knows_the_other_sample(forgotten: Workshop) -> None:
    with closing(sqlite3.connect(forgotten.settings.layout.dagster / "history" / "runs" / "index.db")) as db:
        partitions = [row[0] for row in db.execute("SELECT partition FROM dynamic_partitions")]
        last = dict(db.execute("SELECT asset_key, last_materialization FROM asset_keys"))
    assert partitions == ["anna/g1"]
    assert "anna/g1" in last['["sample", "variants"]']
    assert last['["tiny", "annotations"]'] is None


def test_what_publishers_offer_to_everyone_stays_in_the_cache(forgotten: Workshop) -> None:
    assert [path.name for path in forgotten.settings.layout.cache.iterdir()] == ["fetch"]


def test_the_runs_of_the_other_sample_stay(forgotten: Workshop) -> None:
    executor = Executor(forgotten.settings, modules=forgotten.modules)
    assert {run.request.partition for run in executor.index.list()} == {"anna/g1", None}


def test_a_sample_whose_name_begins_like_another_s_is_left_alone(workshop: Workshop) -> None:
    short, longer = workshop.genome("anna", "g1"), workshop.genome("anna", "g10")
    executor = Executor(workshop.settings, modules=workshop.modules)
    mine, other = (executor.index.enqueue(import_of(sample)) for sample in (short, longer))
    purge(workshop.settings, short)
    assert [run.id for run in executor.index.list()] == [other.id]
    assert mine.id != other.id
    assert [sample.id.key for sample in all_samples(workshop.settings.layout)] == ["anna/g10"]
