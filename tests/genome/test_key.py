from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.genome.key import BASE_SHIFT, position_bounds, single_bases, variant_keys, with_keys
from genoteca.genome.schema import CHROM
from genoteca.model.build import CHROMOSOMES, RANK

Row = tuple[str, int, str, str]

bases = st.text("ACGT", min_size=1, max_size=14)
rows = st.tuples(st.sampled_from(CHROMOSOMES), st.integers(1, 250_000_000), bases, bases)


def _keys(*given_rows: Row) -> list[int]:
    schema = pl.Schema({"chrom": CHROM, "pos": pl.UInt32(), "ref": pl.String(), "alt": pl.String()})
    return variant_keys(pl.DataFrame(list(given_rows), schema=schema, orient="row")).to_list()


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (("1", 1, "A", "C"), 1 << 59 | 1 << 31 | 1 << 27 | 1 << 23 | 0 << 21 | 1 << 19),
        (("MT", 16569, "T", "G"), 25 << 59 | 16569 << 31 | 1 << 27 | 1 << 23 | 3 << 21 | 2 << 19),
        (("X", 5, "GT", "G"), 23 << 59 | 5 << 31 | 2 << 27 | 1 << 23 | 2 << 21 | 3 << 19 | 2 << 17),
        (("2", 7, "A" * 12, "C"), 1152921520618232923),
        (("2", 7, "A", "<DEL>"), 1152921520137221459),
    ],
)
def test_the_layout_of_the_key_never_changes(row: Row, key: int) -> None:
    assert _keys(row) == [key]


@given(st.lists(rows, min_size=2, max_size=2))
def test_keys_keep_the_order_of_chromosome_and_position(pair: list[Row]) -> None:
    first, second = ((RANK[row[0]], row[1]) for row in pair)
    one, other = _keys(*pair)
    if first != second:
        assert (one < other) == (first < second)


@given(st.lists(st.tuples(bases, bases), min_size=2, max_size=2))
def test_keys_of_short_alleles_are_equal_only_for_equal_alleles(pair: list[tuple[str, str]]) -> None:
    short = [alleles for alleles in pair if len("".join(alleles)) <= 11]
    keys = _keys(*(("7", 100, ref, alt) for ref, alt in short))
    assert len(set(keys)) == len(set(short))
    assert all(key % 2 == 0 for key in keys)


@given(rows)
def test_a_key_lies_within_the_bounds_of_its_position_and_of_no_other(row: Row) -> None:
    key = _keys(row)[0]
    low, high = position_bounds(row[0], row[1], row[1])
    assert low <= key <= high
    assert key < position_bounds(row[0], row[1] + 1, row[1] + 9)[0]


@given(st.lists(rows, min_size=1, max_size=30))
def test_a_key_does_not_depend_on_the_rows_around_it(given_rows: list[Row]) -> None:
    assert _keys(*given_rows) == [_keys(row)[0] for row in given_rows]


def test_alleles_that_are_no_bases_have_an_odd_key() -> None:
    assert all(key % 2 for key in _keys(("1", 5, "A", "é"), ("1", 5, "N", "A"), ("1", 5, "A" * 40, "C")))


def test_the_key_is_added_to_a_frame_and_to_an_empty_one() -> None:
    frame = pl.DataFrame({"chrom": ["1"], "pos": [5], "ref": ["A"], "alt": ["C"]})
    assert with_keys(frame).schema["key"] == pl.UInt64
    assert with_keys(frame.clear()).is_empty()


@given(st.lists(rows, max_size=20))
def test_position_and_reference_base_of_single_changes_are_read_from_keys_alone(given_rows: list[Row]) -> None:
    single = [row for row in given_rows if len(row[2]) == len(row[3]) == 1]
    told = single_bases(np.array(_keys(*given_rows), np.uint64)).tolist()
    places = [key >> 31 for key in _keys(*single)]
    assert [number >> BASE_SHIFT for number in told] == places
    assert ["ACGT"[number & 3] for number in told] == [row[2] for row in single]
    assert len(set(told)) == len({row[:3] for row in single})


def test_a_hash_is_never_taken_for_a_single_change() -> None:
    looks_single = 1 << 59 | 1 << 31 | 1 << 27 | 1 << 23
    assert single_bases(np.array([looks_single, looks_single | 1], np.uint64)).tolist() == [looks_single >> 21]
    assert not len(single_bases(np.array(_keys(("2", 7, "A", "N"), ("2", 7, "A", "<DEL>")), np.uint64)))
