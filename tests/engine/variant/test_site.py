"""What a sample has at one site: every evidence, decided as for a module's sites."""

from __future__ import annotations

import pytest

from genoteca.engine.variant.site import asserted_at, site_answer
from genoteca.model.evidence import Evidence
from genoteca.model.sample import SampleKind, Sex
from genoteca.model.variant import VariantName

from .conftest import Tables

GVCF = (
    "chr2 100 . G A 50 PASS . GT:DP:GQ 0/1:30:99",
    "chr2 200 . G . . PASS END=300 GT:DP:GQ 0/0:30:99",
    "chr2 400 . G . . PASS END=500 GT:DP:GQ 0/0:30:0",
    "chr2 600 . G A 50 PASS . GT:DP:GQ ./1:30:99",
    "chr2 700 . G A 9 LowQual . GT:DP:GQ 0/1:30:99",
    "chr2 800 . A G 50 PASS . GT:DP:GQ 0/1:30:99",
    "chr2 800 . A T 50 PASS . GT:DP:GQ 0/1:30:99",
)


@pytest.mark.parametrize(
    ("variant", "evidence", "genotype"),
    [
        ("2-100-G-A", Evidence.CALLED, "G/A"),
        ("2-100-G-T", Evidence.OTHER_ALLELE, "G/A"),
        ("2-250-G-A", Evidence.REFERENCE, "G/G"),
        ("2-450-G-A", Evidence.NO_CALL, None),
        ("2-600-G-A", Evidence.PARTIAL, "?/A"),
        ("2-900-G-A", Evidence.NOT_COVERED, None),
        ("2-800-A-G", Evidence.CALLED, "G/T"),
        ("2-800-A-C,T", Evidence.CALLED, "G/T"),
    ],
)
def test_a_site_is_answered_with_its_evidence(
    tables: Tables, variant: str, evidence: Evidence, genotype: str | None
) -> None:
    found = site_answer(tables(*GVCF), VariantName.parse(variant), infer=True)
    assert (found.evidence, found.genotype) == (evidence, genotype)


def test_a_filtered_call_says_so_and_names_its_record(tables: Tables) -> None:
    found = site_answer(tables(*GVCF), VariantName.parse("2-700-G-A"), infer=False)
    assert (found.evidence, found.filtered, found.line) == (Evidence.CALLED, True, 5)


@pytest.mark.parametrize(("infer", "evidence"), [(True, Evidence.INFERRED), (False, Evidence.NOT_COVERED)])
def test_silence_is_read_as_reference_only_where_that_may_be(tables: Tables, infer: bool, evidence: Evidence) -> None:
    whole = tables("chr2 100 . G A 50 PASS . GT:DP:GQ 0/1:30:99", kind=SampleKind.WHOLE_GENOME)
    assert site_answer(whole, VariantName.parse("2-300-G-A"), infer=infer).evidence is evidence


def test_a_place_on_y_does_not_apply_to_a_woman(tables: Tables) -> None:
    woman = tables("chr2 100 . G A 50 PASS . GT:DP:GQ 0/1:30:99", sex=Sex.FEMALE)
    assert site_answer(woman, VariantName.parse("Y-2787000-G-A"), infer=True).evidence is Evidence.NOT_APPLICABLE


def test_a_block_tells_its_depth_and_its_record(tables: Tables) -> None:
    (block,) = asserted_at(tables(*GVCF).coverage, "2", 250)
    assert (block["depth"], block["genotype_quality"], block["line"]) == (30, 99, 2)
