"""Report sections: written after the answers, from a hook or a closed template, and kept with their inputs."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sdk.modules import write_module

from genoteca.engine.results.sql import where as sql_where
from genoteca.errors import ManifestError
from genoteca.model.column import AnnotationColumn, Column, ColumnType
from genoteca.model.evidence import Evidence
from genoteca.model.filter import All, Any_, Condition, Filter, Not, Operator
from genoteca.model.report import Citation, ReportSection, Tone
from genoteca.sdk import check_module, data_plugin, load_manifest
from genoteca.sdk.report_template import counts_of, filter_rows
from genoteca.sdk.testing import MakeSample, materialize_module

SMART = """
[[filters]]
name = "strong"
label = "Strong ones"
description = "Answers that are sure, and no others."
where = { column = "strength", op = "=", value = "strong" }
[report]
title = "Two sites in words"
[report.template]
lead = "{sites} sites were looked up: {called} are in your file, {reference} are the reference base; {findings} told."
not_told = ["Nothing is said of {not_covered} sites."]
[[report.template.findings]]
where = { and = [
  { column = "strength", op = "=", value = "strong" },
  { column = "conclusion", op = "is not empty" },
] }
title = ["trait"]
text = "conclusion"
details = ["genotype", "strength"]
tone = "plain"
"""


AGAIN = """
[[filters]]
name = "strong"
label = "Again"
description = "The same once more."
where = { column = "trait", op = "is empty" }
[report]
"""


def data_module(tmp_path: Path, more: str = SMART) -> Path:
    folder = write_module(tmp_path)
    path = folder / "module.toml"
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    return folder


def test_a_data_modules_template_is_filled_with_counts_and_rows(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    made = materialize_module(data_plugin(data_module(tmp_path)), genoteca_sample())
    assert made.failed_checks == []
    section = made.report
    assert section.title == "Two sites in words"
    assert section.lead == "2 sites were looked up: 1 are in your file, 1 are the reference base; 2 told."
    assert [(one.title, one.text, one.tone, one.evidence) for one in section.findings] == [
        ("Lactase", "one", Tone.PLAIN, (Evidence.CALLED,)),
        ("Earwax", "wet", Tone.PLAIN, (Evidence.REFERENCE,)),
    ]
    assert section.findings[0].details == ("Genotype: A/G · Strength: strong",)
    assert section.not_told == ("Nothing is said of 0 sites.",)
    assert {one.label: one.count for one in section.counts}["sites looked up"] == 2
    record = made.record("report")
    assert record.inputs == {"two-sites/annotations": made.record().sha256}


def test_a_sample_that_cannot_be_tested_has_its_reason_for_a_report(
    tmp_path: Path, genoteca_sample: MakeSample
) -> None:
    made = materialize_module(data_plugin(data_module(tmp_path)), genoteca_sample(kind="no genotypes"))
    assert (made.report.lead, made.report.findings) == (made.reason, ())


def test_rows_behind_a_gate_are_counted_and_never_told(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    gate = '[[columns]]\nname = "gate"\nlabel = "Before you look"\ndescription = "What is asked first."\n'
    folder = data_module(tmp_path, SMART + gate)
    sites = folder / "sites.csv"
    head, milk, wax = sites.read_text("utf-8").strip().splitlines()
    sites.write_text(f"{head},gate\n{milk},Only if you want to know.\n{wax},\n", "utf-8")
    made = materialize_module(data_plugin(folder), genoteca_sample())
    assert [one.title for one in made.report.findings] == ["Earwax"]
    assert "1 answer stays closed until you open it" in made.report.not_told[0]
    assert "Lactase" not in made.report.model_dump_json()


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (SMART.replace("{called}", "{genome}"), "genome in braces"),
        (SMART.replace('column = "strength"', 'column = "strenght"'), "strenght"),
        (SMART.replace('text = "conclusion"', 'text = "conclusions"'), "conclusions"),
        (SMART.replace("[report]", AGAIN), "filters declared twice"),
        (SMART.replace('tone = "plain"', 'html = "<b>"'), "html"),
    ],
)
def test_a_manifest_whose_filters_or_report_do_not_fit_is_refused(tmp_path: Path, broken: str, told: str) -> None:
    with pytest.raises(ManifestError, match=told):
        load_manifest(data_module(tmp_path, broken))


def test_one_is_counted_as_one() -> None:
    class One:
        sites = 1
        evidence = dict.fromkeys([Evidence.CALLED.value], 1)

    assert [(one.count, one.label) for one in counts_of(One())] == [(1, "site looked up"), (1, Evidence.CALLED.words)]  # type: ignore[arg-type]


def test_a_report_that_nobody_writes_breaks_a_rule(tmp_path: Path) -> None:
    folder = data_module(tmp_path, '[report]\ntitle = "In words"\n')
    broken = [one for one in check_module(data_plugin(folder), folder=folder) if not one.ok]
    assert [one.rule for one in broken] == ["its report is written"]
    assert "report_section is not there" in broken[0].message


def test_a_section_holds_no_unknown_part_and_no_link_but_https() -> None:
    with pytest.raises(ValueError, match="html"):
        ReportSection.model_validate({"title": "A report", "lead": "Of 2 sites …", "html": "<b>"})
    with pytest.raises(ValueError, match="url"):
        Citation(text="x", url="javascript:x")


COLUMNS: list[Column] = [
    AnnotationColumn(name="name", label="Name"),
    AnnotationColumn(name="stars", label="Stars", type=ColumnType.STARS),
    AnnotationColumn(name="noted", label="Noted", type=ColumnType.FLAG),
    AnnotationColumn(name="kind", label="Kind", type=ColumnType.CATEGORY, values=("a", "b")),
]
NAMES, STARS, FLAGS, KINDS = ("Ab", "b", None), (0, 2, None), (True, False, None), ("a", "b", None)
ROWS = pl.DataFrame(
    list(product(NAMES, STARS, FLAGS, KINDS)),
    schema={"name": pl.String, "stars": pl.UInt8, "noted": pl.Boolean, "kind": pl.Enum(["a", "b"])},
    orient="row",
)
VALUES: dict[str, list[Any]] = {
    "name": ["ab", "b", "B"],
    "stars": [0, 1, 2],
    "noted": [True, False],
    "kind": ["a", "b"],
}
COMPARED = [Operator.EQUAL, Operator.NOT_EQUAL, Operator.IN]
TEXTS = [Operator.CONTAINS, Operator.STARTS_WITH, Operator.LISTS]
ORDERED = [Operator.LESS, Operator.AT_MOST, Operator.GREATER, Operator.AT_LEAST]


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    name = draw(st.sampled_from(sorted(VALUES)))
    more = {"name": TEXTS, "stars": ORDERED}.get(name, [])
    op = draw(st.sampled_from([*COMPARED, *more, Operator.EMPTY, Operator.NOT_EMPTY]))
    value = (
        draw(st.lists(st.sampled_from(VALUES[name]))) if op is Operator.IN else draw(st.sampled_from(VALUES[name]))
    )
    return Condition(column=name, op=op, value=None if op in (Operator.EMPTY, Operator.NOT_EMPTY) else value)


trees = st.recursive(
    conditions(),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: All(parts=parts)),
        st.lists(inner, max_size=3).map(lambda parts: Any_(parts=parts)),
        inner.map(lambda part: Not(part=part)),
    ),
    max_leaves=6,
)


@given(trees)
def test_a_template_finds_the_rows_that_the_results_table_finds(tree: Filter) -> None:
    import duckdb

    clause, values = sql_where(tree, "", {column.name: column for column in COLUMNS})
    rows = ROWS.cast({"kind": pl.String}).with_row_index("row").to_arrow()
    with duckdb.connect() as connection:
        connection.register("rows", rows)
        found = connection.execute(f"SELECT row FROM rows{clause} ORDER BY row", values).fetchall()
    mine = ROWS.with_row_index("row").filter(filter_rows(tree, COLUMNS))["row"].to_list()
    assert mine == [row for (row,) in found]
