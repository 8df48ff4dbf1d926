"""Times and counts in words."""

from __future__ import annotations

import pytest

from genoteca.actions.words import answer_words, counted, export_words, left_words, unusable_words
from genoteca.model.export import ExportReport, ModuleExport


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (0.3, "a few seconds left"),
        (9.9, "a few seconds left"),
        (10, "about 10 seconds left"),
        (31, "about 40 seconds left"),
        (50, "about 50 seconds left"),
        (55, "about 1 minute left"),
        (89, "about 1 minute left"),
        (91, "about 2 minutes left"),
        (3500, "about 58 minutes left"),
        (3580, "about 1 hour left"),
        (7300, "about 2 hours left"),
    ],
)
def test_what_is_left_is_told_no_finer_than_it_is_known(seconds: float | None, text: str) -> None:
    assert left_words(seconds) == text


def test_calls_that_cannot_be_used_are_told_by_reason() -> None:
    assert unusable_words({"no strand": 1, "no allele": 1200}) == [
        "1 call of this genome cannot be used: no strand",
        "1,200 calls of this genome cannot be used: no allele",
    ]


def test_what_could_not_be_looked_up_is_never_called_absent() -> None:
    assert answer_words(None, {}, 5) == "5 matches; everything else you carry was looked up here and is absent"
    told = answer_words(None, {}, 5, unusable=True)
    assert told == "5 matches; everything else you carry that could be looked up here is absent"


def test_a_list_of_places_says_where_nothing_else_lies_and_calls_nothing_absent() -> None:
    told = answer_words(None, {}, 5, places=True)
    assert told == "5 matches; nothing else you carry lies at a place that it lists"
    assert answer_words(None, {}, 0, places=True) == "0 matches; nothing you carry lies at a place that it lists"
    told = answer_words(None, {}, 1, lifted="The module's 9 sites were lifted.", unusable=True, places=True)
    assert told == (
        "1 match; nothing else you carry that could be looked up lies at a place that it lists "
        "and that could be lifted"
    )


def test_one_of_a_thing_is_told_as_one() -> None:
    assert answer_words(1, {"called": 1}, 1) == "1 site: 1 found in your file"
    assert [counted(number, "match", "matches") for number in (0, 1, 1200)] == [
        "0 matches",
        "1 match",
        "1,200 matches",
    ]


def test_an_export_tells_sites_as_the_modules_page_does_and_answers_as_the_file_has_them() -> None:
    one = ModuleExport(title="ClinVar", rows=10_097, sites=50_443, on_variants=98, elsewhere={"inferred": 9_999})
    report = ExportReport(sample="a/g", format="csv", file="x", bytes=1, rows=1, counted=1, modules={"clinvar": one})
    assert export_words(report) == [
        (
            "ClinVar: 50,443 sites looked at, 10,097 answers (of a site that is not covered there may be none): "
            "98 beside their variant, 9,999 in rows of their own (9,999 inferred)."
        )
    ]
    sparse = report.model_copy(update={"modules": {"gnomad": one.model_copy(update={"sites": None, "rows": 1})}})
    assert export_words(sparse)[0].startswith("ClinVar: 1 answer: ")


def test_what_stays_closed_is_named_beside_the_rest_and_alone() -> None:
    told = answer_words(2, {"called": 2}, 2, closed=3)
    assert told == "2 sites: 2 found in your file; 3 answers open only when you ask"
    assert answer_words(0, {"called": 0}, 0, closed=1) == "1 answer opens only when you ask"
