"""Rows for the grid: what it asks becomes a query, and gated answers stay closed until asked for."""

from __future__ import annotations

import pytest
from pydantic import JsonValue, ValidationError

from genoteca.actions.gates import without_closed
from genoteca.errors import FilterError
from genoteca.model.evidence import Evidence
from genoteca.ui.rows import HIDDEN, RowsRequest, query_of, shown_row, where_of

ROW: dict[str, JsonValue] = {
    "_row": 4,
    "chrom": "1",
    "pos": 169549811,
    "trait": "Factor V Leiden",
    "gate": "Some would rather not know.",
    "genotype": "C/T",
    "dosage": 1,
    "evidence": "called",
    "conclusion": "One copy.",
}


def asked(**more: object) -> RowsRequest:
    return RowsRequest.model_validate({"sample": "me/one", "module": "traits", "start": 0, "end": 100, **more})


def test_a_grid_filter_becomes_conditions_that_all_hold() -> None:
    where = where_of(
        {
            "gene": {"filterType": "text", "type": "contains", "filter": "LCT"},
            "pos": {"filterType": "number", "type": "inRange", "filter": 10, "filterTo": 20},
            "evidence": {"filterType": "set", "values": ["called", "partial"]},
            "note": {"filterType": "text", "type": "blank"},
        }
    )
    assert where is not None
    assert where.model_dump(mode="json", by_alias=True) == {
        "and": [
            {"column": "gene", "op": "contains", "value": "LCT"},
            {"column": "pos", "op": ">=", "value": 10},
            {"column": "pos", "op": "<=", "value": 20},
            {"column": "evidence", "op": "in", "value": ["called", "partial"]},
            {"column": "note", "op": "is empty", "value": None},
        ]
    }


def test_no_grid_filter_is_no_filter() -> None:
    assert where_of({}) is None


@pytest.mark.parametrize(
    "model",
    [
        {"filterType": "text", "type": "regexp", "filter": "x"},
        {"filterType": "text", "type": "inRange", "filter": "a", "filterTo": "b"},
        {"filterType": "number", "type": "contains", "filter": 1},
        {},
    ],
)
def test_a_comparison_that_no_column_offers_is_refused_by_name(model: dict[str, object]) -> None:
    with pytest.raises(FilterError, match="'gene'"):
        where_of({"gene": model})


def test_a_query_sorts_as_the_grid_does_and_takes_at_most_a_thousand_rows() -> None:
    query = query_of(asked(end=10**9, sort=[{"colId": "pos", "sort": "desc"}, {"colId": "gene", "sort": "asc"}]))
    assert query.limit == 1000
    assert [(one.column, one.descending) for one in query.sort] == [("pos", True), ("gene", False)]


@pytest.mark.parametrize("wrong", [{"start": -1}, {"sql": "drop"}, {"sort": [{"colId": "pos", "sort": "; drop"}]}])
def test_what_the_grid_never_asks_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        asked(**wrong)


def test_a_gated_row_tells_nothing_of_the_person_even_when_another_gate_is_open() -> None:
    shown = shown_row(ROW, {"Another subject."})
    told = {name for name, value in shown.items() if value != HIDDEN}
    assert told == {"_row", "chrom", "pos", "trait", "gate"}
    assert shown["_hidden"] == HIDDEN
    assert "_shape" not in shown


def test_a_gated_row_is_open_once_it_was_asked_for() -> None:
    shown = shown_row(ROW, {str(ROW["gate"])})
    assert shown["conclusion"] == "One copy."
    assert (shown["evidence"], shown["_shape"]) == ("Called", "answered")


@pytest.mark.parametrize("kind", list(Evidence))
def test_every_kind_of_evidence_has_words_and_a_shape(kind: Evidence) -> None:
    shown = shown_row({"_row": 0, "evidence": kind.value}, ())
    assert shown["_shape"] in {"answered", "reference", "reference inferred", "not-callable", "not-applicable"}
    assert shown["evidence"] != kind.value


def test_what_is_exported_leaves_out_the_rows_behind_closed_gates() -> None:
    where = where_of({"gene": {"filterType": "text", "type": "equals", "filter": "F5"}})
    assert without_closed(where, {"Clotting."}).model_dump(mode="json", by_alias=True) == {
        "and": [
            {
                "or": [
                    {"column": "gate", "op": "is empty", "value": None},
                    {"column": "gate", "op": "=", "value": "Clotting."},
                ]
            },
            {"and": [{"column": "gene", "op": "=", "value": "F5"}]},
        ]
    }


def test_a_row_says_why_it_has_no_sentence_unless_it_is_hidden() -> None:
    row = {**ROW, "gate": None, "evidence": "no_call", "conclusion": None}
    assert shown_row(row, frozenset())["_why"] == "Your file could not tell."
    assert "_why" not in shown_row(ROW, frozenset())
