from __future__ import annotations

import pytest

from genoteca_clinvar.classification import Significance, classify, origin_words, stars_of


@pytest.mark.parametrize(
    ("clnsig", "expected"),
    [
        ("Pathogenic", "pathogenic"),
        ("Pathogenic/Likely_pathogenic", "pathogenic"),
        ("Pathogenic/Likely_pathogenic/Pathogenic,_low_penetrance", "pathogenic"),
        ("Pathogenic|drug_response", "pathogenic"),
        ("Likely_pathogenic", "likely pathogenic"),
        ("Likely_pathogenic/Likely_risk_allele", "likely pathogenic"),
        ("Pathogenic,_low_penetrance", "pathogenic, low penetrance"),
        ("Likely_pathogenic,_low_penetrance|other", "likely pathogenic, low penetrance"),
        ("Established_risk_allele", "established risk allele"),
        ("Likely_risk_allele", "likely risk allele"),
        ("Uncertain_significance/Uncertain_risk_allele", "uncertain significance"),
        ("Uncertain_risk_allele", "uncertain risk allele"),
        ("Conflicting_classifications_of_pathogenicity", "conflicting"),
        ("Conflicting_interpretations_of_pathogenicity", "conflicting"),
        ("Conflicting_classifications_of_pathogenicity|association|risk_factor", "conflicting"),
        ("drug_response|other", "drug response"),
        ("Benign|drug_response", "drug response"),
        ("risk_factor|protective", "risk factor"),
        ("Uncertain_significance", "uncertain significance"),
        ("association_not_found", "association not found"),
        ("confers_sensitivity", "confers sensitivity"),
        ("Affects", "affects"),
        ("protective", "protective"),
        ("Benign/Likely_benign", "likely benign"),
        ("Benign", "benign"),
        ("not_provided", "not provided"),
        ("other", "other"),
        ("no_classifications_from_unflagged_records", "unclassified"),
        ("-", "unclassified"),
        (None, "unclassified"),
    ],
)
def test_the_strongest_term_is_the_class(clnsig: str | None, expected: str) -> None:
    assert classify(clnsig).significance == expected


def test_a_comma_parts_nothing() -> None:
    assert classify("Pathogenic,_low_penetrance|other").words == "Pathogenic, low penetrance;other"


@pytest.mark.parametrize(
    ("clnsig", "expected"),
    [
        ("Pathogenic,_risk_factor", "pathogenic"),
        ("Likely_pathogenic,_low_penetrance,_other", "likely pathogenic, low penetrance"),
        ("Conflicting_interpretations_of_pathogenicity,_other", "conflicting"),
    ],
)
def test_terms_that_older_releases_joined_by_a_comma_keep_the_class_of_the_first(clnsig: str, expected: str) -> None:
    told = classify(clnsig)
    assert told.significance == expected
    assert not told.unknown


@pytest.mark.parametrize(
    "clnsig",
    [
        "Pathogenic",
        "Likely_pathogenic",
        "Pathogenic/Likely_pathogenic",
        "Pathogenic,_low_penetrance",
        "Likely_pathogenic,_low_penetrance",
        "Established_risk_allele",
        "Likely_risk_allele",
        "risk_factor",
        "drug_response",
        "Benign|drug_response",
        "Uncertain_significance|risk_factor",
        "Highly_pathogenic",
    ],
)
def test_what_is_of_note_is_always_shown(clnsig: str) -> None:
    assert classify(clnsig).of_note


@pytest.mark.parametrize("clnsig", ["Benign", "Likely_benign", "Uncertain_significance", "not_provided", None])
def test_the_rest_is_not_of_note(clnsig: str | None) -> None:
    assert not classify(clnsig).of_note


@pytest.mark.parametrize("clnsig", ["Conflicting_classifications_of_pathogenicity", "Some_new_word"])
def test_a_conflict_or_a_new_word_is_not_of_note(clnsig: str) -> None:
    assert not classify(clnsig).of_note


def test_a_new_word_is_kept_and_named() -> None:
    told = classify("Some_new_word")
    assert (told.significance, told.unknown, told.words) == (Significance.OTHER, ("Some new word",), "Some new word")


@pytest.mark.parametrize(
    ("clnsig", "only"),
    [
        ("no_classification_for_the_single_variant", True),
        ("no_interpretation_for_the_single_variant", True),
        ("Benign", False),
        (None, False),
    ],
)
def test_what_is_classified_only_within_a_haplotype_is_told_apart(clnsig: str | None, *, only: bool) -> None:
    assert classify(clnsig).haplotype_only is only
    assert not classify(clnsig).unknown


@pytest.mark.parametrize(
    ("status", "stars"),
    [
        ("practice_guideline", 4),
        ("reviewed_by_expert_panel", 3),
        ("criteria_provided,_multiple_submitters,_no_conflicts", 2),
        ("criteria_provided,_single_submitter", 1),
        ("criteria_provided,_conflicting_classifications", 1),
        ("criteria_provided,_conflicting_interpretations", 1),
        ("no_assertion_criteria_provided", 0),
        ("no_assertion_provided", 0),
        ("a_status_of_tomorrow", None),
        (None, None),
    ],
)
def test_a_review_status_has_its_stars(status: str | None, stars: int | None) -> None:
    assert stars_of(status) == stars


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ("0", "unknown"),
        ("1", "germline"),
        ("3", "germline;somatic"),
        ("33", "germline;de novo"),
        ("1073741824", "other"),
        (None, None),
        ("x", None),
    ],
)
def test_the_origin_bits_are_said_in_words(origin: str | None, said: str | None) -> None:
    assert origin_words(origin) == said


def test_every_class_stands_in_the_manifest_in_its_order() -> None:
    from genoteca_clinvar.plugin import describe_module

    column = next(column for column in describe_module().columns if column.name == "significance_class")
    assert column.values == tuple(Significance)
