from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from genoteca.errors import ReferenceDataError
from genoteca.sdk.parquet import as_parquet, facts

FRAME = pl.DataFrame({"a": [3, 1, 2], "b": ["x", None, "z"]})


def relation(folder: Path) -> Any:
    FRAME.write_parquet(folder / "given.parquet")
    return duckdb.connect().sql(f"SELECT * FROM '{folder}/given.parquet'")


@pytest.mark.parametrize("kind", ["frame", "lazy", "relation"])
def test_any_table_becomes_the_same_file(tmp_path: Path, kind: str) -> None:
    table: Any = FRAME.lazy() if kind == "lazy" else relation(tmp_path) if kind == "relation" else FRAME
    path = as_parquet(table, tmp_path / "made.parquet")
    assert path == tmp_path / "made.parquet"
    assert pl.read_parquet(path).equals(FRAME)
    assert facts(path) == (FRAME.schema, 3)


def test_a_file_stays_where_it_is(tmp_path: Path) -> None:
    FRAME.write_parquet(tmp_path / "given.parquet")
    assert as_parquet(tmp_path / "given.parquet", tmp_path / "made.parquet") == tmp_path / "given.parquet"
    assert not (tmp_path / "made.parquet").exists()


@pytest.mark.parametrize("given", [None, Path("nowhere.parquet")])
def test_no_table_is_said_plainly(tmp_path: Path, given: Path | None) -> None:
    with pytest.raises(ReferenceDataError):
        as_parquet(given, tmp_path / "made.parquet")
