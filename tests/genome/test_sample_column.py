from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from genoteca.genome.sample_column import SampleColumn

KEYS = ("GT", "AD", "DP", "GQ", "PS", "PL")
VALUES = st.sampled_from(["0/1", ".", "", "7", "12,3", "0,0,255"])
FORMATS = st.lists(st.sampled_from(KEYS), min_size=1, max_size=6, unique=True)
ROWS = st.lists(st.tuples(FORMATS, st.lists(VALUES, min_size=1, max_size=8)), max_size=40)
ONE_FORMAT = st.tuples(FORMATS, st.lists(st.lists(VALUES, min_size=1, max_size=8), max_size=40)).map(
    lambda told: [(told[0], values) for values in told[1]]
)
Rows = list[tuple[list[str], list[str]]]


def _column(rows: Rows) -> SampleColumn:
    formats = pl.Series([":".join(keys) for keys, _ in rows], dtype=pl.String)
    return SampleColumn(formats, pl.Series([":".join(values) for _, values in rows], dtype=pl.String))


@given(ROWS | ONE_FORMAT)
def test_every_row_is_cut_by_its_own_format(rows: Rows) -> None:
    """A row may have fewer values than keys, and more; plain Python says the same."""
    column = _column(rows)
    for key in KEYS:
        expected = [dict(zip(keys, values, strict=False)).get(key) for keys, values in rows]
        found = column.texts(key)
        assert (found is None) == (expected.count(None) == len(expected))
        assert found is None or found.to_list() == expected


@given(ROWS | ONE_FORMAT)
def test_rows_with_more_values_than_keys_are_told(rows: Rows) -> None:
    assert _column(rows).beyond_format.tolist() == [len(values) > len(keys) for keys, values in rows]


def test_many_formats_in_one_column_are_told_apart() -> None:
    formats = [[*KEYS[n % 6 :], *KEYS[: n % 6]][: 1 + n % 5] for n in range(30)]
    rows = [(keys, [f"{key}{n}" for key in keys]) for n, keys in enumerate(formats)]
    found = _column(rows).texts("DP")
    assert found is not None
    assert found.to_list() == [f"DP{n}" if "DP" in keys else None for n, keys in enumerate(formats)]
