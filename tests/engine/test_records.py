from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from genoteca.engine import records
from genoteca.engine.files import sha256_of
from genoteca.errors import DatasetError, InputError
from genoteca.model.record import Record
from genoteca.settings import Layout

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path)


def store(
    layout: Layout,
    asset: list[str],
    partition: str | None,
    number: int,
    *,
    data_version: str = "1",
    build: str | None = "GRCh38",
) -> Record:
    """Store a file of its number as text, under a run whose id begins with it."""
    run = f"{number:08x}-0000"
    path = records.record_path(layout, asset, partition, data_version=data_version, build=build)
    table = records.dataset_path(path, run)
    path.parent.mkdir(parents=True, exist_ok=True)
    table.write_text(str(number))
    record = Record(
        asset=asset,
        partition=partition,
        run=run,
        created=START + timedelta(hours=number),
        file=table.name,
        rows=number,
        bytes=table.stat().st_size,
        sha256=sha256_of(table),
        code_version="1",
        data_version=data_version,
        build=build,
    )
    records.write_record(path, record)
    return record


def test_a_sample_s_results_lie_under_its_user_and_name(layout: Layout) -> None:
    path = records.record_path(layout, ["traits", "annotations"], "anna/g1")
    assert path == layout.home / "users" / "anna" / "g1" / "traits" / "annotations.json"
    assert records.dataset_path(path, "0123456789").name == "annotations-01234567.parquet"


def test_a_reference_lies_under_its_release_and_build(layout: Layout) -> None:
    path = records.record_path(layout, ["clinvar", "reference"], None, data_version="2026-02-26", build="GRCh37")
    assert path == layout.home / "references" / "clinvar" / "2026-02-26" / "GRCh37" / "reference.json"


@pytest.mark.parametrize("part", ["..", "a/b", "", ".hidden", "x" * 65])
def test_a_part_that_could_leave_the_folder_is_refused(layout: Layout, part: str) -> None:
    with pytest.raises((DatasetError, InputError)):
        records.record_path(layout, ["clinvar", "reference"], None, data_version=part, build="GRCh38")
    with pytest.raises((DatasetError, InputError)):
        records.record_path(layout, [part, "annotations"], "anna/g1")
    with pytest.raises((DatasetError, InputError)):
        records.record_path(layout, ["a", "b"], f"anna/{part}")


def test_the_last_record_written_is_the_current_one_and_older_ones_are_history(layout: Layout) -> None:
    for number in (1, 2):
        store(layout, ["t", "annotations"], "anna/g1", number)
    found = records.current(layout, ["t", "annotations"], "anna/g1")
    assert found is not None
    assert found.path.read_text() == "2"
    assert [record.rows for record in records.history(layout, ["t", "annotations"], "anna/g1")] == [2, 1]


def test_there_is_no_current_dataset_where_nothing_was_made(layout: Layout) -> None:
    assert records.current(layout, ["t", "annotations"], "anna/g1") is None
    assert records.latest_reference(layout, "t", "GRCh38") is None
    assert records.history(layout, ["t", "annotations"], "anna/g1") == []


def test_the_newest_release_of_a_build_is_the_reference(layout: Layout) -> None:
    store(layout, ["c", "reference"], None, 2, data_version="2026-02")
    store(layout, ["c", "reference"], None, 1, data_version="2026-01")
    store(layout, ["c", "reference"], None, 3, data_version="2026-03", build="GRCh37")
    found = records.latest_reference(layout, "c", "GRCh38")
    assert found is not None
    assert found.record.data_version == "2026-02"
    assert [one.build for one in records.history(layout, ["c", "reference"], None)] == ["GRCh37", "GRCh38", "GRCh38"]


def test_the_newest_three_files_are_kept(layout: Layout) -> None:
    for number in range(1, 6):
        store(layout, ["t", "annotations"], "anna/g1", number)
        records.retire(records.record_path(layout, ["t", "annotations"], "anna/g1"))
    assert [record.rows for record in records.history(layout, ["t", "annotations"], "anna/g1")] == [5, 4, 3]
    folder = layout.home / "users" / "anna" / "g1" / "t"
    assert len(list(folder.glob("*.parquet"))) == 3
    assert records.current(layout, ["t", "annotations"], "anna/g1") is not None
    third = next(folder.glob("annotations-*3.json"))
    third.write_bytes(third.read_bytes()[:-60])
    for number in (6, 7):
        store(layout, ["t", "annotations"], "anna/g1", number)
        records.retire(records.record_path(layout, ["t", "annotations"], "anna/g1"))
    kept, damaged = records.readable(layout, ["t", "annotations"], "anna/g1")
    assert ([record.rows for record in kept], len(damaged)) == ([7, 6, 5], 1)


def test_what_is_in_force_is_kept_although_the_clock_was_set_back(layout: Layout) -> None:
    for number in (5, 4, 3, 2):
        store(layout, ["t", "annotations"], "anna/g1", number)
    records.retire(records.record_path(layout, ["t", "annotations"], "anna/g1"), keep=2)
    now = records.current(layout, ["t", "annotations"], "anna/g1")
    assert now is not None
    assert now.record.rows == 2
    assert [record.rows for record in records.history(layout, ["t", "annotations"], "anna/g1")] == [5, 2]


def test_an_asset_whose_name_begins_like_another_keeps_its_own_files(layout: Layout) -> None:
    store(layout, ["t", "scores"], "anna/g1", 1)
    store(layout, ["t", "scores-raw"], "anna/g1", 2)
    records.retire(records.record_path(layout, ["t", "scores"], "anna/g1"), keep=0)
    assert records.history(layout, ["t", "scores"], "anna/g1") == []
    assert len(records.history(layout, ["t", "scores-raw"], "anna/g1")) == 1


def test_every_current_dataset_is_found_and_damaged_records_are_left_out(layout: Layout) -> None:
    store(layout, ["t", "annotations"], "anna/g1", 1)
    store(layout, ["t", "annotations"], "anna/g1", 2)
    store(layout, ["c", "reference"], None, 3)
    (layout.home / "users" / "anna" / "g1" / "sample.json").write_text("{}")
    damaged = layout.home / "users" / "anna" / "g1" / "x"
    damaged.mkdir()
    (damaged / "annotations.json").write_text("{")
    assert sorted(stored.record.rows for stored in records.all_records(layout)) == [2, 3]
    assert sorted(stored.record.rows for stored in records.all_records(layout, older=True)) == [1, 2, 3]


def test_a_flipped_bit_is_found(layout: Layout) -> None:
    store(layout, ["t", "annotations"], "anna/g1", 1)
    found = records.current(layout, ["t", "annotations"], "anna/g1")
    assert found is not None
    assert records.verified(found) is found
    found.path.write_bytes(bytes([found.path.read_bytes()[0] ^ 1]))
    with pytest.raises(DatasetError, match="sha256"):
        records.verified(found)


def test_a_file_that_is_gone_is_said_to_be_gone(layout: Layout) -> None:
    record = store(layout, ["t", "annotations"], "anna/g1", 1)
    path = records.record_path(layout, ["t", "annotations"], "anna/g1")
    path.with_name(str(record.file)).unlink()
    with pytest.raises(DatasetError, match="is gone"):
        records.current(layout, ["t", "annotations"], "anna/g1")


def test_a_file_touched_since_it_was_written_is_verified_before_it_is_used(layout: Layout) -> None:
    store(layout, ["t", "annotations"], "anna/g1", 1)
    found = records.current(layout, ["t", "annotations"], "anna/g1")
    assert found is not None
    written = START.timestamp() + 3600
    os.utime(found.path, (written, written))
    assert records.trusted(found) is found
    found.path.write_text("2")
    os.utime(found.path, (written, written))
    assert records.trusted(found) is found, "same size and time: only a full check finds this"
    os.utime(found.path)
    with pytest.raises(DatasetError, match="sha256"):
        records.trusted(found)
    found.path.write_text("22")
    os.utime(found.path, (written, written))
    with pytest.raises(DatasetError, match="sha256"):
        records.trusted(found)


def test_a_record_that_reads_well_and_is_not_what_was_written_is_damaged(layout: Layout) -> None:
    store(layout, ["one", "annotations"], "anna/g1", 1)
    path = records.record_path(layout, ["one", "annotations"], "anna/g1")
    text = path.read_text()
    path.write_text(text.replace('"GRCh38"', '"GRCh37"'))
    with pytest.raises(DatasetError, match="not what was written"):
        records.current(layout, ["one", "annotations"], "anna/g1")
    path.write_text(text)
    assert records.current(layout, ["one", "annotations"], "anna/g1") is not None
