from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.annotate.worlds import World, record

from genoteca.annotate.calls import read_calls
from genoteca.annotate.covering import meet
from genoteca.annotate.matching import Engine
from genoteca.annotate.spans import Pairs
from genoteca.annotate.table_rows import SLICE, take_rows
from genoteca.errors import DatasetError
from genoteca.genome.key import with_keys


def colliding_insertions() -> tuple[str, str]:
    """Two insertions of one position under one hashed key."""
    digits = np.random.default_rng(7).integers(0, 4, (150_000, 16))
    texts = ["A" + "".join("ACGT"[digit] for digit in row) for row in digits.tolist()]
    frame = pl.DataFrame({"chrom": "1", "pos": 100, "ref": "A", "alt": texts}).unique(maintain_order=True)
    shared = with_keys(frame).filter(pl.col("key").is_duplicated()).sort("key")
    first, second = shared["alt"].head(2)
    return first, second


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_alleles_under_an_equal_hash_are_told_apart(tmp_path: Path, engine: Engine) -> None:
    first, second = colliding_insertions()
    world = World(folder=tmp_path, records=[record(1, "1", 100, "A", first, "0/1")])
    for dense in (True, False):
        answer = world.ask(f"1:100 A>{first}", f"1:100 A>{second}", dense=dense, engine=engine)
        assert answer.frame()["key"].n_unique() == 1
        carried = answer.frame().filter(pl.col("evidence") == "called")
        assert carried["alt"].to_list() == [first]
    assert world.ask(f"1:100 A>{second}", engine=engine).evidence["other_allele"] == 1


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_a_module_small_beside_the_sample_is_answered_as_within_a_large_one(
    tmp_path: Path, engine: Engine, dense: bool
) -> None:
    first, second = colliding_insertions()
    records = [record(n, "1", 100 + 10 * n, "A", "G", "0/1") for n in range(1, 40)]
    records += [record(40, "1", 100, "A", first, "1/1"), record(41, "1", 200, "A", "G", "1/1")]
    world = World(folder=tmp_path, records=records)
    few = ["1:200 A>G", f"1:100 A>{first}", f"1:100 A>{second}", "1:300 A>T"]
    asked = [*few, *(f"1:{100 + 10 * n} A>C" for n in range(1, 40))]
    large = world.ask(*asked, dense=dense, engine=engine).frame().filter(pl.col("note").is_in(few))
    small = world.ask(*few, dense=dense, engine=engine).frame()
    assert small.drop("site").equals(large.drop("site"))
    assert len(small.filter(pl.col("evidence") == "called")) == 2


def test_rows_are_taken_in_order_across_slices(tmp_path: Path) -> None:
    path = tmp_path / "numbers.parquet"
    count = SLICE + 1000
    pl.DataFrame({"number": pl.Series(range(count), dtype=pl.UInt32), "other": "x"}).write_parquet(path)
    rows = np.array([0, 5, SLICE - 1, SLICE, count - 1])
    assert take_rows(path, rows, ["number"])["number"].to_list() == rows.tolist()
    assert take_rows(path, rows[:0], ["number"]).schema == {"number": pl.UInt32}


@pytest.mark.parametrize("row", [3, SLICE * 4])
def test_a_file_shorter_than_the_rows_asked_for_is_refused(tmp_path: Path, row: int) -> None:
    path = tmp_path / "numbers.parquet"
    pl.DataFrame({"number": [1, 2, 3]}).write_parquet(path)
    with pytest.raises(DatasetError, match="2 rows were asked for, it gave"):
        take_rows(path, np.array([0, row]), ["number"])


def test_a_join_that_lost_a_match_is_noticed(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "A", "G", "0/1")])
    calls = read_calls(world.tables())
    site = {"site": 0, "base": "A", "label": "G", "framed": True, "s_pos": 100, "s_ref": "A", "s_alt": "G"}
    loci = pl.DataFrame([site], schema_overrides={"site": pl.UInt32, "s_pos": pl.UInt32})
    both, none = Pairs(np.array([0]), np.array([0])), Pairs(np.array([], np.int64), np.array([], np.int64))
    assert meet(loci, calls, both, both)["exact"].to_list() == [True]
    with pytest.raises(DatasetError, match="gave 0 pairs of equal alleles, the positions gave 1"):
        meet(loci, calls, both, none)
    with pytest.raises(DatasetError, match="gave 1 pairs of equal alleles, the positions gave 0"):
        meet(loci.with_columns(s_alt=pl.lit("T")), calls, both, both)
