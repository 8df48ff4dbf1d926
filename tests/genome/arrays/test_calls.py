"""What an array's genotype says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.genome.arrays.calls import MINUS, ArrayCall, Observed, call_table, parse_call

BASES = st.sampled_from("ACGT")


@pytest.mark.parametrize(
    ("text", "alleles", "observed"),
    [
        ("AG", ("A", "G"), Observed.BASES),
        ("a/g", ("A", "G"), Observed.BASES),
        ("G|A", ("G", "A"), Observed.BASES),
        ("A", ("A",), Observed.BASES),
        ("--", (None, None), Observed.NOTHING),
        ("00", (None, None), Observed.NOTHING),
        ("0/0", (None, None), Observed.NOTHING),
        ("--/--", (None, None), Observed.NOTHING),
        ("-", (None,), Observed.NOTHING),
        ("NC", (None, None), Observed.NOTHING),
        ("-A", (None, "A"), Observed.BASES),
        ("A/0", ("A", None), Observed.BASES),
        ("DI", ("D", "I"), Observed.INDEL),
        ("I", ("I",), Observed.INDEL),
        ("A/ATT", ("A", "ATT"), Observed.INDEL),
        ("~AC", ("T", "G"), Observed.BASES),
    ],
)
def test_a_call_is_read(text: str, alleles: tuple[str | None, ...], observed: int) -> None:
    assert parse_call(text) == ArrayCall(alleles, observed)


@pytest.mark.parametrize("text", ["ZZ", "AI", "A/I", "ATTT", "A/C/G", "12", "A G", "=1+1"])
def test_what_cannot_be_read_is_not_guessed(text: str) -> None:
    assert parse_call(text) is None


@given(BASES, BASES)
def test_reading_the_minus_strand_twice_gives_the_file_back(first: str, second: str) -> None:
    plus = parse_call(f"{MINUS}{first}{second}")
    assert plus is not None
    assert parse_call(MINUS + "".join(allele or "-" for allele in plus.alleles)) == parse_call(first + second)


@given(BASES, BASES)
def test_the_order_of_two_alleles_makes_no_other_genotype(first: str, second: str) -> None:
    table = call_table([first + second, f"{second}/{first}"])
    assert table["distinct"].n_unique() == 1
