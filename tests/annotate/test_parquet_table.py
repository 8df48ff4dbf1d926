from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.annotate.parquet_table import ROWS_A_GROUP, ParquetTable, write_table

CELLS = st.one_of(st.none(), st.text(max_size=3), st.integers(0, 10**6).map(lambda number: f"rs{number}"))


def encodings(path: Path) -> dict[str, set[str]]:
    group = pq.ParquetFile(path).metadata.row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    return {column.path_in_schema: set(column.encodings) for column in columns}


def test_only_a_column_whose_values_repeat_keeps_a_dictionary(tmp_path: Path) -> None:
    count = 20_000
    frame = pl.DataFrame(
        {
            "rsid": [f"rs{number}" for number in range(count)],
            "frequency": [number / 7 for number in range(count)],
            "gene": ["HFE", None] * (count // 2),
            "nothing": pl.Series([None] * count, dtype=pl.String),
        }
    )
    write_table(frame, tmp_path / "table.parquet")
    kept = {name for name, told in encodings(tmp_path / "table.parquet").items() if "RLE_DICTIONARY" in told}
    assert kept == {"gene", "nothing"}
    assert pl.read_parquet(tmp_path / "table.parquet").equals(frame)


@given(parts=st.lists(st.lists(CELLS, max_size=30), min_size=1, max_size=4))
def test_a_table_written_in_parts_is_the_whole(
    parts: list[list[str | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    frames = [pl.DataFrame({"text": pl.Series(part, dtype=pl.String)}) for part in parts]
    path = tmp_path_factory.mktemp("table") / "table.parquet"
    table = ParquetTable(path)
    for frame in frames:
        table.add(frame)
    table.close()
    assert table.rows == sum(map(len, parts))
    assert pl.read_parquet(path).equals(pl.concat(frames))


def test_values_that_repeat_only_later_are_written_too(tmp_path: Path) -> None:
    first = pl.DataFrame({"text": [f"rs{number}" for number in range(ROWS_A_GROUP)]})
    then = pl.DataFrame({"text": ["same"] * 10})
    table = ParquetTable(tmp_path / "table.parquet")
    table.add(first)
    table.add(then)
    table.close()
    assert pl.read_parquet(tmp_path / "table.parquet").equals(pl.concat([first, then]))
