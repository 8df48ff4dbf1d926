from __future__ import annotations

import pytest

from genoteca.genome.breakends import Mate, is_breakend, mate_of


@pytest.mark.parametrize(
    ("alt", "mate"),
    [
        # The joints of VCF 4.5 section 5.4, https://samtools.github.io/hts-specs/VCFv4.5.pdf.
        ("G]17:198982]", Mate("17", 198982)),
        ("]13:123456]T", Mate("13", 123456)),
        ("C[2:321682[", Mate("2", 321682)),
        ("[17:198983[A", Mate("17", 198983)),
        ("]13:123456]AGTNNNNNCAT", Mate("13", 123456)),
        ("C[<ctg1>:7[", Mate("<ctg1>", 7)),
        ("A[HLA-A*01:01:01:01:300[", Mate("HLA-A*01:01:01:01", 300)),
        ("]2:0]C", Mate("2", 0)),
        (".TGCA", None),
        ("G.", None),
    ],
)
def test_a_breakend_says_where_its_mate_lies(alt: str, mate: Mate | None) -> None:
    assert is_breakend(alt)
    assert mate_of(alt) == mate


@pytest.mark.parametrize("alt", ["[1:100[A", "A[1:100]", "A[1[", "A[1:x["])
def test_brackets_that_do_not_pair_name_no_mate(alt: str) -> None:
    assert is_breakend(alt)
    assert (mate_of(alt) is None) is (alt != "[1:100[A")


@pytest.mark.parametrize("alt", [".", "A", "<DEL>", "*", "<NON_REF>"])
def test_other_alleles_are_no_breakends(alt: str) -> None:
    assert not is_breakend(alt)
