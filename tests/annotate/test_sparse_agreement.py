"""A sparse module looks at the alleles that are carried; a reference of other REF bases shows all the same."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.annotate.worlds import World, block, record

from genoteca.annotate.calls import read_calls
from genoteca.annotate.covering import OTHER_REFERENCE
from genoteca.annotate.matching import Engine
from genoteca.annotate.publish import publish_alleles, write_published
from genoteca.annotate.sparse_agreement import sparse_agreement
from genoteca.errors import DatasetError
from genoteca.model.sample import SampleKind

CARRIED = [record(line, "1", 100 * line, "A", "G", "0/1") for line in range(1, 6)]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_a_reference_base_that_contradicts_the_samples_is_counted_and_not_matched(
    tmp_path: Path, engine: Engine
) -> None:
    world = World(folder=tmp_path, records=CARRIED)
    answer = world.ask("1:100 A>G", "1:200 C>G", "1:300 T>G", "1:400 A>T", "1:900 C>T", dense=False, engine=engine)
    assert answer.frame()["note"].to_list() == ["1:100 A>G"]
    assert (answer.compared, answer.agreeing) == (4, 2)
    assert answer.unusable == {OTHER_REFERENCE: 2}
    assert answer.sites is None


def test_what_agrees_or_stands_elsewhere_is_no_exception(tmp_path: Path) -> None:
    answer = World(folder=tmp_path, records=CARRIED).ask("1:100 A>G", "1:101 C>G", "2:200 C>G", dense=False)
    assert (answer.compared, answer.agreeing, answer.unusable) == (1, 1, {})


def test_only_changes_of_one_base_are_compared(tmp_path: Path) -> None:
    records = [
        record(1, "1", 100, "AT", "A", "0/1"),
        record(2, "1", 200, "A", "AT", "0/1"),
        record(3, "1", 300, "A", "G", "0/1"),
        record(4, "1", 400, "A", "N", "0/1"),
    ]
    world = World(folder=tmp_path, records=records)
    answer = world.ask("1:100 C>G", "1:200 C>G", "1:300 CT>C", "1:300 CT>GA", "1:400 C>G", dense=False)
    assert (answer.compared, answer.agreeing, answer.unusable) == (0, 0, {})


def test_a_position_is_counted_once_for_each_of_the_samples_bases(tmp_path: Path) -> None:
    records = [record(1, "1", 100, "A", "G,C", "1/2"), record(2, "1", 200, "C", "T", "0/1")]
    records += [record(3, "1", 200, "G", "T", "0/1")]
    answer = World(folder=tmp_path, records=records).ask("1:100 T>G", "1:100 T>A", "1:200 C>A", dense=False)
    assert (answer.compared, answer.agreeing) == (3, 1)
    assert answer.unusable == {OTHER_REFERENCE: 2}


def test_a_position_with_two_bases_in_the_reference_agrees_with_either(tmp_path: Path) -> None:
    answer = World(folder=tmp_path, records=CARRIED).ask("1:100 A>T", "1:100 C>G", "1:200 G>T", dense=False)
    assert (answer.compared, answer.agreeing) == (2, 1)


def test_an_array_has_no_reference_base_to_compare(tmp_path: Path) -> None:
    world = World(folder=tmp_path, blocks=[block(1, "1", 90, 110)], kind=SampleKind.ARRAY)
    answer = world.ask("1:100 A>G", dense=False)
    assert (answer.compared, answer.agreeing, answer.unusable) == (0, 0, {})


def test_an_empty_reference_compares_nothing(tmp_path: Path) -> None:
    answer = World(folder=tmp_path, records=CARRIED).ask(dense=False)
    assert (answer.compared, answer.agreeing) == (0, 0)


def test_a_reference_that_is_not_sorted_is_refused(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=CARRIED)
    path = tmp_path / "unsorted.parquet"
    world.ask("1:100 A>G", "1:200 A>G")
    pl.read_parquet(tmp_path / "reference.parquet").reverse().write_parquet(path)
    for step in (1, 8):
        with pytest.raises(DatasetError, match="not sorted by key"):
            sparse_agreement(path, read_calls(world.tables()), step=step)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("agreement")


bases = st.sampled_from(["A", "C", "G", "T", "AC", "GT", "N", "ACGTACGTACGT"])
alleles = st.tuples(st.sampled_from(["1", "2"]), st.integers(1, 6), bases, bases).filter(lambda row: row[2] != row[3])


@settings(max_examples=60, deadline=None)
@given(
    own=st.lists(alleles, max_size=30),
    known=st.lists(alleles, max_size=30),
    step=st.integers(1, 8),
)
def test_it_counts_what_a_look_at_every_pair_counts(
    folder: Path,
    own: list[tuple[str, int, str, str]],
    known: list[tuple[str, int, str, str]],
    step: int,
) -> None:
    world = World(folder=folder, records=[record(line, *row, "0/1") for line, row in enumerate(own, 1)])
    calls = read_calls(world.tables())
    schema = {"chrom": pl.String, "pos": pl.UInt32, "ref": pl.String, "alt": pl.String}
    reference = publish_alleles(pl.DataFrame(known, schema=schema, orient="row"))
    write_published(reference, folder / "known.parquet")

    def single(frame: pl.DataFrame) -> set[tuple[str, int, str]]:
        rows = frame.select("chrom", "pos", "ref", "alt").iter_rows()
        return {(str(chrom), pos, ref) for chrom, pos, ref, alt in rows if {ref, alt} <= set("ACGT")}

    ours, theirs = single(pl.read_parquet(world.folder / "variants.parquet")), single(reference)
    places = {row[:2] for row in theirs}
    expected = (sum(row[:2] in places for row in ours), len(ours & theirs))
    assert sparse_agreement(folder / "known.parquet", calls, step=step) == expected


def test_of_a_small_reference_only_its_positions_are_looked_at_and_count_alike(tmp_path: Path) -> None:
    records = [
        record(line, "1", 10 * line, "ACGT"[line % 4], "ACGT"[(line + 1) % 4], "0/1") for line in range(1, 400)
    ]
    asked = [f"1:{pos} A>C" for pos in (10, 40, 1600, 3990)]
    answer = World(folder=tmp_path, records=records).ask(*asked, dense=False)
    assert (answer.compared, answer.agreeing) == (4, 2)
