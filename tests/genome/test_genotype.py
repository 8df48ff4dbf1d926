from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.genome.genotype import genotype_rows, parse_genotype

alleles = st.lists(st.integers(-1, 40), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("text", "called", "phased"),
    [
        ("0/1", (0, 1), False),
        ("1|0", (1, 0), True),
        ("./.", (-1, -1), False),
        (".", (-1,), False),
        ("1", (1,), False),
        ("0/1|2", (0, 1, 2), False),
        ("|0|1", (0, 1), True),
        ("/1", (1,), False),
    ],
)
def test_a_genotype_is_read_with_any_ploidy(text: str, called: tuple[int, ...], phased: bool) -> None:
    assert parse_genotype(text) == (called, phased)


@pytest.mark.parametrize("text", ["", "0/", "a/b", "0-1", "0/1/", "-1/0", "1/1\x00", "0//1", "٣/١"[:1] + "/x"])
def test_what_is_no_genotype_is_not_read(text: str) -> None:
    assert parse_genotype(text) is None


@given(alleles, st.sampled_from("/|"))
def test_every_written_genotype_is_read_back(numbers: list[int], mark: str) -> None:
    text = mark.join("." if number < 0 else str(number) for number in numbers)
    made = parse_genotype(text)
    assert made is not None
    assert list(made.called) == numbers


def test_the_table_counts_missing_alleles_and_the_highest_number() -> None:
    rows = genotype_rows(["./3", "nonsense"])
    row = rows.row(0, named=True)
    assert row["ploidy"] == 2
    assert row["missing"] == 1
    assert row["highest"] == 3
    assert rows.get_column("gt").to_list() == ["./3", None, None]
