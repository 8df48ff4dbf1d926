from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from genoteca.annotate.answer import Answer
from genoteca.annotate.publish import publish_alleles
from genoteca.genome.schema import polars_schema
from genoteca.model.column import ANNOTATIONS, Column, ColumnType
from genoteca.sdk import verdicts

COLUMNS = (
    Column(name="a", label="A", type=ColumnType.COUNT, minimum=1, maximum=3),
    Column(name="b", label="B", type=ColumnType.CATEGORY, values=("low", "high")),
    Column(name="c", label="C"),
)
FITTING = {"a": pl.UInt32(), "b": pl.Enum(["low", "high"]), "c": pl.String()}


def test_a_fitting_schema_passes() -> None:
    assert verdicts.schema(COLUMNS, pl.Schema(FITTING)).passed


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"a": FITTING["a"], "b": FITTING["b"]}, "c is missing"),
        (FITTING | {"a": pl.Int64()}, "a is Int64, declared UInt32"),
        (FITTING | {"d": pl.String()}, "d is not declared"),
        ({"c": FITTING["c"], "b": FITTING["b"], "a": FITTING["a"]}, "the order is c, b, a"),
    ],
)
def test_another_schema_fails(found: dict[str, pl.DataType], said: str) -> None:
    verdict = verdicts.schema(COLUMNS, pl.Schema(found))
    assert not verdict.passed
    assert said in verdict.description


def test_more_columns_may_be_allowed() -> None:
    assert verdicts.schema(COLUMNS, pl.Schema(FITTING | {"d": pl.String()}), more_allowed=True).passed


def test_values_within_their_limits_pass_and_null_breaks_none() -> None:
    assert verdicts.ranges(COLUMNS, pl.DataFrame({"a": [1, 3, None], "b": ["low", None, "high"]})).passed
    assert verdicts.ranges((), pl.DataFrame({"a": [9]})).passed


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"a": [0, 1]}, "a: 1 rows outside at least 1"),
        ({"a": [4, 5]}, "a: 2 rows outside at least 1 and at most 3"),
        ({"b": ["middling"]}, "b: 1 rows outside the values low, high"),
    ],
)
def test_a_value_outside_its_limits_fails(table: dict[str, list[Any]], said: str) -> None:
    verdict = verdicts.ranges(COLUMNS, pl.DataFrame(table))
    assert not verdict.passed
    assert said in verdict.description


def answer(**changes: Any) -> Answer:
    rows = [
        {"site": site, "row": site, "evidence": evidence}
        for site, evidence in enumerate(["called", "reference", "reference"])
    ]
    told: dict[str, Any] = {
        "table": pl.DataFrame(rows, schema=polars_schema(ANNOTATIONS)),
        "sites": 5,
        "evidence": {"called": 1, "reference": 2, "not_covered": 2},
        "filtered": 0,
        "compared": 0,
        "agreeing": 0,
    }
    return Answer(**(told | changes))


def test_every_site_counted_and_every_answer_written_passes() -> None:
    assert verdicts.cardinality(answer(), dense=True).passed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sites": 6}, "6 sites, but 5 counted under an evidence"),
        ({"evidence": {"called": 2, "reference": 2, "not_covered": 1}}, "called: 2 sites counted, 1 rows written"),
        ({"evidence": {"called": 1, "reference": 1, "not_covered": 3}}, "reference: 1 sites counted, 2 rows written"),
        ({"evidence": {"reference": 2, "not_covered": 3}}, "called: 0 sites counted, 1 rows written"),
        (
            {"table": pl.concat([answer().frame(), answer().frame()[:1]]), "sites": 6, "evidence": {"called": 2}},
            "1 rows answer a site that another row answers",
        ),
    ],
)
def test_a_lost_or_doubled_answer_fails(changes: dict[str, Any], said: str) -> None:
    verdict = verdicts.cardinality(answer(**changes), dense=True)
    assert not verdict.passed
    assert said in verdict.description


def test_a_region_may_be_answered_by_several_variants() -> None:
    table = answer().frame().with_columns(site=pl.lit(0, pl.UInt32))
    several = answer(table=table, sites=None, evidence={"called": 1, "reference": 2})
    assert verdicts.cardinality(several, dense=False).passed
    doubled = answer(table=pl.concat([table, table]), sites=None, evidence={"called": 2, "reference": 4})
    assert not verdicts.cardinality(doubled, dense=False).passed


@pytest.mark.parametrize(
    ("compared", "agreeing", "passed"),
    [(0, 0, True), (19, 0, True), (20, 18, True), (20, 17, False)],
)
def test_reference_bases_decide_from_twenty_on(compared: int, agreeing: int, *, passed: bool) -> None:
    verdict = verdicts.reference_alleles(answer(compared=compared, agreeing=agreeing))
    assert verdict.passed is passed
    assert f"{agreeing} of {compared} compared" in verdict.description
    assert ("do not tell" in verdict.description) is (compared < 20)


def test_an_empty_reference_fails() -> None:
    assert verdicts.rows(1).passed
    assert not verdicts.rows(0).passed


def test_sortedness_is_looked_at_not_believed(tmp_path: Path) -> None:
    alleles = pl.DataFrame({"chrom": ["2", "1"], "pos": [5, 6], "ref": ["A", "C"], "alt": ["G", "T"]})
    table = publish_alleles(alleles)
    table.write_parquet(tmp_path / "sorted.parquet")
    assert verdicts.sortedness(tmp_path / "sorted.parquet").passed
    table.reverse().write_parquet(tmp_path / "unsorted.parquet")
    verdict = verdicts.sortedness(tmp_path / "unsorted.parquet")
    assert not verdict.passed
    assert "row" in verdict.description
