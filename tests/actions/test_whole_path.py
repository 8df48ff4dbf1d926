"""From the demo genome to its known answers, with the real module, worker and Dagster, without the network."""

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from genoteca import actions
from genoteca.actions import AnswerState, App, ModuleState, Query, SampleState
from genoteca.engine import records
from genoteca.errors import FilterError, InputError, NotFoundError
from genoteca.model.evidence import Evidence, Outcome
from genoteca.model.filter import Sort
from genoteca.model.run import RunKind, RunStatus
from genoteca.settings import assets_folder, bundled_plugins

KEY = "demo/synthetic"
TRAITS = "everyday-traits"


def test_the_demo_gives_its_known_answers(desk: App) -> None:
    known = json.loads((assets_folder() / "demo" / "answers.json").read_text("utf-8"))["sites"]
    with (bundled_plugins() / TRAITS / "src" / "genoteca_everyday_traits" / "sites.csv").open() as file:
        rsids = {row["site"]: row["rsid"] for row in csv.DictReader(file)}
    rows = {row["rsid"]: row for row in actions.result_page(desk, KEY, TRAITS, Query(limit=None)).rows}
    expected = {rsids[s]: (one["genotype"], one["evidence"]) for s, one in known.items() if rsids[s] in rows}
    assert {rsid: (rows[rsid]["genotype"], rows[rsid]["evidence"]) for rsid in expected} == expected
    assert len(expected) >= 32


def test_a_sample_card_reconciles_and_says_what_each_module_knows(desk: App) -> None:
    card = actions.show_sample(desk, KEY)
    assert card.state is SampleState.READY
    assert card.sample.synthetic
    assert card.intake is not None
    assert card.intake.reconciles
    (answer,) = card.answers
    assert (answer.state, answer.outcome) == (AnswerState.UP_TO_DATE, Outcome.ANSWERED)
    assert answer.sites == sum(answer.evidence.values())
    assert f"{answer.sites} sites" in answer.words
    assert all(check.passed for check in answer.checks)


def test_a_header_names_release_evidence_and_columns(desk: App) -> None:
    header = actions.show_result(desk, KEY, TRAITS)
    assert header.module.id == TRAITS
    assert set(header.shown) <= {column.name for column in header.columns}
    assert header.answer.release or header.answer.data_version


def test_pages_filter_sort_and_search(desk: App) -> None:
    called = actions.result_page(desk, KEY, TRAITS, Query(where=actions.parse_where("evidence = 'called'")))
    assert 0 < called.matched < called.total
    assert {row["evidence"] for row in called.rows} == {"called"}
    by_gene = actions.result_page(desk, KEY, TRAITS, Query(sort=[Sort(column="gene")], limit=None))
    genes = [str(row["gene"]) for row in by_gene.rows if row["gene"]]
    assert genes == sorted(genes)
    assert actions.result_page(desk, KEY, TRAITS, Query(text="lactase")).matched >= 1
    with pytest.raises(FilterError, match="no column"):
        actions.result_page(desk, KEY, TRAITS, Query(where=actions.parse_where("genotipe = 'A/A'")))


def test_a_row_shows_its_way_from_the_file(desk: App) -> None:
    page = actions.result_page(desk, KEY, TRAITS, Query(where=actions.parse_where("evidence = 'called'"), limit=1))
    detail = actions.result_row(desk, KEY, TRAITS, int(str(page.rows[0]["_row"])))
    titles = [step.title for step in detail.lineage]
    assert titles == ["File", "Genotype", "Reference", "Module", "Run"]
    assert f"record {page.rows[0]['line']:,}" in detail.lineage[0].text
    assert detail.evidence == Evidence.CALLED
    assert any(cell.column == "conclusion" for cell in detail.cells)


def test_gated_answers_say_what_must_be_read_first(desk: App) -> None:
    page = actions.result_page(desk, KEY, TRAITS, Query(where=actions.parse_where("gene in ('HFE', 'F5', 'F2')")))
    assert page.matched >= 3
    for row in page.rows:
        assert actions.result_row(desk, KEY, TRAITS, int(str(row["_row"]))).gate


def test_an_export_holds_exactly_the_view(desk: App, tmp_path: Path) -> None:
    query = Query(where=actions.parse_where("evidence = 'called'"))
    columns = ["gene", "genotype", "evidence"]
    out = tmp_path / "view.parquet"
    rows = actions.export_result(desk, KEY, TRAITS, query, columns=columns, format="parquet", output=out)
    found = pl.read_parquet(out)
    assert (found.height, found.columns) == (rows, columns)
    assert rows == actions.result_page(desk, KEY, TRAITS, query).matched


def test_runs_are_listed_with_what_they_took(desk: App) -> None:
    cards = actions.list_runs(desk)
    kinds = {card.run.request.kind for card in cards}
    assert {RunKind.IMPORT, RunKind.REFERENCE, RunKind.ANNOTATE} <= kinds
    last = next(card for card in cards if card.run.request.kind is RunKind.ANNOTATE)
    assert last.run.status is RunStatus.SUCCEEDED
    assert (last.run.peak_memory_mb or 0) > 20
    assert (last.run.cpu_seconds or 0) > 0
    assert actions.run_lines(desk, last.run.id)
    assert last.outcomes[TRAITS].outcome is Outcome.ANSWERED


def test_an_annotate_report_has_the_pinned_form(desk: App) -> None:
    run = next(c.run for c in actions.list_runs(desk) if c.run.request.kind is RunKind.ANNOTATE)
    report = actions.annotate_report(desk, run.id).model_dump(mode="json")
    assert set(report) == {"run", "sample", "modules"}
    told = report["modules"][TRAITS]
    counts = {"sites", "evidence", "filtered", "rows", "closed_rows"}
    fields = {"outcome", "reason", "release", *counts, "seconds", "peak_memory_mb"}
    assert set(told) == fields
    assert told["sites"] == sum(told["evidence"].values())
    assert set(told["evidence"]) == {kind.value for kind in Evidence}


def test_a_second_annotation_uses_the_reference_that_is_there(desk: App) -> None:
    before = len([c for c in actions.list_runs(desk) if c.run.request.kind is RunKind.REFERENCE])
    run = actions.annotate(desk, KEY, [TRAITS], force=True)
    assert desk.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    after = len([c for c in actions.list_runs(desk) if c.run.request.kind is RunKind.REFERENCE])
    assert after == before


def test_a_changed_setting_makes_the_answer_out_of_date(desk: App) -> None:
    actions.configure_module(desk, TRAITS, {"apoe": True})
    try:
        (answer,) = actions.show_sample(desk, KEY).answers
        assert answer.state is AnswerState.OUT_OF_DATE
        assert "settings" in answer.why
    finally:
        actions.configure_module(desk, TRAITS, {"apoe": ""})
    (answer,) = actions.show_sample(desk, KEY).answers
    assert answer.state is AnswerState.UP_TO_DATE


def test_a_cancelled_run_leaves_the_answer_as_it_was(desk: App) -> None:
    desk.executor.stop()
    try:
        run = actions.annotate(desk, KEY, [TRAITS], force=True)
        assert actions.cancel_run(desk, run).run.status is RunStatus.CANCELLED
        (answer,) = actions.show_sample(desk, KEY).answers
        assert answer.state is AnswerState.UP_TO_DATE
    finally:
        actions.start(desk)


def test_apoe_is_answered_only_when_asked_for(desk: App) -> None:
    apoe = Query(where=actions.parse_where("gene = 'APOE'"))
    assert actions.result_page(desk, KEY, TRAITS, apoe).matched == 0
    actions.configure_module(desk, TRAITS, {"apoe": True})
    try:
        run = actions.annotate(desk, KEY, [TRAITS])
        assert desk.executor.run_until_over(run).status is RunStatus.SUCCEEDED
        assert actions.result_page(desk, KEY, TRAITS, apoe).matched >= 1
    finally:
        actions.configure_module(desk, TRAITS, {"apoe": ""})
        desk.executor.run_until_over(actions.annotate(desk, KEY, [TRAITS]))


def test_the_store_offers_what_is_shipped(desk: App) -> None:
    cards = {card.id: card for card in actions.list_modules(desk)}
    assert {"clinvar", TRAITS} <= set(cards)
    assert cards[TRAITS].state is ModuleState.INSTALLED
    assert cards["clinvar"].state is ModuleState.AVAILABLE
    assert cards["clinvar"].works_with[KEY] == "yes"
    assert [card.id for card in actions.list_modules(desk, text="lactase")] == [TRAITS]


def test_a_healthy_folder_is_said_to_be_healthy(desk: App) -> None:
    assert [one.message for one in actions.doctor(desk) if not one.ok] == []


def test_what_is_not_there_is_named(desk: App) -> None:
    with pytest.raises(NotFoundError, match="demo/other"):
        actions.show_sample(desk, "demo/other")
    with pytest.raises(NotFoundError, match="did you mean everyday-traits"):
        actions.annotate(desk, KEY, ["everyday-trait"])
    with pytest.raises(NotFoundError, match="clinvar"):
        actions.show_result(desk, KEY, "clinvar")
    with pytest.raises(InputError, match="already a sample"):
        actions.add_sample(desk, actions.demo_genome(desk))


def _changed(desk: App, **changes: object) -> None:
    """Change what the record of the demo's answer says, as if it had been made otherwise."""
    stored = records.current(desk.layout, [TRAITS, "annotations"], KEY)
    assert stored is not None
    path = records.record_path(desk.layout, [TRAITS, "annotations"], KEY)
    records.write_record(path, stored.record.model_copy(update=changes))


def _state(desk: App) -> tuple[AnswerState, str]:
    (answer,) = actions.show_sample(desk, KEY).answers
    return answer.state, answer.why


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"code_version": "0.1.0.0"}, "compares variants better"),
        ({"metadata": {"module_digest": "0" * 64}}, "code changed"),
        ({"metadata": {"module_data_version": "1999"}}, "its data 1999"),
        ({"inputs": {f"{TRAITS}/reference": "0" * 64}}, "was prepared again"),
    ],
    ids=["matching", "module's code", "module's data", "reference"],
)
def test_an_answer_made_otherwise_is_out_of_date_and_is_made_again(
    desk: App, changes: dict[str, object], why: str
) -> None:
    desk.executor.run_until_over(actions.annotate(desk, KEY, [TRAITS]))
    before = records.current(desk.layout, [TRAITS, "annotations"], KEY)
    assert before is not None
    assert _state(desk)[0] is AnswerState.UP_TO_DATE
    kept = before.record.model_dump()
    whole = {name: {**kept[name], **told} if isinstance(told, dict) else told for name, told in changes.items()}
    _changed(desk, **whole)
    state, told = _state(desk)
    assert state is AnswerState.OUT_OF_DATE
    assert why in told
    run = desk.executor.run_until_over(actions.annotate(desk, KEY, [TRAITS]))
    assert (run.status, run.request.reused) == (RunStatus.SUCCEEDED, {})
    assert _state(desk)[0] is AnswerState.UP_TO_DATE


def test_a_damaged_answer_is_made_again_although_nothing_changed(desk: App) -> None:
    desk.executor.run_until_over(actions.annotate(desk, KEY, [TRAITS]))
    stored = records.current(desk.layout, [TRAITS, "annotations"], KEY)
    assert stored is not None
    body = bytearray(stored.path.read_bytes())
    body[len(body) // 2] ^= 1
    stored.path.write_bytes(body)
    run = desk.executor.run_until_over(actions.annotate(desk, KEY, [TRAITS]))
    assert (run.status, run.request.reused) == (RunStatus.SUCCEEDED, {})
    assert [one.message for one in actions.doctor(desk) if not one.ok] == []
