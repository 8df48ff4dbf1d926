from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.genome import sorted_table
from genoteca.genome.sorted_table import Layout, SortedTable

LAYOUT = Layout(
    schema=pl.Schema({"key": pl.UInt64(), "text": pl.String()}),
    order=pl.col("key"),
    delta=("key",),
    dictionary=("text",),
    statistics=("key",),
)
EVERYTHING = 1 << 63


@pytest.fixture(autouse=True)
def _small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorted_table, "GROUP", 8)
    monkeypatch.setattr(sorted_table, "MERGED", 12)


def _frame(keys: list[int]) -> pl.DataFrame:
    return pl.DataFrame({"key": keys, "text": [str(key) for key in keys]}, schema=LAYOUT.schema)


def _written(path: Path, parts: list[tuple[list[int], int]]) -> pl.DataFrame:
    table = SortedTable(path, LAYOUT)
    for keys, settled in parts:
        table.add(_frame(keys), settled=settled)
    table.close()
    assert table.rows == sum(len(keys) for keys, _ in parts)
    return pl.read_parquet(path)


@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 50), max_size=30), st.sampled_from([0, 10, 30, EVERYTHING])), max_size=8
    )
)
def test_any_frames_come_out_sorted_and_whole(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[list[int], int]]
) -> None:
    path = tmp_path_factory.mktemp("sorted") / "table.parquet"
    keys = sorted(key for part, _ in parts for key in part)
    made = _written(path, parts)
    assert made["key"].to_list() == keys
    assert made["text"].to_list() == [str(key) for key in keys]
    assert [found.name for found in path.parent.iterdir()] == ["table.parquet"]


def test_rows_that_are_not_settled_wait_for_what_comes_before_them(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    table = SortedTable(path, LAYOUT)
    table.add(_frame([1, 2, 9, 7]), settled=5)
    table.add(_frame([5, 6, 8]), settled=EVERYTHING)
    assert [found.name for found in tmp_path.iterdir()] == ["table.parquet"]
    table.close()
    assert pl.read_parquet(path)["key"].to_list() == [1, 2, 5, 6, 7, 8, 9]


def test_row_groups_are_full_and_keys_delta_packed(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    _written(path, [(list(range(20)), EVERYTHING), (list(range(20, 30)), EVERYTHING)])
    file = pq.ParquetFile(path)
    groups = [file.metadata.row_group(group) for group in range(file.metadata.num_row_groups)]
    assert [group.num_rows for group in groups] == [8, 8, 8, 6]
    assert all("DELTA_BINARY_PACKED" in group.column(0).encodings for group in groups)
    assert groups[1].column(0).compression == "ZSTD"


def test_what_is_discarded_leaves_nothing(tmp_path: Path) -> None:
    table = SortedTable(tmp_path / "table.parquet", LAYOUT)
    table.add(_frame(list(range(10, 30))), settled=EVERYTHING)
    table.add(_frame([1, 2]), settled=EVERYTHING)
    table.discard()
    assert list(tmp_path.iterdir()) == []
