from __future__ import annotations

import polars as pl

from genoteca_clinvar import wording


def said(expression: pl.Expr, text: str | None) -> str | None:
    answer: str | None = pl.DataFrame({"x": [text]}, schema={"x": pl.String}).select(expression).item()
    return answer


def test_a_list_of_conditions_is_read_in_words() -> None:
    given = "Lynch_syndrome,_type_2|not_provided"
    assert said(wording.listed("x"), given) == "Lynch syndrome, type 2;not provided"


def test_percent_signs_are_undone_and_never_part_a_list() -> None:
    given = pl.Series(["NC_000013.11:g.32332592%3D", "one%3B_two", "100%", None])
    assert wording.decoded(given).to_list() == ["NC_000013.11:g.32332592=", "one,_two", "100%", None]


def test_what_has_no_percent_sign_stays() -> None:
    given = pl.Series(["a", None])
    assert wording.decoded(given).to_list() == ["a", None]


def test_a_conflict_is_read_in_both_spellings() -> None:
    expected = "Benign(1);Likely benign(2);Uncertain significance(1)"
    assert said(wording.counted("x"), "Benign(1)|Likely_benign(2)|Uncertain_significance(1)") == expected
    assert said(wording.counted("x"), "Benign(1)%3BLikely_benign(2)%3BUncertain_significance(1)") == expected


def test_genes_lose_their_numbers() -> None:
    assert said(wording.genes("x"), "BRCA2:675|LOC106721785:106721785") == "BRCA2;LOC106721785"


def test_consequences_lose_their_accessions() -> None:
    given = "SO:0001583|missense_variant,SO:0001619|non-coding_transcript_variant"
    assert said(wording.consequences("x"), given) == "missense variant;non-coding transcript variant"


def test_identifiers_of_conditions_keep_their_underscores() -> None:
    given = "Human_Phenotype_Ontology:HP:0001258,MedGen:C0037772|."
    assert said(wording.identifiers("x"), given) == "Human_Phenotype_Ontology:HP:0001258,MedGen:C0037772;."


def test_the_identifiers_of_one_database_stand_once_each_and_whole() -> None:
    given = "MONDO:MONDO:0015356,MedGen:C01|OMIM:175100,MedGen:C01|OMIM:PS120435,MedGen:CN2,XOMIM:5|."
    assert said(wording.numbered("x", "MedGen:", r"C\w+"), given) == "C01;CN2"
    assert said(wording.numbered("x", "MONDO:", r"MONDO:\d+"), given) == "MONDO:0015356"
    assert said(wording.numbered("x", "OMIM:", r"\d+"), given) == "175100"
    assert said(wording.numbered("x", "OMIM:", r"\d+"), "not_specified") is None
    assert said(wording.numbered("x", "OMIM:", r"\d+"), None) is None


def test_dbsnp_identifiers_get_their_prefix() -> None:
    assert said(wording.rsids("x"), "765028059") == "rs765028059"
    assert said(wording.rsids("x"), "1|2") == "rs1;rs2"
    assert said(wording.rsids("x"), None) is None
