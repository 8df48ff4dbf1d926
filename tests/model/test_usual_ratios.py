from __future__ import annotations

from typing import Any

import pytest

from genoteca.model.quality import FilterCounts, Histogram, Quality, SexEvidence
from genoteca.model.record import CheckResult
from genoteca.model.sample import SampleKind
from genoteca.model.usual_ratios import ENOUGH, quality_checks

NONE = Histogram(starts=[], counts=[])
SEX = SexEvidence(pattern=None, why="", x_heterozygous=0, x_homozygous=0, y_carried=0, y_reference_bases=0)


def judged(kind: SampleKind, **counts: int) -> dict[str, CheckResult]:
    names = ("records", "alleles", "snvs", "insertions", "deletions", "mnvs", "unresolved", "multi_allelic")
    more = ("transitions", "transversions", "heterozygous", "homozygous")
    whole: dict[str, Any] = dict.fromkeys((*names, *more), 0) | counts
    quality = Quality(
        **whole, depth=NONE, genotype_quality=NONE, balance=NONE, filters=FilterCounts(), sex=SEX, chromosomes=[]
    )
    return {check.name: check for check in quality_checks(quality, kind)}


@pytest.mark.parametrize(
    ("kind", "ratio", "verdict"),
    [
        (SampleKind.WHOLE_GENOME, 2.05, "passed"),
        (SampleKind.WHOLE_GENOME, 3.0, "warning"),
        (SampleKind.WHOLE_GENOME, 0.5, "warning"),
        (SampleKind.EXOME, 3.0, "passed"),
        (SampleKind.EXOME, 2.05, "warning"),
        (SampleKind.GVCF, 3.0, "passed"),
        (SampleKind.GVCF, 2.05, "passed"),
    ],
)
def test_transitions_are_judged_by_the_kind_of_file(kind: SampleKind, ratio: float, verdict: str) -> None:
    found = judged(kind, transitions=round(10_000 * ratio), transversions=10_000)["ti_tv"]
    assert found.verdict == verdict
    assert f"{ratio:.2f}" in found.description
    assert not found.blocks


def test_het_hom_is_judged_and_says_what_is_usual() -> None:
    assert judged(SampleKind.EXOME, heterozygous=1600, homozygous=1000)["het_hom"].verdict == "passed"
    few_reads = judged(SampleKind.EXOME, heterozygous=500, homozygous=1000)["het_hom"]
    assert few_reads.verdict == "warning"
    assert few_reads.description == "0.50 of 1500 calls on chromosomes 1 to 22; usual are 1 to 2.6."


@pytest.mark.parametrize(("one", "other"), [(0, 0), (ENOUGH - 2, 1), (5 * ENOUGH, 0)])
def test_too_few_calls_are_not_judged_and_never_green(one: int, other: int) -> None:
    counts = {"transitions": one, "transversions": other, "heterozygous": one, "homozygous": other}
    for check in judged(SampleKind.WHOLE_GENOME, **counts).values():
        assert (check.verdict, check.failed) == ("not evaluated", False)


def test_a_chip_is_not_judged() -> None:
    counts = {"unresolved": 600_000, "heterozygous": 100_000, "homozygous": 500_000}
    assert {one.verdict for one in judged(SampleKind.ARRAY, **counts).values()} == {"not evaluated"}
