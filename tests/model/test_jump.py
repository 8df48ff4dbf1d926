"""What is typed to be taken to a place is read as one writing, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.model.build import CHROMOSOMES, Build
from genoteca.model.jump import JumpKind, jump_of


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("rs4988235", JumpKind.RSID, "rs4988235"),
        (" RS4988235 ", JumpKind.RSID, "rs4988235"),
        ("chr17:43,000,000-43,100,000", JumpKind.REGION, "17:43000000-43100000"),
        ("17:43.000.000-43.100.000", JumpKind.REGION, "17:43000000-43100000"),
        ("17:43M-43.1Mb", JumpKind.REGION, "17:43000000-43100000"),
        ("chr7:500k", JumpKind.REGION, "7:500000-500000"),
        ("x:100-50", JumpKind.REGION, "X:50-100"),
        ("chrM:1..200", JumpKind.REGION, "MT:1-200"),
        ("chr21", JumpKind.REGION, "21:1-46709983"),
        ("21:46,000,000-99,000,000", JumpKind.REGION, "21:46000000-46709983"),
        ("17-43094692-G-A", JumpKind.VARIANT, "17-43094692-G-A"),
        ("chr17:43,094,692 g>a", JumpKind.VARIANT, "17-43094692-G-A"),
        ("chr17:43094692:GA:G", JumpKind.VARIANT, "17-43094692-GA-G"),
        ("17 43094692 G A", JumpKind.VARIANT, "17-43094692-G-A"),
    ],
)
def test_every_usual_writing_of_a_place_is_understood(typed: str, kind: JumpKind, text: str) -> None:
    jump = jump_of(typed, Build.GRCH38)
    assert jump is not None
    assert (jump.kind, jump.text) == (kind, text)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "BRCA1", "HLA-A", "rs", "rs12x", "17", "23:1-2", "0:1-2", "chr17:0-0", "17:99999999999", "17:43.1"),
        *("1:2:3:4:5", "chr21:46709984-46709990", "21-46709984-G-A", "17-43094692-G-G", "17-43094692-N-A"),
    ],
)
def test_what_is_no_place_of_the_build_is_none(typed: str) -> None:
    assert jump_of(typed, Build.GRCH38) is None


def test_a_position_that_only_another_build_has_is_none_in_this_one() -> None:
    beyond = f"21:{Build.GRCH37.lengths['21']}-{Build.GRCH37.lengths['21']}"
    assert jump_of(beyond, Build.GRCH38) is None
    assert jump_of(beyond, Build.GRCH37) is not None
    assert jump_of(beyond) is not None


@given(
    chrom=st.sampled_from(CHROMOSOMES),
    ends=st.tuples(st.integers(1, 16_569), st.integers(1, 16_569)),
    commas=st.booleans(),
    prefix=st.sampled_from(["", "chr", "Chr"]),
)
def test_a_region_comes_back_whatever_the_writing(
    chrom: str, ends: tuple[int, int], commas: bool, prefix: str
) -> None:
    start, end = sorted(ends)
    form = "," if commas else ""
    jump = jump_of(f"{prefix}{chrom}:{start:{form}}-{end:{form}}", Build.GRCH38)
    assert jump is not None
    assert jump.text == f"{chrom}:{start}-{end}"
    assert jump_of(jump.shown, Build.GRCH38) == jump


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    jump = jump_of(typed)
    assert jump is None or jump_of(jump.text) is not None
