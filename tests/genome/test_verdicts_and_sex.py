"""What the file and the stated sex say against a record: FILTER in both tables, heterozygous calls of a male."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from genoteca.model.sample import Sex

if TYPE_CHECKING:
    from tests.genome.conftest import Reader

BLOCK = "1 {pos} . A <NON_REF> . {filter} END={pos} GT:DP:GQ:MIN_DP {values}"


def test_coverage_keeps_the_filter_of_every_record(read_records: Reader) -> None:
    told = [
        ("PASS", "0/0:30:60:30"),
        (".", "0/0:30:60:30"),
        ("LowQual;q10", "0/0:30:60:30"),
        ("RefCall", "./.:0:0:0"),
    ]
    records = [BLOCK.format(pos=100 + n, filter=verdict, values=values) for n, (verdict, values) in enumerate(told)]
    coverage = read_records(*records, "1 200 . A G 50 q10 . GT:DP:GQ 0/0:30:60").coverage
    assert coverage["filter"].to_list() == ["PASS", None, "LowQual;q10", "RefCall", "q10"]
    assert coverage["evidence"].to_list() == ["reference", "reference", "reference", "no_call", "reference"]


MALE = (
    "X 5000000 A G GT 0/1",
    "X 5000100 A G,C GT 1|2",
    "Y 5000000 A G GT 0/1",
    "X 5000200 A G GT 1/1",
    "X 5000300 A G GT 1",
    "X 5000400 A G GT ./1",
    "X 20000 A G GT 0/1",
    "1 5000000 A G GT 0/1",
)


def test_two_alleles_where_a_male_has_one_copy_are_counted_and_kept(read_records: Reader) -> None:
    read = read_records(*MALE, sex=Sex.MALE)
    warning = (
        "3 calls on X and Y outside the pseudoautosomal regions are heterozygous, which a male genome cannot be."
    )
    assert warning in read.intake.warnings
    kept = read.variants.filter((read.variants["pos"] == 5_000_000) & (read.variants["chrom"] == "X"))
    assert kept["zygosity"].to_list() == ["heterozygous"]


def test_one_such_call_is_named_in_the_singular(read_records: Reader) -> None:
    (warning,) = read_records(MALE[0], sex=Sex.MALE).intake.warnings
    assert warning.startswith("1 call on X and Y outside the pseudoautosomal regions is heterozygous")


@pytest.mark.parametrize("sex", [Sex.FEMALE, Sex.UNSTATED])
def test_nobody_else_is_held_to_one_copy(read_records: Reader, sex: Sex) -> None:
    assert not [text for text in read_records(*MALE, sex=sex).intake.warnings if "heterozygous" in text]
