"""A report section: what it cannot hold is told without repeating it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from genoteca.model.report import ReportFinding
from genoteca.model.variant import short_bases


def test_an_error_of_a_finding_repeats_nothing_of_what_was_found() -> None:
    with pytest.raises(ValidationError) as caught:
        ReportFinding(title="A gene", text="", details=("Genotype: " + "ACGT" * 1200,))
    assert "ACGT" not in str(caught.value)


def test_a_long_stretch_of_bases_is_named_by_its_beginning_and_its_length() -> None:
    assert short_bases("ACGT" * 1200 + "/A") == "ACGTACGTACGT… (4,800 bases)/A"
    assert short_bases("1:100 ACGTACGT>A") == "1:100 ACGTACGT>A"
