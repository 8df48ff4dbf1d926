from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sdk.modules import manifest

from genoteca.model.sample import Sample
from genoteca.sdk.testable import why_not_testable


def sample(**changes: Any) -> Sample:
    told: dict[str, Any] = {
        "id": {"user": "anna", "sample": "one"},
        "user_name": "Anna",
        "sample_name": "One",
        "source": {"path": "/a.vcf", "name": "a.vcf", "kept": "in place", "bytes": 1},
        "build": "GRCh38",
        "build_evidence": "stated",
        "kind": "whole genome",
        "added": datetime.now(UTC),
    }
    return Sample.model_validate(told | changes)


def test_a_sample_that_fits_is_tested() -> None:
    assert why_not_testable(manifest(), sample()) == ""
    assert why_not_testable(manifest(needs_gvcf=True), sample(kind="gVCF")) == ""


@pytest.mark.parametrize(
    ("module", "genome", "said"),
    [
        ({"builds": ["GRCh38"]}, {"build": "GRCh37"}, "Little knows positions of GRCh38; this genome is of GRCh37."),
        ({}, {"build": "NCBI36"}, "Little knows positions of GRCh37 and GRCh38; this genome is of NCBI36."),
        ({}, {"kind": "no genotypes"}, "The file lists variants but no genotypes"),
        ({"needs_gvcf": True}, {"kind": "whole genome"}, "Little needs a gVCF"),
        ({}, {"kind": "array"}, "this file is of the kind array"),
    ],
)
def test_a_sample_that_does_not_fit_is_told_why(module: dict[str, Any], genome: dict[str, Any], said: str) -> None:
    assert said in why_not_testable(manifest(**module), sample(**genome))
