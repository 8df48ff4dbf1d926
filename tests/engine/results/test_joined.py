"""The wide table: every variant once, every answer once, and none beside another's variant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.engine.results.formats import Format
from genoteca.engine.results.joined import JoinedModule, JoinedTable
from genoteca.engine.results.sinks import counted_rows, sink_of
from genoteca.genome.schema import polars_schema
from genoteca.model.column import ANNOTATIONS, VARIANTS, AnnotationColumn, ColumnType
from genoteca.model.evidence import Evidence, Match

OWN = [
    AnnotationColumn(name="note", label="Note"),
    AnnotationColumn(name="stars", label="Stars", type=ColumnType.STARS),
    AnnotationColumn(name="gate", label="Gate", hidden=True),
]
FRAMES = (Format.CSV, Format.TSV, Format.JSON, Format.PARQUET, Format.XLSX)


def variants(path: Path, number: int) -> Path:
    schema = polars_schema(VARIANTS)
    rows = [
        {
            "key": n,
            "chrom": "1",
            "pos": 100 + n,
            "ref": "A",
            "alt": "G",
            "genotype": "A/G",
            "line": n + 1,
            "allele": 1,
        }
        for n in range(number)
    ]
    pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema).write_parquet(path)
    return path


def module(folder: Path, name: str, rows: list[dict[str, Any]], opened: frozenset[str] | None = None) -> JoinedModule:
    schema = polars_schema((*ANNOTATIONS, *OWN))
    base = {"site": 0, "chrom": "1", "pos": 100, "ref": "A", "alt": "G", "filtered": False, "match": "allele"}
    path = folder / f"{name}.parquet"
    pl.DataFrame([dict.fromkeys(schema) | base | row for row in rows], schema=schema).write_parquet(path)
    columns = [*ANNOTATIONS, *OWN]
    return JoinedModule(module=name, title=name.title(), release="1", path=path, columns=columns, opened=opened)


def called(row: int, **more: Any) -> dict[str, Any]:
    return {"row": row, "line": row + 1, "allele": 1, "evidence": "called"} | more


def whole(table: JoinedTable) -> pl.DataFrame:
    frame = pl.concat(table.frames())
    assert len(frame) == table.rows
    assert frame.schema == polars_schema(table.columns)
    return frame


def test_every_variant_has_one_row_with_what_every_module_says(tmp_path: Path) -> None:
    modules = [
        module(tmp_path, "my-module", [called(0, note="a", stars=2), called(2, note="c")]),
        module(tmp_path, "other", [called(2, note="d")]),
    ]
    found = whole(JoinedTable(variants(tmp_path / "v.parquet", 3), modules))
    assert found["row_kind"].to_list() == ["variant"] * 3
    assert found["my_module_note"].to_list() == ["a", None, "c"]
    assert found["my_module_stars"].to_list() == [2, None, None]
    assert found["other_note"].to_list() == [None, None, "d"]
    assert found["genotype"].to_list() == ["A/G"] * 3


def test_what_is_said_of_another_allele_has_a_row_of_its_own(tmp_path: Path) -> None:
    rows = [
        called(0, evidence="other_allele", match="position", alt="T", note="pathogenic"),
        {"row": None, "evidence": "inferred", "pos": 500, "match": None, "note": "elsewhere"},
    ]
    found = whole(JoinedTable(variants(tmp_path / "v.parquet", 2), [module(tmp_path, "clinvar", rows)]))
    assert found.filter(pl.col("row_kind") == "variant")["clinvar_note"].to_list() == [None, None]
    sites = found.filter(pl.col("row_kind") == "site")
    assert sites.select("pos", "alt", "clinvar_evidence", "clinvar_note", "row").rows() == [
        (100, "T", "other_allele", "pathogenic", None),
        (500, "G", "inferred", "elsewhere", None),
    ]


def test_further_answers_follow_their_variant_and_the_exact_one_comes_first(tmp_path: Path) -> None:
    rows = [called(1, note="part", match="decomposed"), called(1, note="whole"), called(1, note="third")]
    table = JoinedTable(variants(tmp_path / "v.parquet", 3), [module(tmp_path, "m1", rows)])
    found = whole(table)
    assert found.select("row", "row_kind", "m1_note").rows()[1:4] == [
        (1, "variant", "whole"),
        (1, "further", "third"),
        (1, "further", "part"),
    ]
    assert (table.counts["m1"].on_variants, table.counts["m1"].further) == (1, 2)


def test_answers_behind_a_closed_gate_are_nowhere_and_are_counted(tmp_path: Path) -> None:
    rows = [called(0, note="Leiden", gate="Clotting."), called(1, note="fine")]
    path = variants(tmp_path / "v.parquet", 2)
    closed = JoinedTable(path, [module(tmp_path, "m1", rows, frozenset())])
    assert whole(closed)["m1_note"].to_list() == [None, "fine"]
    assert closed.counts["m1"].hidden == 1
    opened = JoinedTable(path, [module(tmp_path, "m1", rows, frozenset({"Clotting."}))])
    assert whole(opened)["m1_note"].to_list() == ["Leiden", "fine"]
    assert whole(JoinedTable(path, [module(tmp_path, "m1", rows)]))["m1_note"].to_list() == ["Leiden", "fine"]


def test_names_never_meet(tmp_path: Path) -> None:
    long = "m" + "x" * 38
    modules = [module(tmp_path, name, [called(0, note=name)]) for name in ("a-b", "a", "row", long)]
    table = JoinedTable(variants(tmp_path / "v.parquet", 1), modules)
    names = [column.name for column in table.columns]
    assert len(names) == len(set(names))
    assert max(map(len, names)) <= 63


@pytest.mark.parametrize("kind", FRAMES)
def test_every_format_holds_the_rows_that_were_promised(tmp_path: Path, kind: Format) -> None:
    rows = [called(0, note='=1+1\n"x",\ty'), called(0, note="@more"), {"evidence": "not_covered", "note": "é"}]
    table = JoinedTable(variants(tmp_path / "v.parquet", 3), [module(tmp_path, "m1", rows)])
    path = tmp_path / f"out.{kind}"
    sink = sink_of(kind, path, table.columns, [("Sample", "u/s")])
    for frame in table.frames():
        sink.write(frame)
    sink.close()
    assert sink.rows == table.rows == counted_rows(kind, path) == 5
    if kind in (Format.CSV, Format.TSV):
        found = pl.read_csv(path, separator="\t" if kind is Format.TSV else ",", infer_schema=False)
        assert found["m1_note"].to_list()[:2] == ['\'=1+1\n"x",\ty', "'@more"]
    if kind is Format.JSON:
        assert [row["m1_note"] for row in json.loads(path.read_text())][-1] == "é"
    if kind is Format.PARQUET:
        assert pl.read_parquet(path)["m1_stars"].dtype == pl.UInt8


@pytest.mark.parametrize("kind", FRAMES)
def test_a_genome_without_variants_gives_a_file_without_rows(tmp_path: Path, kind: Format) -> None:
    table = JoinedTable(variants(tmp_path / "v.parquet", 0), [module(tmp_path, "m1", [])])
    path = tmp_path / f"out.{kind}"
    sink = sink_of(kind, path, table.columns, [])
    for frame in table.frames():
        sink.write(frame)
    sink.close()
    assert counted_rows(kind, path) == table.rows == 0


ANSWERS = st.lists(
    st.builds(
        lambda row, evidence, match: {"row": row, "evidence": evidence, "match": match, "note": "x"},
        st.sampled_from([None, 0, 1, 2]),
        st.sampled_from([one.value for one in Evidence]),
        st.sampled_from([None, *(one.value for one in Match)]),
    ),
    max_size=25,
)


@given(ANSWERS, ANSWERS)
def test_nothing_is_lost_and_nothing_is_multiplied(
    tmp_path_factory: pytest.TempPathFactory, first: list[dict[str, Any]], second: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("joined")
    table = JoinedTable(
        variants(folder / "v.parquet", 3), [module(folder, "first", first), module(folder, "second", second)]
    )
    found = whole(table)
    assert len(found.filter(pl.col("row_kind") == "variant")) == 3
    for name, rows in (("first", first), ("second", second)):
        assert found[f"{name}_note"].count() == len(rows)
        assert table.counts[name].reconciles
    beside = found.filter(pl.col("row_kind") != "site")
    for name in ("first", "second"):
        told = beside[f"{name}_evidence"].drop_nulls().cast(pl.String)
        assert told.is_in(["called", "partial"]).all()
