from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.annotate.worlds import NOTE, World, block, record

from genoteca.annotate.alleles import annotate_alleles
from genoteca.errors import DatasetError
from genoteca.model.build import Build
from genoteca.model.column import Column
from genoteca.model.sample import SampleKind, Sex


def told(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["evidence"], row.get("genotype"), row.get("dosage")


# The cases that every build must answer, at the level of tables.


def test_the_grch37_reference_base_is_read_as_the_build_writes_it(tmp_path: Path) -> None:
    asserted = World(folder=tmp_path, blocks=[block(1, "1", 169519049, 169519049)], build=Build.GRCH37)
    assert told(asserted.one("1:169519049 T>C")) == ("reference", "T/T", 0)
    changed = World(folder=tmp_path, records=[record(1, "1", 169519049, "T", "C", "1/1")], build=Build.GRCH37)
    assert told(changed.one("1:169519049 T>C")) == ("called", "C/C", 2)


def test_another_allele_at_the_position_of_sickle_is_not_sickle(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "11", 5227002, "T", "G", "0/1")])
    assert told(world.one("11:5227002 T>A")) == ("other_allele", "T/G", 0)
    sickle = World(folder=tmp_path, records=[record(1, "11", 5227002, "T", "A", "0/1")])
    assert told(sickle.one("11:5227002 T>A")) == ("called", "T/A", 1)


def test_an_asserted_reference_answers_an_insertion_and_a_no_call_does_not(tmp_path: Path) -> None:
    asserted = World(folder=tmp_path, blocks=[block(4, "9", 133257521, 133257521)], kind=SampleKind.GVCF)
    row = asserted.one("9:133257521 T>TC")
    assert told(row) == ("reference", "T/T", 0)
    assert (row["line"], row["row"], row["filtered"], row["match"]) == (4, None, False, "position")
    unread = World(folder=tmp_path, blocks=[block(7, "9", 133257521, 133257521, "no_call")], kind=SampleKind.ARRAY)
    row = unread.one("9:133257521 T>TC")
    assert told(row) == ("no_call", None, None)
    assert row["line"] == 7


def test_an_untrimmed_deletion_meets_its_trimmed_spelling(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "13", 32340300, "GTGG", "GGG", "0/1")])
    row = world.one("13:32340300 GT>G")
    assert told(row) == ("called", "GTGG/GGG", 1)
    assert row["match"] == "allele"
    assert told(world.one("13:32340300 GTGG>GGG")) == ("called", "GTGG/GGG", 1)


def test_a_heterozygous_carrier_has_one_copy(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "6", 26092913, "G", "A", "0/1")])
    assert told(world.one("6:26092913 G>A")) == ("called", "G/A", 1)


def test_a_male_hemizygote_keeps_the_copies_of_the_file(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "X", 154536002, "C", "T", "1/1")], sex=Sex.MALE)
    assert told(world.one("X:154536002 C>T")) == ("called", "T/T", 2)


def test_a_block_too_weak_to_assert_is_a_no_call(tmp_path: Path) -> None:
    world = World(folder=tmp_path, blocks=[block(1, "1", 900, 1100, "no_call")])
    assert told(world.one("1:1000 A>G")) == ("no_call", None, None)


def test_a_half_call_says_what_is_known(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "2", 135851076, "G", "A", "./1")])
    assert told(world.one("2:135851076 G>A")) == ("partial", "?/A", 1)


def test_two_records_at_one_position_are_one_genotype(tmp_path: Path) -> None:
    world = World(
        folder=tmp_path, records=[record(1, "1", 100, "A", "G", "0/1"), record(2, "1", 100, "A", "T", "0/1")]
    )
    assert told(world.one("1:100 A>G")) == ("called", "G/T", 1)
    assert told(world.one("1:100 A>T")) == ("called", "G/T", 1)
    assert told(world.one("1:100 A>C")) == ("other_allele", "G/T", 0)


def test_a_deleted_copy_is_no_reference_copy(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "A", "G,*", "1/2")])
    assert told(world.one("1:100 A>G")) == ("called", "G/*", 1)
    assert told(world.one("1:100 A>C")) == ("other_allele", "G/*", 0)


# The answer as a whole.

NEAR = [
    record(line, chrom, pos, "A", "G", "0/1")
    for line, (chrom, pos) in enumerate(
        [("1", 20_000), ("6", 29_000_000), ("X", 5_000_000), ("Y", 5_000_000), ("MT", 300)], 1
    )
]


def test_a_dense_answer_counts_every_site_and_shows_what_is_known(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "A", "G", "0/1")])
    answer = world.ask("1:100 A>G", "1:100 A>T", "1:400 C>T", "1:400 C>CA", "5:400 C>A", "5:500 C>A always")
    assert answer.sites == 6
    assert {kind: count for kind, count in answer.evidence.items() if count} == {
        "called": 1, "other_allele": 1, "inferred": 1, "not_covered": 3,
    }  # fmt: skip
    assert answer.frame()["note"].to_list() == ["1:100 A>G", "1:100 A>T", "1:400 C>T", "5:500 C>A always"]
    assert answer.frame()["site"].to_list() == [0, 1, 2, 5]
    assert answer.frame()["evidence"].to_list()[-1] == "not_covered"


def test_a_sparse_answer_holds_what_is_carried_and_no_count_of_sites(tmp_path: Path) -> None:
    world = World(
        folder=tmp_path, records=[record(1, "1", 100, "A", "G,C", "0/1"), record(2, "2", 100, "A", "G", "./1")]
    )
    answer = world.ask("1:100 A>G", "1:100 A>C", "1:400 C>T", "2:100 A>G", dense=False)
    assert answer.sites is None
    assert answer.frame()["note"].to_list() == ["1:100 A>G", "2:100 A>G"]
    assert answer.frame()["evidence"].to_list() == ["called", "partial"]


def test_two_sites_of_one_allele_both_answer(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "A", "G", "0/1")])
    frame = pl.DataFrame(
        {"chrom": ["1", "1"], "pos": [100, 100], "ref": ["A", "A"], "alt": ["G", "G"], "note": ["one", "two"]}
    )
    assert world.ask_frame(frame).frame()["note"].to_list() == ["one", "two"]
    assert world.ask_frame(frame, dense=False).frame()["note"].to_list() == ["one", "two"]


def test_an_empty_sample_and_an_empty_reference_are_answered(tmp_path: Path) -> None:
    empty = World(folder=tmp_path)
    assert empty.ask("1:100 A>G").evidence["not_covered"] == 1
    nothing = empty.ask()
    assert (nothing.sites, len(nothing.frame())) == (0, 0)
    assert len(empty.ask("1:100 A>G", dense=False, engine="duckdb").frame()) == 0


def test_reference_bases_are_compared_so_that_a_wrong_build_shows(tmp_path: Path) -> None:
    world = World(
        folder=tmp_path,
        records=[
            record(1, "1", 100, "A", "G,C", "1/2"),
            record(2, "1", 200, "CTT", "C", "0/1"),
            record(3, "1", 300, "G", "T", "0/1"),
        ],
    )
    answer = world.ask("1:100 A>G", "1:100 A>C", "1:200 C>T", "1:300 T>A", "1:400 T>A", "1:300 GA>G")
    assert (answer.compared, answer.agreeing) == (3, 2)


def test_a_column_that_the_reference_lacks_is_named(tmp_path: Path) -> None:
    world = World(folder=tmp_path)
    world.ask("1:100 A>G")
    with pytest.raises(DatasetError, match="stars"):
        annotate_alleles(
            tmp_path / "reference.parquet",
            world.tables(),
            columns=[NOTE, Column(name="stars", label="Stars")],
            dense=True,
            engine="polars",
        )


def test_unsorted_variants_are_refused(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=NEAR)
    world.ask("1:100 A>G")
    tables = world.tables()
    pl.read_parquet(tables.variants).reverse().write_parquet(tables.variants)
    with pytest.raises(DatasetError, match="not sorted by key"):
        annotate_alleles(tmp_path / "reference.parquet", tables, columns=[], dense=True, engine="polars")


def test_a_reference_with_a_gap_in_its_numbers_is_refused(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=NEAR)
    world.ask("1:100 A>G", "1:200 A>G")
    path = tmp_path / "reference.parquet"
    pl.read_parquet(path).with_columns(site=pl.col("site") * 2).write_parquet(path)
    with pytest.raises(DatasetError, match="numbered from 0"):
        annotate_alleles(path, world.tables(), columns=[], dense=True, engine="polars")


def test_a_reference_that_is_not_sorted_is_refused(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=NEAR)
    world.ask("1:100 A>G", "1:200 A>G", "2:300 A>G")
    path = tmp_path / "reference.parquet"
    published = pl.read_parquet(path)
    published.reverse().with_columns(site=published["site"]).write_parquet(path)
    with pytest.raises(DatasetError, match="not sorted by key"):
        annotate_alleles(path, world.tables(), columns=[], dense=True, engine="polars")


def test_progress_runs_forward(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=NEAR)
    world.ask("1:100 A>G")
    seen: list[float] = []
    annotate_alleles(
        tmp_path / "reference.parquet",
        world.tables(),
        columns=[NOTE],
        dense=True,
        engine="polars",
        progress=lambda fraction, _: seen.append(fraction),
    )
    assert seen == sorted(seen)
    assert len(seen) > 2
