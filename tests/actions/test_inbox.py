"""A genome file dropped into the inbox is added once it is whole; by ticks of a given clock, and nothing waits."""

from __future__ import annotations

import gzip
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from genoteca import actions
from genoteca.actions import App
from genoteca.actions.automation import change_automation, show_automation
from genoteca.actions.inbox import inbox_folder, show_inbox
from genoteca.actions.ticking import tick
from genoteca.engine.automation.inbox import InboxMemory, Sighting, dropped_files
from genoteca.engine.automation.whole import End, end_of
from genoteca.engine.samples import all_samples
from genoteca.errors import InputError
from genoteca.settings import Settings, assets_folder

NOON = datetime(2100, 1, 1, 12, tzinfo=UTC)
"""Of a day that no clock has reached: what is added meanwhile is added before it."""
DEMO = (assets_folder() / "demo" / "demo-genome.vcf.gz").read_bytes()
PEOPLE = """\
##fileformat=VCFv4.2
##contig=<ID=chr1,length=248956422>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{people}
chr1\t1000\t.\tA\tG\t50\tPASS\t.\tGT\t{calls}
"""


@pytest.fixture
def app(settings: Settings) -> Iterator[App]:
    """An open app that executes nothing: what is added waits to be read."""
    made = actions.open_app(settings)
    inbox_folder(made).mkdir()
    yield made
    actions.close(made)


class Clock:
    """Ticks ten seconds apart."""

    def __init__(self, app: App) -> None:
        self.app, self.now = app, NOON

    def tick(self, times: int = 1, *, later: timedelta = timedelta(seconds=10)) -> None:
        for _ in range(times):
            self.now += later
            tick(self.app, self.now)


@pytest.fixture
def clock(app: App) -> Clock:
    return Clock(app)


def drop(app: App, name: str, contents: bytes = DEMO) -> Path:
    path = inbox_folder(app) / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(contents)
    return path


def keys(app: App) -> list[str]:
    return sorted(sample.id.key for sample in all_samples(app.layout))


def vcf(*people: str) -> bytes:
    calls = "\t".join("0/1" for _ in people)
    return PEOPLE.format(people="\t".join(people), calls=calls).encode()


def test_a_file_is_added_at_the_second_look_and_leaves_the_inbox(app: App, clock: Clock) -> None:
    path = drop(app, "anna/My genome.vcf.gz")
    clock.tick()
    assert (keys(app), show_inbox(app).files[0].name) == ([], "My genome.vcf.gz")
    clock.tick()
    assert keys(app) == ["anna/my-genome"]
    (sample,) = all_samples(app.layout)
    assert (sample.source.name, sample.source.kept) == ("My genome.vcf.gz", "copy")
    assert Path(sample.source.path).read_bytes() == DEMO
    assert not path.exists()
    assert show_inbox(app).files == []
    clock.tick(3)
    assert keys(app) == ["anna/my-genome"]
    assert [one.sample for one in show_automation(app).noted] == ["anna/my-genome"]


def test_a_file_that_grows_waits_until_it_is_still(app: App, clock: Clock) -> None:
    text = vcf("HG")
    for part in (50, 100, 150, len(text)):
        drop(app, "growing.vcf", text[:part])
        clock.tick()
        assert keys(app) == []
    clock.tick()
    assert keys(app) == ["me/growing"]


@pytest.mark.parametrize("packed", [DEMO, gzip.compress(vcf("HG")) + gzip.compress(b"")], ids=["bgzip", "gzip"])
def test_a_packed_file_without_its_end_waits_and_is_refused_at_last(app: App, clock: Clock, packed: bytes) -> None:
    path = drop(app, "half.vcf.gz", packed[: len(packed) // 3])
    clock.tick(5)
    assert keys(app) == []
    assert "end is missing" in show_inbox(app).files[0].words
    clock.tick(later=timedelta(minutes=11))
    (refused,) = show_inbox(app).files
    assert refused.refused
    note = path.with_name("half.vcf.gz.refused.txt")
    assert "Copy it again" in note.read_text("utf-8")
    path.write_bytes(packed)
    clock.tick(2)
    assert keys(app) == ["me/half"]
    assert not note.exists()


def test_a_plain_file_that_ends_amid_a_line_waits_and_is_taken_at_last(app: App, clock: Clock) -> None:
    text = vcf("HG")
    drop(app, "stuck.vcf", text[:-9])
    clock.tick(5)
    assert keys(app) == []
    assert "end is missing" in show_inbox(app).files[0].words
    drop(app, "stuck.vcf", text)
    clock.tick(2)
    assert keys(app) == ["me/stuck"]
    drop(app, "written-so.vcf", text.rstrip(b"\n"))
    clock.tick(5)
    assert keys(app) == ["me/stuck"]
    clock.tick(later=timedelta(minutes=11))
    assert keys(app) == ["me/stuck", "me/written-so"]


def test_the_end_of_a_packed_file_is_seen_whatever_packed_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for whole in (DEMO, gzip.compress(b"a" * 100_000) + gzip.compress(b"b"), gzip.compress(b""), b"plain\n", b""):
        path.write_bytes(whole)
        assert end_of(path) is End.WHOLE
    path.write_bytes(b"plain\n1\t2")
    assert end_of(path) is End.OPEN
    for half in (DEMO[:-1], DEMO[:-28], gzip.compress(b"a" * 100_000)[:-3], gzip.compress(b"a") + b"\x1f\x8b\x08"):
        path.write_bytes(half)
        assert end_of(path) is End.CUT


def test_what_is_no_genome_is_refused_once_with_a_note_beside_it(app: App, clock: Clock) -> None:
    path = drop(app, "anna/list.txt", b"milk, bread\n")
    clock.tick(5)
    (one,) = show_inbox(app).files
    assert one.refused
    assert "VCF" in one.words
    note = path.with_name("list.txt.refused.txt")
    assert one.words in note.read_text("utf-8")
    noted = show_automation(app).noted
    assert [(entry.failed, entry.times) for entry in noted] == [(True, 1)], "it was tried again"
    assert "list.txt" not in noted[0].words
    path.unlink()
    clock.tick()
    assert not note.exists()
    assert show_inbox(app).files == []


def test_the_note_is_never_written_through_a_link(app: App, clock: Clock, tmp_path: Path) -> None:
    drop(app, "list.txt", b"milk\n")
    target = tmp_path / "precious"
    target.write_text("mine")
    (inbox_folder(app) / "list.txt.refused.txt").symlink_to(target)
    clock.tick(2)
    assert target.read_text() == "mine"


def test_names_in_use_get_a_number_and_nothing_is_overwritten(app: App, clock: Clock) -> None:
    for _ in range(3):
        drop(app, "ben/genome.vcf.gz")
        clock.tick(2)
    assert keys(app) == ["ben/genome", "ben/genome-2", "ben/genome-3"]
    assert len({sample.source.path for sample in all_samples(app.layout)}) == 3


def test_everyone_in_a_file_is_added_under_a_name_of_their_own(app: App, clock: Clock) -> None:
    drop(app, "family/all.vcf", vcf("Mother", "Father", "Child"))
    clock.tick(2)
    assert keys(app) == ["family/child", "family/father", "family/mother"]
    assert {sample.pick for sample in all_samples(app.layout)} == {"Mother", "Father", "Child"}


@pytest.mark.skipif(os.name == "nt", reason="links and devices are of the other systems")
def test_links_devices_hidden_and_half_copied_files_are_passed_over(app: App, clock: Clock, tmp_path: Path) -> None:
    inbox, real = inbox_folder(app), tmp_path / "real.vcf.gz"
    real.write_bytes(DEMO)
    (inbox / "link.vcf.gz").symlink_to(real)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "far.vcf.gz").write_bytes(DEMO)
    (inbox / "elsewhere").symlink_to(tmp_path / "folder")
    os.mkfifo(inbox / "pipe.vcf")
    for name in (".hidden.vcf.gz", "a.vcf.gz.part", "b.vcf.gz.crdownload", "a.vcf.gz.tbi", "empty.vcf"):
        drop(app, name, b"" if name == "empty.vcf" else DEMO)
    (inbox / "anna" / "deep").mkdir(parents=True)
    drop(app, "anna/deep/far.vcf.gz")
    assert dropped_files(inbox) == []
    clock.tick(3)
    assert keys(app) == []


def test_a_file_that_is_left_where_it_lies_is_added_once(app: App, clock: Clock) -> None:
    change_automation(app, inbox_files="leave")
    path = drop(app, "cleo/genome.vcf.gz")
    clock.tick(4)
    (sample,) = all_samples(app.layout)
    assert (sample.source.kept, sample.source.path) == ("in place", str(path))
    assert path.exists()
    os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    clock.tick(2)
    assert keys(app) == ["cleo/genome", "cleo/genome-2"], "a file that changed is another one"


def test_a_crash_after_a_file_was_added_adds_it_no_second_time(app: App, clock: Clock) -> None:
    path = drop(app, "dora/genome.vcf.gz")
    clock.tick(2)
    (sample,) = all_samples(app.layout)
    path.write_bytes(DEMO)
    seen, before = path.stat(), sample.added - timedelta(seconds=1)
    # as it lay there when the app died between the adding and the removing
    InboxMemory(app.layout.database).keep(
        Sighting(path=str(path), bytes=seen.st_size, changed=seen.st_mtime_ns, since=before, state="taking")
    )
    clock.tick()
    assert keys(app) == ["dora/genome"]
    assert not path.exists()


def test_a_folder_whose_name_makes_no_person_is_refused_and_a_file_so_named_is_not(app: App, clock: Clock) -> None:
    drop(app, "Анна/one.vcf.gz")
    drop(app, "eva/Геном.vcf.gz")
    clock.tick(2)
    assert keys(app) == ["eva/genome"]
    assert "Give it another name" in show_inbox(app).files[0].words


def test_no_name_stays_behind_when_a_genome_that_came_by_the_inbox_is_deleted(app: App, clock: Clock) -> None:
    drop(app, "waltraud/Bloodtest.vcf.gz")
    clock.tick(2)
    actions.forget_sample(app, "waltraud/bloodtest")
    with closing(sqlite3.connect(app.layout.database)) as db:
        dump = "\n".join(db.iterdump()).lower()
    assert "waltraud" not in dump
    assert "bloodtest" not in dump
    clock.tick(3)
    assert keys(app) == []


def test_switched_off_it_is_not_looked_at_and_another_folder_can_be_set(
    app: App, clock: Clock, tmp_path: Path
) -> None:
    drop(app, "one.vcf.gz")
    change_automation(app, inbox_files="off")
    clock.tick(3)
    change_automation(app, inbox_files="move", automation=False)
    clock.tick(3)
    assert keys(app) == []
    other = tmp_path / "drop here"
    other.mkdir()
    change_automation(app, automation=True, inbox=str(other))
    (other / "two.vcf.gz").write_bytes(DEMO)
    clock.tick(2)
    assert keys(app) == ["me/two"]
    with pytest.raises(InputError, match="no time zone"):
        change_automation(app, time_zone="Nowhere")
