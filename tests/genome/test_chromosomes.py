from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from genoteca.genome.chromosomes import chromosomes_in
from genoteca.genome.schema import CHROM


@pytest.mark.parametrize("kind", [pl.String, CHROM])
def test_the_chromosomes_of_a_table_are_named_once_each(tmp_path: Path, kind: pl.DataType) -> None:
    path = tmp_path / "table.parquet"
    pl.DataFrame({"chrom": ["1", "X", "1", "MT"]}, schema={"chrom": kind}).write_parquet(path)
    assert chromosomes_in(path) == {"1", "X", "MT"}
    pl.DataFrame(schema={"chrom": kind}).write_parquet(path)
    assert chromosomes_in(path) == frozenset()
