from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.annotate.worlds import NOTE, World, record

from genoteca.annotate.answer import Answer
from genoteca.annotate.publish import publish_regions, write_published
from genoteca.annotate.regions import annotate_regions
from genoteca.errors import ReferenceDataError


def ask(world: World, *intervals: tuple[str, int, int]) -> Answer:
    frame = pl.DataFrame(
        [(*interval, f"{interval[0]}:{interval[1]}-{interval[2]}") for interval in intervals],
        schema={"chrom": pl.String, "start": pl.UInt32, "end": pl.UInt32, "note": pl.String},
        orient="row",
    )
    path = world.folder / "regions.parquet"
    write_published(publish_regions(frame), path)
    return annotate_regions(path, world.tables(), columns=[NOTE])


def found(answer: Answer) -> list[tuple[str, int]]:
    return [(row["note"], row["line"]) for row in answer.frame().iter_rows(named=True)]


def test_a_carried_variant_is_found_in_every_interval_that_holds_it(tmp_path: Path) -> None:
    world = World(
        folder=tmp_path, records=[record(1, "1", 100, "A", "G", "0/1"), record(2, "1", 200, "A", "G,T", "0/2")]
    )
    answer = ask(world, ("1", 50, 99), ("1", 100, 100), ("1", 90, 250), ("2", 50, 150), ("1", 201, 300))
    assert found(answer) == [("1:90-250", 1), ("1:90-250", 2), ("1:100-100", 1)]
    assert answer.sites is None
    assert answer.evidence["called"] == len(answer.frame())
    assert answer.frame()["match"].to_list() == ["interval", "interval", "position"]
    assert answer.frame()["key"].null_count() == len(answer.frame())


def test_what_is_not_carried_is_not_found_and_a_half_call_is_partial(tmp_path: Path) -> None:
    world = World(
        folder=tmp_path, records=[record(1, "1", 100, "A", "G", "0/."), record(2, "1", 110, "A", "G", "./1")]
    )
    answer = ask(world, ("1", 1, 1000))
    assert answer.frame().select("line", "evidence", "genotype", "dosage").rows() == [(2, "partial", "?/G", 1)]


def test_a_deletion_lies_where_its_bases_are_not_where_its_anchor_is(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "ACGT", "A", "0/1")])
    answer = ask(world, ("1", 90, 100), ("1", 101, 101), ("1", 103, 400), ("1", 104, 400))
    assert found(answer) == [("1:101-101", 1), ("1:103-400", 1)]


def test_an_interval_that_ends_before_it_starts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError, match="end before they start"):
        ask(World(folder=tmp_path), ("1", 100, 99))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("regions")


spans = st.tuples(st.sampled_from(["1", "2"]), st.integers(1, 30), st.integers(0, 12))


@settings(max_examples=40, deadline=None)
@given(intervals=st.sets(spans, max_size=8), variants=st.sets(spans, max_size=8))
def test_every_meeting_is_found_once(
    folder: Path, intervals: set[tuple[str, int, int]], variants: set[tuple[str, int, int]]
) -> None:
    asked = [(chrom, start, start + more) for chrom, start, more in sorted(intervals)]
    records = [
        record(line, chrom, pos, "A" + "C" * more, "G" + "T" * more, "0/1")
        for line, (chrom, pos, more) in enumerate(sorted(variants), 1)
    ]
    answer = ask(World(folder=folder, records=records), *asked)
    want = [
        (f"{chrom}:{start}-{end}", line)
        for chrom, start, end in asked
        for line, (on, pos, more) in enumerate(sorted(variants), 1)
        if chrom == on and pos <= end and pos + more >= start
    ]
    assert sorted(found(answer)) == sorted(want)
