"""Which copies of a gene carry something: told by zygosity, and of two alleles by one phase set only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.annotate.carried import Carried, Lie, _is_changed, carried_alleles, how_they_lie
from genoteca.genome.alleles import trim


def variant(genotype: str, *, ps: str | None = None, ref: str = "C", alt: str = "T", **more: Any) -> dict[str, Any]:
    zygosity = {2: "heterozygous", 1: "homozygous"}[len(set(genotype.replace("|", "/").split("/")))]
    return {"zygosity": zygosity, "phase_set": ps, "genotype": genotype, "ref": ref, "alt": alt, "line": 1, **more}


def alleles(
    tmp_path: Path, *variants: dict[str, Any], evidence: str = "called", copies: int | None = 1
) -> list[Carried]:
    """Give the carried alleles of a sample with these variants, one answer each."""
    path = tmp_path / "variants.parquet"
    pl.DataFrame([one | {"line": n} if one["line"] == 1 else one for n, one in enumerate(variants, 1)]).write_parquet(
        path
    )
    rows = [{"site": n, "row": n, "chrom": "7", "evidence": evidence, "dosage": copies} for n in range(len(variants))]
    return carried_alleles(pl.DataFrame(rows).lazy(), path)


@pytest.mark.parametrize(
    ("one", "other", "lie"),
    [
        (variant("C/T"), variant("C/T"), Lie.UNKNOWN),
        (variant("C|T", ps="7"), variant("T|C", ps="7"), Lie.DIFFERENT),
        (variant("C|T", ps="7"), variant("C|T", ps="7"), Lie.SAME),
        (variant("C|T", ps="7"), variant("T|C", ps="8"), Lie.UNKNOWN),
        (variant("C|T"), variant("T|C"), Lie.UNKNOWN),
        (variant("C|T", ps="7"), variant("A|ATG", ps="7", ref="A", alt="ATG"), Lie.SAME),
        (variant("C|T", ps="7"), variant("ATG|A", ps="7", ref="ATG", alt="A"), Lie.SAME),
        (variant("A/G", alt="A", line=9), variant("A/G", alt="G", line=9), Lie.DIFFERENT),
    ],
)
def test_two_alleles_are_told_apart_by_one_phase_set_or_by_one_genotype(
    tmp_path: Path, one: dict[str, Any], other: dict[str, Any], lie: Lie
) -> None:
    assert how_they_lie(alleles(tmp_path, one, other)) is lie


def test_of_three_alleles_two_on_different_copies_leave_no_copy_free(tmp_path: Path) -> None:
    three = alleles(tmp_path, variant("C|T", ps="7"), variant("T|C", ps="7"), variant("C/T"))
    assert how_they_lie(three) is Lie.DIFFERENT
    assert how_they_lie([three[0], three[2]]) is Lie.UNKNOWN
    assert how_they_lie(three[:1]) is Lie.UNKNOWN


def test_only_called_and_half_known_alleles_are_carried_and_a_half_known_one_has_no_zygosity(tmp_path: Path) -> None:
    assert [one.zygosity for one in alleles(tmp_path, variant("T/T"))] == ["homozygous"]
    assert [one.zygosity for one in alleles(tmp_path, variant("C/T"), evidence="partial")] == [""]
    assert alleles(tmp_path, variant("C/T"), evidence="partial", copies=None) == []  # ./0: the known half has it not
    for silent in ("reference", "other_allele", "no_call", "not_covered", "inferred"):
        assert alleles(tmp_path, variant("C/T"), evidence=silent) == []


bases = st.text("ACGT", min_size=1, max_size=6)


@given(bases, bases)
def test_a_trimmed_change_leads_from_one_whole_allele_to_the_other(before: str, after: str) -> None:
    if before == after:
        return
    _, ref, alt = trim(1, before, after)
    assert _is_changed(before, after, ref, alt)
    if len(before) != len(after):
        assert not _is_changed(after, before, ref, alt)
