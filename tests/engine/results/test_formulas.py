"""Texts that a spreadsheet would run."""

from __future__ import annotations

import polars as pl
import pytest

from genoteca.engine.results.formulas import guarded_texts, runs_as_formula


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "=\n1"])
def test_what_begins_like_a_formula_is_guarded(text: str) -> None:
    assert runs_as_formula(text)
    assert guarded_texts(pl.DataFrame({"note": [text]})).item() == f"'{text}"


@pytest.mark.parametrize("text", ["+", "-", "A+B", "", "1-2"])
def test_a_strand_and_plain_words_stay_what_they_are(text: str) -> None:
    assert not runs_as_formula(text)
    assert guarded_texts(pl.DataFrame({"note": [text]})).item() == text
