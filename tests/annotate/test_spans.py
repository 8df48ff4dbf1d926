from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from genoteca.annotate.spans import expand, index_in, inside, merge, overlapping, region_span
from genoteca.model.build import CHROMOSOMES, Build, Region, mhc

spans = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 10)), max_size=12).map(
    lambda pairs: sorted((start, start + more) for start, more in pairs)
)


def columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...]:
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


@given(left=spans, right=spans)
def test_spans_meet_where_they_share_a_place_and_once(
    left: list[tuple[int, int]], right: list[tuple[int, int]]
) -> None:
    pairs = overlapping(*columns(left), *columns(right))
    want = [
        (i, j)
        for i, (start, end) in enumerate(left)
        for j, (other_start, other_end) in enumerate(right)
        if start <= other_end and other_start <= end
    ]
    assert sorted(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)) == want


@given(pairs=spans)
def test_merged_spans_hold_the_same_places_and_do_not_touch(pairs: list[tuple[int, int]]) -> None:
    starts, ends = merge(*columns(pairs))
    held = {place for start, end in pairs for place in range(start, end + 1)}
    merged = [place for start, end in zip(starts, ends, strict=True) for place in range(start, end + 1)]
    assert merged == sorted(held)
    assert (starts[1:] > ends[:-1] + 1).all()


def test_empty_ranges_expand_to_nothing() -> None:
    pairs = expand(np.array([3, 5, 5]), np.array([5, 5, 4]))
    assert pairs.left.tolist() == [0, 0]
    assert pairs.right.tolist() == [3, 4]


def test_no_chromosome_reaches_the_next() -> None:
    for build in Build:
        ends = [region_span(Region(chrom, 1, build.lengths[chrom])) for chrom in CHROMOSOMES]
        assert all(before.end < after.start for before, after in pairwise(ends))


def test_a_region_holds_both_its_ends() -> None:
    region = mhc(Build.GRCH38)
    assert region is not None
    start, end = region_span(region)
    assert inside(np.array([start - 1, start, end, end + 1]), region).tolist() == [False, True, True, False]


@given(
    held=st.lists(st.integers(0, 60), unique=True).map(sorted),
    chosen=st.lists(st.integers(0, 1000), max_size=40).map(sorted),
)
def test_numbers_are_found_among_those_that_hold_them(held: list[int], chosen: list[int]) -> None:
    wanted = sorted(held[number % len(held)] for number in chosen) if held else []
    numbers = np.array(held, np.int64)
    found = index_in(numbers, np.array(wanted, np.uint32))
    assert found.tolist() == [held.index(number) for number in wanted]
