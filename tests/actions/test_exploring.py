"""The explorer of the demo genome: made in a process of its own, telling nothing closed, kept and forgotten."""

from __future__ import annotations

import csv
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from genoteca import actions
from genoteca.actions import AnswerState, App, ExploreQuery, LayoutColumn
from genoteca.actions.asides import modules_aside
from genoteca.actions.browsing import Progress, kept_open
from genoteca.actions.explore_header import Use, use_of
from genoteca.actions.explore_sources import known_sources, sources_of
from genoteca.actions.exploring import export_explored_vcf
from genoteca.actions.status import status
from genoteca.actions.variant import show_variant
from genoteca.actions.variant_name import find_variant
from genoteca.actions.views import ModuleAnswer
from genoteca.engine import records
from genoteca.engine.results.explore import View, WideSpec, build_wide, is_built
from genoteca.errors import DatasetError, InputError, NotFoundError, RunError
from genoteca.model.carrying import carrying
from genoteca.model.evidence import Outcome
from genoteca.model.filter import All, Condition, Operator, Sort
from genoteca.model.run import RunKind, RunStatus
from genoteca.sdk.resources import Stored
from genoteca.settings import Layout, Settings
from genoteca.store.quarantine import Quarantine

KEY = "demo/synthetic"
TRAITS = "everyday-traits"


@pytest.fixture(scope="module")
def explored(desk: App) -> App:
    actions.prepare_explorer(desk, KEY)
    return desk


def test_a_table_that_is_not_there_is_said_to_be_so_and_a_cancelled_one_is_not_made(desk: App) -> None:
    assert not actions.show_explorer(desk, KEY, {}).ready
    with pytest.raises(DatasetError, match="not there"):
        actions.explore_page(desk, KEY, ExploreQuery(), {})

    def unwanted(_fraction: float, _message: str) -> None:
        raise RunError("stop", title="Cancelled")

    with pytest.raises(RunError):
        actions.prepare_explorer(desk, KEY, unwanted)
    folder = sources_of(desk, KEY).folder
    assert not folder.exists()
    assert list(folder.parent.glob(".*")) == []


def test_a_table_of_a_genome_that_is_deleted_while_it_is_made_is_not_kept(
    desk: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, aside = desk.layout.users / KEY, desk.layout.home / "aside"
    target = sources_of(desk, KEY).folder

    def made_too_late(settings: Settings, spec: WideSpec, folder: Path, progress: Progress) -> None:
        build_wide(settings, spec, folder, progress)
        assert is_built(folder)
        own.rename(aside)  # as a deletion begins

    monkeypatch.setattr("genoteca.engine.results.explore.build_wide", made_too_late)
    try:
        with pytest.raises(NotFoundError):
            actions.prepare_explorer(desk, KEY)
    finally:
        aside.rename(own)
    assert not target.parent.exists()


class Emptied(OrderedDict[str, Any]):
    """Open tables that another part of the app lets go of just before they are given."""

    def move_to_end(self, key: str, last: bool = True) -> None:
        self.clear()
        super().move_to_end(key, last)


def test_a_table_that_others_let_go_of_at_this_moment_is_given_all_the_same() -> None:
    assert kept_open(Emptied(), "one", lambda: 1, most=2) == 1
    assert kept_open(OrderedDict(one=1, two=2), "three", lambda: 3, most=2) == 3
    assert kept_open(tables := OrderedDict(one=1, two=2), "one", lambda: 3, most=2) == 1
    assert list(tables) == ["two", "one"]


def test_every_open_answer_is_reached_and_nothing_tells_of_a_closed_one(explored: App) -> None:
    everything = actions.explore_page(explored, KEY, ExploreQuery(sites=True, limit=None), {})
    answered = [row["everyday_traits_site"] for row in everything.rows if row["everyday_traits_evidence"]]
    is_open = actions.result_page(
        explored, KEY, TRAITS, actions.Query(where=actions.parse_where("gate is empty"), limit=None)
    )
    assert sorted(map(int, map(str, answered))) == sorted(int(str(row["site"])) for row in is_open.rows)
    assert everything.total == everything.matched == len(everything.rows)
    assert actions.closed_rows(explored, KEY, TRAITS) > 0
    gates = {
        str(row["gate"])
        for row in actions.result_page(explored, KEY, TRAITS, actions.Query(limit=None)).rows
        if row["gate"]
    }
    opened = actions.explore_page(explored, KEY, ExploreQuery(sites=True, limit=None), {TRAITS: gates})
    every_site = [row["everyday_traits_site"] for row in opened.rows if row["everyday_traits_evidence"]]
    every = actions.result_page(explored, KEY, TRAITS, actions.Query(limit=None))
    assert sorted(map(int, map(str, every_site))) == sorted(int(str(row["site"])) for row in every.rows)


def test_the_head_names_columns_by_module_and_brings_its_filters(explored: App) -> None:
    header = actions.show_explorer(explored, KEY, {})
    assert header.ready
    assert [(one.id, one.gated_rows, one.dense) for one in header.modules] == [(TRAITS, True, True)]
    own = {column.own: column for column in header.columns if column.module == TRAITS}
    assert own["conclusion"].column.name == "everyday_traits_conclusion"
    assert own["evidence"].shown
    first = ["gene", "rsid", "chrom", "pos", "ref", "alt", "genotype", "zygosity"]
    assert [column.column.name for column in header.columns if column.shown][:8] == first
    assert [column.own for column in header.columns if not column.module][-3:] == ["key", "line", "allele"]
    assert not any(column.silent for column in header.columns)
    for one in header.filters:
        alone = actions.explore_page(explored, KEY, ExploreQuery(where=one.where, sites=True), {})
        assert all(row["everyday_traits_evidence"] for row in alone.rows)
        named = actions.smart_where(explored, TRAITS, [one.name])
        own_open = All.model_validate({"and": [named, actions.parse_where("gate is empty")]})
        assert alone.matched == actions.result_page(explored, KEY, TRAITS, actions.Query(where=own_open)).matched


def test_columns_of_modules_stand_by_their_use_and_what_is_closed_comes_last() -> None:
    answer = ModuleAnswer(module="one", title="One", icon="", state=AnswerState.UP_TO_DATE, outcome=Outcome.ANSWERED)
    found = answer.model_copy(update={"sites": 9, "evidence": {"called": 1, "not_covered": 8}})
    nothing = answer.model_copy(update={"sites": 9, "evidence": {"reference": 1, "not_covered": 8}})
    listed = answer.model_copy(update={"rows": 5})
    assert [use_of(one, closed=False) for one in (found, listed, nothing, answer, None)] == [
        Use.HITS,
        Use.HITS,
        Use.SILENT,
        Use.SILENT,
        Use.HITS,
    ]
    assert use_of(found, closed=True) is Use.CLOSED
    assert sorted(Use) == [Use.HITS, Use.SILENT, Use.CLOSED]


def test_answers_that_are_out_of_date_are_told_so_in_the_head_and_in_an_export(explored: App, tmp_path: Path) -> None:
    (module,) = actions.show_explorer(explored, KEY, {}).modules
    assert (module.state, module.why) == (AnswerState.UP_TO_DATE, "")
    actions.configure_module(explored, TRAITS, {"apoe": True})
    try:
        (module,) = actions.show_explorer(explored, KEY, {}).modules
        target = tmp_path / "old.xlsx"
        actions.export_explored(explored, KEY, ExploreQuery(), {}, format="xlsx", output=target)
    finally:
        actions.configure_module(explored, TRAITS, {"apoe": False})
    assert module.state is AnswerState.OUT_OF_DATE
    assert "out of date" in module.why
    assert "settings changed" in module.why
    with zipfile.ZipFile(target) as book:
        assert any(b"settings changed" in book.read(name) for name in book.namelist())


@pytest.mark.parametrize(
    ("stored", "why"),
    [(True, "the last look-up failed"), (False, "it failed, so nothing is known, and nothing was found out")],
)
def test_a_module_that_failed_is_never_called_not_looked_up(
    explored: App, monkeypatch: pytest.MonkeyPatch, why: str, *, stored: bool
) -> None:
    """Its last run failed; with answers of before, and without any."""
    last = next(one.run for one in actions.list_runs(explored) if one.run.request.kind is RunKind.ANNOTATE)
    broken = {f"{TRAITS}/annotations": {"title": "Broken", "message": "the pipe broke"}}
    failed = {"id": "again", "status": RunStatus.FAILED, "queued": datetime.now(UTC), "failed_assets": broken}
    monkeypatch.setattr("genoteca.actions.answers._runs", lambda *_: [last.model_copy(update=failed)])
    if not stored:
        monkeypatch.setattr(records, "current", without_answers(records.current))
    explored.sources.pop(KEY, None)
    try:
        header = actions.show_explorer(explored, KEY, {})
    finally:
        explored.sources.pop(KEY, None)
    told = [(one.state, one.why) for one in (header.modules if stored else header.left_out)]
    assert len(header.left_out) + len(header.modules) == len(told) == 1
    assert told[0][0] is AnswerState.FAILED
    assert why in told[0][1]
    assert "the pipe broke" in told[0][1]


def without_answers(current: Callable[..., Stored | None]) -> Callable[..., Stored | None]:
    hidden = [TRAITS, "annotations"]
    return lambda layout, key, *more: None if list(key) == hidden else current(layout, key, *more)


def test_a_row_is_shown_module_by_module_with_its_way_to_the_file(explored: App) -> None:
    found = actions.jump_to(explored, KEY, "rs1801133", ExploreQuery(), {})
    assert found.found
    assert found.index is not None
    (row,) = actions.explore_page(explored, KEY, ExploreQuery(start=found.index, limit=1), {}).rows
    detail = actions.explore_row(explored, KEY, int(str(row["_row"])), {})
    assert detail.variant == f"{row['chrom']}-{row['pos']}-{row['ref']}-{row['alt']}"
    assert [one.module for one in detail.sayings] == [TRAITS]
    assert any("MTHFR" in cell.text for cell in detail.sayings[0].cells)
    assert "record" in detail.lineage[0].text
    assert detail.name == "MTHFR · rs1801133"
    assert (detail.kind, {cell.label for cell in detail.cells} & {"Key", "Number of the variant"}) == (
        "variant",
        set(),
    )
    assert {"Key", "Number of the variant", "Record"} <= {cell.label for cell in detail.technical}
    assert "Matched by" in {cell.label for cell in detail.sayings[0].technical}
    with pytest.raises(DatasetError):
        actions.explore_row(explored, KEY, 10_000, {})


def test_an_answer_without_a_conclusion_says_why_wherever_it_is_read(explored: App) -> None:
    row = next(
        row
        for row in actions.result_page(explored, KEY, TRAITS, actions.Query(limit=None)).rows
        if row["rsid"] == "rs4481887"  # G and T: the second is no allele of the site that was studied
    )
    assert (row["genotype"], row["effect"]) == ("G/T", None)
    why = ("In short", "No genotype is known here, or it is not one that was described")
    detail = actions.result_row(explored, KEY, TRAITS, int(str(row["_row"])))
    assert why in [(one.label, one.text) for one in detail.cells]
    page = actions.explore_page(explored, KEY, ExploreQuery(), {})
    wide = next(one for one in page.rows if (one["chrom"], one["pos"], one["alt"]) == ("1", 248333561, "G"))
    (saying,) = [
        one for one in actions.explore_row(explored, KEY, int(str(wide["_row"])), {}).sayings if one.module == TRAITS
    ]
    assert why in [(one.label, one.text) for one in saying.cells]
    variant = show_variant(explored, KEY, find_variant(explored, KEY, detail.variant))
    (answers,) = [one for one in variant.answers if one.module == TRAITS]
    assert why in [(one.label, one.text) for line in answers.rows for one in line.cells]


def test_the_drawer_of_a_closed_answer_says_what_it_says_where_there_is_none(explored: App) -> None:
    rows = actions.explore_page(explored, KEY, ExploreQuery(limit=None), {}).rows
    silent = [row for row in rows if not row["everyday_traits_evidence"]]
    gated = actions.result_page(
        explored, KEY, TRAITS, actions.Query(where=actions.parse_where("gate is not empty"), limit=None)
    ).rows
    closed = [row for row in silent if row["pos"] in {one["pos"] for one in gated}]
    assert 0 < len(closed) < len(silent)
    told = {
        str([one.model_dump() for one in actions.explore_row(explored, KEY, int(str(row["_row"])), {}).sayings])
        for row in silent
    }
    assert len(told) == 1
    (saying,) = actions.explore_row(explored, KEY, int(str(closed[0]["_row"])), {}).sayings
    assert (saying.unsaid, saying.gate, saying.evidence, saying.cells) == (True, "", None, [])


def test_an_export_holds_what_is_shown_in_its_order(explored: App, tmp_path: Path) -> None:
    query = ExploreQuery(
        sites=True,
        columns=["pos", "everyday_traits_evidence"],
        sort=[Sort(column="pos", descending=True)],
        where=Condition(column="everyday_traits_evidence", op=Operator.NOT_EMPTY),
    )
    target = tmp_path / "shown.csv"
    written = actions.export_explored(explored, KEY, query, {}, format="csv", output=target)
    page = actions.explore_page(explored, KEY, query.model_copy(update={"limit": None}), {})
    rows = list(csv.DictReader(target.read_text().splitlines()))
    assert written == len(rows) == page.matched
    assert [row["pos"] for row in rows] == [str(row["pos"]) for row in page.rows]
    book = tmp_path / "shown.xlsx"
    assert actions.export_explored(explored, KEY, query, {}, format="xlsx", output=book) == written


def test_values_and_counts_are_those_of_the_view(explored: App) -> None:
    values = dict(actions.values_explored(explored, KEY, "zygosity", ExploreQuery(), {}))
    for value, rows in values.items():
        where = Condition(column="zygosity", op=Operator.EQUAL, value=value)
        assert actions.count_explored(explored, KEY, where, ExploreQuery(), {}) == rows


def test_its_cache_is_emptied_while_it_is_looked_at_and_the_table_is_made_again(explored: App) -> None:
    before = actions.explore_page(explored, KEY, ExploreQuery(), {})
    reading = explored.explored[str(sources_of(explored, KEY).folder)]
    assert actions.clean_cache(explored, ["explore"]) > 0
    assert "explore" not in {part.key for part in actions.cache_parts(explored)}
    view = View(closed=sources_of(explored, KEY).closed({}))
    assert sum(reading.matched(view)) == before.total + before.beside  # who reads it goes on
    with pytest.raises(DatasetError, match="not there") as told:
        actions.explore_page(explored, KEY, ExploreQuery(), {})
    assert told.value.hint == "Reload the page."
    answers = sources_of(explored, KEY).modules[0][1].path
    whole = answers.read_bytes()
    answers.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(DatasetError, match="not what was written"):
        actions.prepare_explorer(explored, KEY)
    answers.write_bytes(whole)
    actions.prepare_explorer(explored, KEY)
    assert actions.explore_page(explored, KEY, ExploreQuery(), {}) == before


def test_a_module_that_is_set_aside_is_named_where_answers_are_read(desk: App) -> None:
    assert modules_aside(desk) == []
    quarantine = Quarantine(desk.layout.database)
    quarantine.put("everyday-traits", "1.1.1", InputError("Its table cannot be read."))
    try:
        (aside,) = modules_aside(desk)
        assert (aside.title, aside.why) == ("Everyday traits", "Its table cannot be read.")
        (absent,) = actions.show_explorer(desk, KEY, {}).left_out
        assert absent.aside
        assert absent.why == "it is set aside: Its table cannot be read."
        assert status(desk).aside == [aside]
    finally:
        quarantine.clear("everyday-traits")


def test_filters_and_layouts_are_kept_without_genotypes(desk: App) -> None:
    rare = Condition(column="pos", op=Operator.LESS, value=100)
    actions.keep_filter(desk, " Early ", rare)
    assert actions.kept_filters(desk) == {"Early": rare}
    actions.drop_explorer_view(desk, "filter", "Early")
    assert actions.kept_filters(desk) == {}
    for name in ("genotype", "everyday_traits_genotype", "alt", "zygosity", "everyday_traits_dosage", "line"):
        told = All.model_validate({"and": [rare, Condition(column=name, op=Operator.EQUAL, value="T")]})
        with pytest.raises(InputError, match=name):
            actions.keep_filter(desk, "mine", told)
    assert actions.kept_filters(desk) == {}
    for other in ("gene", "everyday_traits_evidence"):
        beside = [{"column": name, "op": "is not empty"} for name in ("zygosity", other)]
        with pytest.raises(InputError, match="zygosity"):
            actions.keep_filter(desk, "mine", All.model_validate({"and": beside}))
    twice = All.model_validate(
        {
            "and": [
                {"column": "zygosity", "op": "=", "value": "homozygous"},
                {"column": "depth", "op": ">", "value": 20},
            ]
        }
    )
    actions.keep_filter(desk, "Twice", twice)
    assert actions.kept_filters(desk) == {"Twice": twice}
    actions.drop_explorer_view(desk, "filter", "Twice")
    carried = carrying("clinvar_evidence", Condition(column="clinvar_dosage", op=Operator.AT_LEAST, value=1))
    actions.keep_filter(desk, "Carried", All.model_validate({"and": [rare, carried.model_dump(by_alias=True)]}))
    actions.drop_explorer_view(desk, "filter", "Carried")
    copies = {"column": "clinvar_dosage", "op": ">=", "value": 2}
    with pytest.raises(InputError, match="clinvar_dosage"):
        actions.keep_filter(desk, "mine", All.model_validate({"and": [carried.model_dump(by_alias=True), copies]}))
    source_says = Condition(column="ensembl_variation_minor_allele", op=Operator.EQUAL, value="T")
    actions.keep_filter(desk, "Minor", source_says)
    actions.drop_explorer_view(desk, "filter", "Minor")
    with pytest.raises(InputError, match="1 to 60"):
        actions.keep_filter(desk, "  ", rare)
    columns = [LayoutColumn(name="pos", shown=True, width=90, pinned="left", sort="desc", sort_index=0)]
    actions.keep_layout(desk, "Narrow", columns)
    actions.keep_layout(desk, "", columns)
    assert actions.kept_layouts(desk) == {"Narrow": columns}
    assert actions.last_layout(desk) == columns


def test_what_is_replaced_while_the_records_are_read_is_seen_at_the_next_look(
    desk: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, current = sources_of(desk, KEY), records.current
    file = desk.layout.sample("demo", "synthetic") / TRAITS / "annotations.json"
    whole = file.read_text("utf-8")

    def run_ends_meanwhile(layout: Layout, asset: Sequence[str], partition: str | None = None) -> Stored | None:
        found = current(layout, asset, partition)
        if asset[0] == TRAITS and file.exists():
            file.unlink()
        return found

    monkeypatch.setattr(records, "current", run_ends_meanwhile)
    try:
        assert sources_of(desk, KEY) == first
        assert TRAITS not in {module.id for module, _ in known_sources(desk, KEY).modules}
    finally:
        file.write_text(whole, "utf-8")
        desk.sources.pop(KEY)
    monkeypatch.undo()
    assert known_sources(desk, KEY) == first


def test_no_genome_has_no_explorer(desk: App) -> None:
    with pytest.raises(NotFoundError):
        actions.show_explorer(desk, "nobody/none", {})


def test_a_vcf_holds_the_records_of_the_rows_shown_once_and_tells_of_no_closed_answer(
    explored: App, tmp_path: Path
) -> None:
    told = explored, KEY, ExploreQuery(where=Condition(column="chrom", op=Operator.EQUAL, value="19"), sites=True)
    shown = actions.explore_page(told[0], KEY, told[2].model_copy(update={"limit": None}), {}).rows
    output = tmp_path / "shown.vcf"
    report = export_explored_vcf(*told, {}, output=output)
    held = [line.split("\t") for line in output.read_text().splitlines() if not line.startswith("#")]
    wanted = {int(str(row["line"])) for row in shown if row["line"] is not None}
    assert len(held) == report.rows == report.counted == len(wanted) > 0
    assert {line[0].removeprefix("chr") for line in held} == {"19"}
    whole = tmp_path / "whole.vcf"
    actions.export_sample(explored, KEY, [TRAITS], format="vcf", output=whole, opened={})
    assert {tuple(line[:7]) for line in held} < {
        tuple(line.split("\t")[:7]) for line in whole.read_text().splitlines() if not line.startswith("#")
    }
    assert list(report.left_out) == ["not among the rows that were exported"]
    assert all(counts.hidden == 0 and counts.reconciles for counts in report.modules.values())
    nothing = ExploreQuery(where=Condition(column="chrom", op=Operator.EQUAL, value="none"))
    with pytest.raises(InputError, match="None of the rows"):
        export_explored_vcf(explored, KEY, nothing, {}, output=output)
