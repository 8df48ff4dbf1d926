"""A look at a table counts what a walk over its rows counts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genoteca.engine.results import parse_where
from genoteca.engine.results.glance import first_rows, tally, values_of
from genoteca.errors import DatasetError, FilterError
from genoteca.model.column import ANNOTATIONS, AnnotationColumn, ColumnType
from genoteca.model.tally import STRETCH

KIND = AnnotationColumn(name="kind", label="Kind", type=ColumnType.CATEGORY)
COLUMNS = [*(column for column in ANNOTATIONS if column.name in ("chrom", "pos", "evidence")), KIND]
CALLED = parse_where("evidence = 'called'")
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1", "X", "MT"]),
        st.integers(1, 3 * STRETCH),
        st.sampled_from(["called", "reference"]),
        st.sampled_from(["a", "b", None]),
    ),
    max_size=30,
)


def written(path: Path, rows: list[tuple[str, int, str, str | None]]) -> Path:
    frame = pl.DataFrame(rows, schema=["chrom", "pos", "evidence", "kind"], orient="row")
    frame.cast({"chrom": pl.String, "pos": pl.UInt32, "evidence": pl.String, "kind": pl.String}).write_parquet(path)
    return path


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_places_and_classes_are_counted_as_a_person_would(
    tmp_path: Path, rows: list[tuple[str, int, str, str | None]]
) -> None:
    path = written(tmp_path / "rows.parquet", rows)
    found = tally(path, COLUMNS, places=CALLED, classes=CALLED, class_column="kind")
    called = [row for row in rows if row[2] == "called"]
    assert found.rows == len(called)
    places = Counter((chrom, (pos - 1) // STRETCH) for chrom, pos, _, _ in called)
    assert {(c, s): n for c, told in found.places.items() for s, n in told.items()} == places
    assert found.classes == Counter(kind for _, _, _, kind in called if kind)
    first, total = first_rows(path, COLUMNS, CALLED, 3)
    assert total == len(called)
    assert [(row["chrom"], row["pos"], row["kind"]) for row in first] == [(c, p, k) for c, p, _, k in called[:3]]
    assert values_of(path, KIND) == sorted({kind for _, _, _, kind in rows if kind})


def test_a_filter_of_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.parquet", [("1", 5, "called", "a")])
    with pytest.raises(FilterError, match="no column 'stars'"):
        tally(path, COLUMNS, places=parse_where("stars > 1"))


def test_a_damaged_table_is_told_as_one(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.parquet", [("1", 5, "called", "a")])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DatasetError, match="cannot be read"):
        tally(path, COLUMNS, places=CALLED)
    with pytest.raises(DatasetError, match="cannot be read"):
        first_rows(tmp_path / "gone.parquet", COLUMNS, CALLED, 3)
