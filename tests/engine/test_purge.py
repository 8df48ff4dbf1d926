from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from genoteca import actions
from genoteca.engine import purge as purging
from genoteca.engine.automation.inbox import InboxMemory, Sighting
from genoteca.engine.executor import Executor
from genoteca.engine.forgetting.journal import Needles, is_pending
from genoteca.engine.forgetting.needles import needles_of
from genoteca.engine.forgetting.search import Words
from genoteca.engine.purge import purge, receipts
from genoteca.engine.samples import all_samples, read_sample, write_sample
from genoteca.model.receipt import Forgotten
from genoteca.model.run import RunStatus
from genoteca.model.sample import SampleId, slug
from genoteca.settings import DATA_FOLDER_VERSION, Layout, Settings, worker_environment

from .workshop import HEADER, Workshop, annotate_with, import_of, reference_of

USER, SAMPLE = "zebulonquist", "xylograph77"
"""Names that occur nowhere else."""
KEY = f"{USER}/{SAMPLE}"
NOTED = "quorzambique"
"""What the person noted about a variant."""
GONE = SampleId(user=USER, sample=SAMPLE)


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


def state(layout: Layout, *keys: str) -> dict[str, str]:
    """Give the sha256 of everything that belongs to some samples, and to everyone."""
    roots = [layout.home / "references", *(layout.users / key for key in keys)]
    files = (path for root in roots for path in root.rglob("*") if path.is_file())
    return {path.relative_to(layout.home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Give a data folder of two samples, read and annotated, and a third one that has the same file as one."""
    folder = tmp_path_factory.mktemp("purge")
    workshop = Workshop(Settings(home=folder / "home", standby_seconds=0), folder)
    layout = workshop.settings.layout
    workshop.module("tiny")
    kept, gone = workshop.genome("anna", "g1"), workshop.sample_of(_own_file(workshop), USER, SAMPLE)
    executor = Executor(workshop.settings, modules=workshop.modules)
    executor.start()
    queued = [executor.index.enqueue(request) for request in (import_of(kept), reference_of("tiny"), import_of(gone))]
    queued.append(executor.index.enqueue(annotate_with(gone, "tiny")))
    queued.append(executor.index.enqueue(annotate_with(gone, "none")))
    statuses = [executor.run_until_over(run.id).status for run in queued]
    executor.stop()
    assert statuses == [RunStatus.SUCCEEDED] * 4 + [RunStatus.FAILED]
    (layout.home / "version").write_text(f"{DATA_FOLDER_VERSION}\n")
    _leave_traces(layout)
    assert mentions(layout.home, USER, SAMPLE)
    assert mentions(layout.home, NOTED)
    return workshop


def _own_file(workshop: Workshop) -> Path:
    """Write a genome's file into the data folder, and give it a second name in the folder of another one."""
    layout = workshop.settings.layout
    own, other = (
        layout.sample(USER, SAMPLE) / "source" / "a.vcf",
        layout.sample("anna", "linked") / "source" / "b.vcf",
    )
    for path in (own, other):
        path.parent.mkdir(parents=True)
    rows = [f"chr1\t{5000 + 7 * n}\t.\tA\tG\t{n}.5\tPASS\t.\tGT:DP:GQ\t0/1:{n}:99\n" for n in range(1000)]
    own.write_text(HEADER + "".join(rows))
    other.hardlink_to(own)
    linked = workshop.sample_of(other, "anna", "linked")
    _as_copy(layout, linked)
    return own


def _as_copy(layout: Layout, sample: SampleId) -> None:
    known = read_sample(layout, sample)
    write_sample(layout, known.model_copy(update={"source": known.source.model_copy(update={"kept": "copy"})}))


def _leave_traces(layout: Layout) -> None:
    note = layout.sample(USER, SAMPLE) / "notes.json"
    note.write_text(f'{{"notes": [{{"variant": "1-5-A-C", "text": "{NOTED}"}}]}}')
    note.with_name(".notes.lock").touch()
    log = layout.logs / "worker.log"
    log.write_text(f"{log.read_text()}\nFileNotFoundError: /home/{USER}/{SAMPLE}.vcf\n")
    for name in ("browse", "fetch"):
        (layout.cache / name).mkdir(parents=True)
        (layout.cache / name / "x").write_text(name)
    layout.made.mkdir(parents=True)
    for name in ("a.csv", ".b.csv.c.tmp"):
        (layout.made / name).write_text(f"an export that nobody fetched: {NOTED}")
    (layout.made / "d.module").mkdir()
    (layout.made / "d.module" / "e.zip").write_text(NOTED)
    (layout.inbox / "anna").mkdir(parents=True)
    for place, words in (
        ("anna/one.vcf", USER),
        ("two.vcf", "nobody"),
    ):  # a person's files, and our words
        (layout.inbox / place).write_text("no genome")
        (layout.inbox / f"{place}.refused.txt").write_text(f"{words} is not a word of a VCF")
        seen = Sighting(
            path=f"{layout.inbox}/{place}", bytes=9, changed=1, since=datetime.now(UTC), state="refused", words=words
        )
        InboxMemory(layout.database).keep(seen)
    with closing(sqlite3.connect(layout.database)) as db:
        db.execute("CREATE TABLE later (page TEXT, told BLOB)")
        told = [("/compare?one=zebulonquist%2Fxylograph77", b""), ("", KEY.encode()), ("anna/g1", b"")]
        db.executemany("INSERT INTO later VALUES (?, ?)", told)
        db.commit()


@pytest.fixture
def copy(stocked: Workshop, tmp_path: Path) -> Settings:
    """Give a copy of that data folder."""
    shutil.copytree(stocked.settings.home, tmp_path / "copied")
    return Settings(home=tmp_path / "copied", standby_seconds=0)


@pytest.fixture(scope="module")
def forgotten(stocked: Workshop, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Forgotten]:
    """Give a copy of it in which one sample was forgotten, and what that gave."""
    home = tmp_path_factory.mktemp("forgotten") / "home"
    shutil.copytree(stocked.settings.home, home)
    settings = Settings(home=home, standby_seconds=0)
    return settings, purge(settings, [GONE])


def test_no_byte_of_a_forgotten_sample_stays(forgotten: tuple[Settings, Forgotten]) -> None:
    settings, _ = forgotten
    assert mentions(settings.home, USER, SAMPLE, USER.title(), SAMPLE.upper(), KEY, NOTED, "%2Fxylo") == []
    left = sorted(path.name for path in settings.layout.inbox.rglob("*.*"))
    assert left == ["one.vcf", "two.vcf", "two.vcf.refused.txt"]  # a person's files, and what names nobody who went


def test_the_receipt_says_what_went_and_names_nobody(
    forgotten: tuple[Settings, Forgotten], stocked: Workshop
) -> None:
    settings, done = forgotten
    receipt = done.receipt
    assert receipts(settings.layout) == [receipt]
    told = receipt.model_dump_json().lower()
    source = hashlib.sha256((stocked.settings.layout.sample(USER, SAMPLE) / "source" / "a.vcf").read_bytes())
    assert not any(name in told for name in (USER, SAMPLE, NOTED, "a.vcf", source.hexdigest(), done.opening_key))
    assert (receipt.genomes, receipt.people, receipt.resumed) == (1, 1, 0)
    assert receipt.removed["file"].files == 1
    assert receipt.removed["notes"].files == 2
    assert receipt.removed["about"].files == 1
    assert receipt.removed["runs"].rows == 3
    assert receipt.removed["kept"].rows == 2
    assert (receipt.removed["inbox"].files, receipt.removed["inbox"].rows, receipt.left_in_inbox) == (1, 1, 0)
    assert receipt.removed["exports"].files == 3
    assert receipt.removed["answers"].files == 3
    assert receipt.removed["dagster"].rows > 0
    sealed = hashlib.sha256(bytes.fromhex(done.opening_key) + source.digest()).hexdigest()
    assert sealed in receipt.sealed
    assert len(receipt.sealed) == sum(
        one.files for kind, one in receipt.removed.items() if kind not in ("logs", "cache", "exports", "inbox")
    )


def test_every_byte_was_searched_for_rows_of_the_genome_too(forgotten: tuple[Settings, Forgotten]) -> None:
    settings, done = forgotten
    searched = done.receipt.searched
    assert searched.clean
    assert (searched.keys, searched.rows, searched.keys_of_rows) == (1, 50, 50)
    assert searched.names >= 4
    assert searched.in_files_of_others == 1, "the other genome that has the same file"
    files = [path for path in settings.home.rglob("*") if path.is_file() and path.parent != settings.layout.receipts]
    assert searched.files >= len(files) - 2
    assert searched.bytes > 0.9 * sum(path.stat().st_size for path in files)
    assert searched.tables == len([path for path in files if path.suffix == ".parquet"]) > 0


def test_what_belongs_to_others_is_untouched(forgotten: tuple[Settings, Forgotten], stocked: Workshop) -> None:
    layout = forgotten[0].layout
    assert [sample.id.key for sample in all_samples(layout)] == ["anna/g1", "anna/linked"]
    before = state(stocked.settings.layout, "anna")
    assert state(layout, "anna") == before
    assert any("references" in name for name in before)
    assert not (layout.users / USER).exists()


def test_dagster_still_knows_the_other_sample(forgotten: tuple[Settings, Forgotten]) -> None:
    with closing(sqlite3.connect(forgotten[0].layout.dagster / "history" / "runs" / "index.db")) as db:
        partitions = [row[0] for row in db.execute("SELECT partition FROM dynamic_partitions")]
        last = dict(db.execute("SELECT asset_key, last_materialization FROM asset_keys"))
    assert partitions == ["anna/g1"]
    assert "anna/g1" in last['["sample", "variants"]']
    assert last['["tiny", "annotations"]'] is None


def test_what_publishers_offer_to_everyone_stays_in_the_cache(forgotten: tuple[Settings, Forgotten]) -> None:
    assert [path.name for path in forgotten[0].layout.cache.iterdir()] == ["fetch"]


def test_the_runs_and_rows_of_the_other_sample_stay(forgotten: tuple[Settings, Forgotten], stocked: Workshop) -> None:
    executor = Executor(forgotten[0], modules=stocked.modules)
    assert {run.request.partition for run in executor.index.list()} == {"anna/g1", None}
    with closing(sqlite3.connect(forgotten[0].layout.database)) as db:
        assert db.execute("SELECT page FROM later").fetchall() == [("anna/g1",)]


def test_what_is_left_somewhere_is_found_and_its_file_is_named(copy: Settings) -> None:
    layout = copy.layout
    row = (layout.sample(USER, SAMPLE) / "source" / "a.vcf").read_text().splitlines()
    rarest = max(row[4:], key=len).encode()
    every = b"\n".join(line.encode() for line in row[4:])
    places = {
        "tmp/left.part": every[5:],
        "left.gz": gzip.compress(b"x" * 100_000 + every),
        f"odd-{SAMPLE}.txt": b"",
        "users/anna/g1/tiny-left.txt": rarest + every,
        "escaped.json": json.dumps({"page": "/results/zebulonquist%2Fxylograph77"}).encode(),
    }
    for place, data in places.items():
        (layout.home / place).parent.mkdir(parents=True, exist_ok=True)
        (layout.home / place).write_bytes(data)
    with closing(sqlite3.connect(layout.home / "tmp" / "left.db")) as db:  # in the file, one word stands at the other
        db.execute("CREATE TABLE cells (before TEXT, sample TEXT, module TEXT)")
        db.execute("INSERT INTO cells VALUES ('x', ?, 'tiny')", (KEY,))
        db.commit()
    shutil.copy(next(layout.sample(USER, SAMPLE).glob("sample/variants-*.parquet")), layout.home / "someones.parquet")
    searched = purge(copy, [GONE]).receipt.searched
    assert set(searched.found) == {place.replace(SAMPLE, "…") for place in (*places, "tmp/left.db")}
    assert searched.tables_made_from_it == ["someones.parquet"]
    assert not searched.clean


def looked_for(keys: list[str], names: list[str]) -> Needles:
    return Needles(keys=keys, names=names, names_too_common=0, rows=[], keys_of_rows=[], tables=[])


@pytest.mark.parametrize("written", [str, str.lower, str.upper])
def test_a_name_is_found_however_it_is_written(written: Callable[[str], str]) -> None:
    words = Words(looked_for(["zoe/own"], ["Zoë ÖZDEMIR"]))
    name = written("Zoë ÖZDEMIR")
    apart = unicodedata.normalize("NFD", name)  # as some systems write a file's name
    ways = (name, apart, json.dumps(name), json.dumps(apart), quote(name), quote(apart), quote_plus(name))
    assert [way for way in ways if not words.stand_in(f"in '{way}'.".encode())] == []
    assert words.left_out_of(f"inbox/{apart}/x") == "inbox/…/x"
    assert not words.stand_in(f"{name}ga".encode())
    assert [
        key for key in ("zoe/own", "ZOE%2Fown", "zoe%2fown", "zoe\\/own") if not words.stand_in(key.encode())
    ] == []


def test_a_name_within_a_longer_one_of_a_genome_that_stays_is_no_trace(workshop: Workshop) -> None:
    layout = workshop.settings.layout
    (file := workshop.folder / "nothing.vcf").touch()
    for name in ("Ömers Genom", "Ömers Genom-b", "Altes Ömers Genom"):
        key = workshop.sample_of(file, "zoe", slug(name))
        write_sample(layout, read_sample(layout, key).model_copy(update={"sample_name": name}))
    words = Words(needles_of(layout, [SampleId(user="zoe", sample="omers-genom")], frozenset()))
    others = (
        "users/zoe/omers-genom-b/x.json",
        "zoe/altes-omers-genom",
        "of Ömers Genom-b",
        "ALTES ÖMERS GENOM.",
        "zoe/omers-genom-btiny",
    )
    assert [one for one in others if words.stand_in(one.encode())] == []
    own = ("users/zoe/omers-genom/x.json", "of Ömers Genom", "Ömers Genom-b, Ömers Genom", "Ömers Genom-Cousine")
    assert [one for one in own if not words.stand_in(one.encode())] == []


def killed_at(settings: Settings, stage: str) -> None:
    """Delete in a process of its own, and kill it once it has said that a stage is done."""
    command = [sys.executable, "-m", "genoteca.engine.purge"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=worker_environment(settings)
    ) as child:
        assert child.stdin is not None
        child.stdin.write(purging.Asked(samples=[GONE]).model_dump_json())
        child.stdin.close()
        for line in child.stdout or ():
            if line.strip() == stage:
                child.send_signal(signal.SIGKILL)
                break


def _goes_on(settings: Settings, stocked: Workshop, stage: str) -> None:
    killed_at(settings, stage)
    layout = settings.layout
    actions.close(actions.open_app(settings))
    assert not is_pending(layout)
    assert not layout.forgetting.exists()
    assert mentions(settings.home, USER, SAMPLE, NOTED) == []
    (receipt,) = receipts(layout)
    assert receipt.searched.clean
    assert receipt.searched.rows == 50
    assert receipt.removed["file"].files == 1
    assert state(layout, "anna") == state(stocked.settings.layout, "anna")


@pytest.mark.parametrize("stage", ["noted", "dagster"])
def test_a_deletion_that_was_killed_is_finished_when_the_folder_is_opened(
    copy: Settings, stocked: Workshop, stage: str
) -> None:
    _goes_on(copy, stocked, stage)


@pytest.mark.long
@pytest.mark.parametrize("stage", purging.STAGES)
def test_a_deletion_that_was_killed_anywhere_is_finished(copy: Settings, stocked: Workshop, stage: str) -> None:
    _goes_on(copy, stocked, stage)


def test_a_sample_whose_name_begins_like_another_s_is_left_alone(workshop: Workshop) -> None:
    short, longer = workshop.genome("anna", "g1"), workshop.genome("anna", "g10")
    executor = Executor(workshop.settings, modules=workshop.modules)
    mine, other = (executor.index.enqueue(import_of(sample)) for sample in (short, longer))
    done = purge(workshop.settings, [short])
    assert done.receipt.searched.clean
    assert done.receipt.people == 0
    assert [run.id for run in executor.index.list()] == [other.id]
    assert mine.id != other.id
    assert [sample.id.key for sample in all_samples(workshop.settings.layout)] == ["anna/g10"]


def test_a_person_goes_with_every_genome_and_nobody_else(workshop: Workshop) -> None:
    going = [workshop.genome("quillemina", name) for name in ("first-genome", "second-genome")]
    workshop.genome("anna", "g1")
    for name in ("Quillemina", "anna"):
        (workshop.settings.layout.inbox / name).mkdir(parents=True)
    done = purge(workshop.settings, going)
    assert [path.name for path in workshop.settings.layout.inbox.iterdir()] == ["anna"]
    assert (done.receipt.genomes, done.receipt.people) == (2, 1)
    assert done.receipt.searched.clean
    assert [sample.id.key for sample in all_samples(workshop.settings.layout)] == ["anna/g1"]
    assert mentions(workshop.settings.home, "quillemina") == []


def test_a_file_that_was_read_where_it_lies_in_the_data_folder_goes_too(workshop: Workshop) -> None:
    layout = workshop.settings.layout
    inbox = layout.home / "inbox"
    inbox.mkdir()
    for name in ("quillemina.vcf", "shared.vcf"):
        rows = "".join(f"chr1\t{1000 + n}\t.\tA\tG\t{n}\tPASS\t.\tGT\t0/1\n" for n in range(20))
        (inbox / name).write_text(HEADER + rows.replace("PASS", name))
    going = [workshop.sample_of(inbox / name, "quillemina", name[:6]) for name in ("quillemina.vcf", "shared.vcf")]
    workshop.sample_of(inbox / "shared.vcf", "anna", "g1")
    with closing(sqlite3.connect(layout.database)) as db:
        db.execute("CREATE TABLE seen (path TEXT)")
        db.executemany("INSERT INTO seen VALUES (?)", [(f"{inbox}/quillemina.vcf",), (f"{inbox}/shared.vcf",)])
        db.commit()
    receipt = purge(workshop.settings, going).receipt
    assert [path.name for path in inbox.iterdir()] == ["shared.vcf"]
    assert receipt.removed["file"].files == 1
    assert receipt.removed["kept"].rows == 1
    assert receipt.searched.clean
    assert mentions(layout.home, "quillemina") == []


def test_a_cache_that_lies_elsewhere_is_emptied_and_searched_too(workshop: Workshop, tmp_path: Path) -> None:
    going = workshop.genome("quillemina", "first-genome")
    home = workshop.settings.home
    layout = Layout(home, cache=str(tmp_path / "elsewhere"))
    for cache in (layout.cache, home / "cache"):
        for name in ("browse", "fetch", "explore"):
            (cache / name).mkdir(parents=True)
            (cache / name / "x.duckdb").write_text("quillemina" if name == "browse" else "")
    (layout.cache / "fetch" / "quillemina").mkdir()
    (layout.cache / "README").write_text("another program of the same name\n")
    done = purging.purge_samples(layout, [going])
    assert done is not None
    assert done.receipt.removed["cache"].files == 2
    assert mentions(home, "quillemina") == []
    left = sorted(path.relative_to(layout.cache).as_posix() for path in layout.cache.rglob("*"))
    assert left == ["README", "browse", "explore", "fetch", "fetch/quillemina", "fetch/x.duckdb"]
    assert done.receipt.searched.found == ["cache/fetch/…/"], "also the name of an empty folder, also there"
    assert done.receipt.searched.tables == 2
