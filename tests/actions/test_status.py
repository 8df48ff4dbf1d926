"""Where modules stand: every reason, the same in the index as in the files, and nothing of what an answer says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from genoteca import actions
from genoteca.actions import App
from genoteca.actions.answers import outcomes_of
from genoteca.actions.backfills import feed_backfills, show_backfill, start_backfill
from genoteca.actions.status import ModuleStatus, status
from genoteca.actions.view import ReasonKind
from genoteca.actions.views import AnswerState
from genoteca.cli.main import build
from genoteca.database import connect
from genoteca.engine import records
from genoteca.engine.held import hold, take
from genoteca.engine.reader import READER_VERSION
from genoteca.engine.record_index import SCHEMA
from genoteca.engine.records import record_path, write_record
from genoteca.errors import NotFoundError
from genoteca.model.automation import CellState
from genoteca.model.evidence import Outcome
from genoteca.model.record import Record
from genoteca.model.run import Run, RunKind, RunRequest, RunStatus
from genoteca.model.sample import CallLimits
from genoteca.model.variant import VariantName

REFUSED = {"title": "A check did not pass", "message": "It was not taken.", "hint": ""}
KEY = "demo/synthetic"
TRAITS = "everyday-traits"


@pytest.fixture
def written(desk: App) -> Iterator[Record]:
    """The record of what everyday-traits says, as it is put back afterwards."""
    kept = {name: current(desk, *name) for name in ((TRAITS, "annotations"), ("sample", "variants"))}
    yield kept[TRAITS, "annotations"]
    for name, record in kept.items():
        write_record(record_path(desk.layout, list(name), KEY), record)
    actions.set_limits(desk, KEY, CallLimits())


def current(app: App, *asset: str) -> Record:
    stored = records.current(app.layout, list(asset), KEY)
    assert stored is not None
    return stored.record


def rewrite(app: App, record: Record, **changes: object) -> None:
    write_record(record_path(app.layout, record.asset, KEY), record.model_copy(update=changes))


def one(app: App) -> ModuleStatus:
    told = status(app, KEY, TRAITS)
    (sample,) = told.samples
    (found,) = sample.modules
    shown = actions.show_result(app, KEY, TRAITS).answer
    assert (found.state, found.reasons) == (shown.state, shown.reasons)
    assert shown.why == (found.reasons[0].words if found.reasons else "")
    return found


def test_every_reason_is_told_with_what_was_and_what_is(desk: App, written: Record) -> None:
    assert one(desk).reasons == []
    metadata = {**written.metadata, "module_version": "0.9.0", "module_data_version": "2020"}
    rewrite(
        desk, written, metadata=metadata, code_version="2.0", inputs={**written.inputs, f"{TRAITS}/reference": "0"}
    )
    variants = current(desk, "sample", "variants")
    rewrite(desk, variants, code_version=str(READER_VERSION - 1), sha256="1" * 64)
    actions.set_limits(desk, KEY, CallLimits(min_depth=7, failing=("low", "deep")))
    told = {reason.kind: reason for reason in one(desk).reasons}
    assert list(told) == [
        ReasonKind.MODULE,
        ReasonKind.DATA,
        ReasonKind.MATCHING,
        ReasonKind.GENOME,
        ReasonKind.LIMITS,
        ReasonKind.READER,
        ReasonKind.REFERENCE,
    ]
    assert told[ReasonKind.MODULE].words.startswith("module 0.9.0 → ")
    assert told[ReasonKind.MATCHING].before == "2"
    assert told[ReasonKind.LIMITS].before == "depth 0, filters that count all"
    assert told[ReasonKind.LIMITS].after == "depth 7, filters that count low, deep"
    assert f"reader {READER_VERSION - 1} → {READER_VERSION}" in told[ReasonKind.READER].words
    assert {part.what for part in status(desk).cost.parts} == {"read again", "look up"}


def test_the_index_is_never_believed_against_a_file(desk: App, written: Record) -> None:
    assert one(desk).reasons == []
    rewrite(desk, written, metadata={**written.metadata, "module_version": "0.9.0"})
    assert [reason.kind for reason in one(desk).reasons] == [ReasonKind.MODULE]
    table = record_path(desk.layout, [TRAITS, "annotations"], KEY).with_name(str(written.file))
    aside = table.rename(table.with_suffix(".aside"))
    try:
        (reason,) = status(desk, KEY, TRAITS).samples[0].modules[0].reasons
        assert reason.kind is ReasonKind.DAMAGED
        assert "is gone" in reason.words
    finally:
        aside.rename(table)
    rewrite(desk, written)
    assert one(desk).reasons == []


def test_a_look_up_that_failed_beside_the_answer_in_force_says_nothing_of_it(desk: App) -> None:
    before = one(desk)
    request = RunRequest(kind=RunKind.ANNOTATE, partition=KEY, modules=[TRAITS], assets=[], held=True)
    failed = Run(id="beside", request=request, status=RunStatus.FAILED, queued=datetime.now(UTC))
    desk.index.restore([failed])
    try:
        assert one(desk) == before
    finally:
        desk.index.drop([failed.id])


def test_where_a_look_up_failed_or_is_going_on_nobody_says_that_everything_is_up_to_date(desk: App) -> None:
    assert (status(desk).failed, status(desk).nothing_old) == (0, "Everything is up to date.")
    request = RunRequest(kind=RunKind.ANNOTATE, partition=KEY, modules=[TRAITS], assets=[])
    going = Run(id="going", request=request, status=RunStatus.RUNNING, queued=datetime.now(UTC))
    desk.index.restore([going])
    try:
        assert "1 answer is being looked up" in status(desk).nothing_old
    finally:
        desk.index.drop([going.id])
    failed = Run(id="failed", request=request, status=RunStatus.FAILED, queued=datetime.now(UTC), error=REFUSED)
    desk.index.restore([failed])
    try:
        assert status(desk).samples[0].modules[0].failed == REFUSED["message"]
        told = CliRunner().invoke(build(lambda *_, **__: None), ["--home", str(desk.layout.home), "status"])
        assert "none is out of date. 1 look-up failed" in " ".join(told.output.split())
        assert "1 look-up failed" in status(desk).nothing_old
    finally:
        desk.index.drop([failed.id])


def test_what_a_module_said_is_read_on_while_it_is_asked_again(desk: App, written: Record) -> None:
    before = actions.show_result(desk, KEY, TRAITS).answer
    request = RunRequest(kind=RunKind.ANNOTATE, partition=KEY, modules=[TRAITS], assets=[])
    desk.index.restore([Run(id="again", request=request, status=RunStatus.RUNNING, queued=datetime.now(UTC))])
    try:
        now = actions.show_result(desk, KEY, TRAITS).answer
        assert now == before.model_copy(update={"state": AnswerState.RUNNING, "run": "again"})
        (told,) = actions.genome_overview(desk, KEY).modules
        assert told.findings
        (traits,) = actions.show_variant(desk, KEY, VariantName.parse("2-135851076-G-A")).answers
        assert traits.rows
        rewrite(desk, written, code_version="2.0")
        assert [reason.kind for reason in one(desk).reasons] == [ReasonKind.MATCHING]
        record_path(desk.layout, written.asset, KEY).write_text("{")
        (told_of,) = status(desk, KEY, TRAITS).samples[0].modules
        assert told_of.reasons == []
        assert told_of.state is AnswerState.RUNNING
    finally:
        desk.index.drop(["again"])


def test_what_a_module_said_stands_where_it_was_asked_again_and_failed(desk: App) -> None:
    before = actions.show_result(desk, KEY, TRAITS).answer
    request = RunRequest(kind=RunKind.ANNOTATE, partition=KEY, modules=[TRAITS], assets=[])
    failed = Run(id="failed", request=request, status=RunStatus.FAILED, queued=datetime.now(UTC), error=REFUSED)
    desk.index.restore([failed])
    try:
        now = actions.show_result(desk, KEY, TRAITS).answer
        assert (now.state, now.why, now.run) == (AnswerState.FAILED, REFUSED["message"], "failed")
        assert (now.outcome, now.words, now.when) == (before.outcome, before.words, before.when)
        assert now.trouble
        assert (before.doubt, now.doubt) == ("", "the last look-up failed")
        (told,) = actions.genome_overview(desk, KEY).modules
        assert told.findings
        (traits,) = actions.show_variant(desk, KEY, VariantName.parse("2-135851076-G-A")).answers
        assert traits.rows
        assert traits.why == now.doubt
    finally:
        desk.index.drop([failed.id])


def test_what_cannot_be_tested_says_why_where_many_genomes_were_asked_about(desk: App, written: Record) -> None:
    why = "Its file says nothing of these places."
    rewrite(desk, written, outcome=Outcome.CANNOT_BE_TESTED, reason=why)
    begun = start_backfill(desk, [KEY], [TRAITS])
    feed_backfills(desk)
    (told,) = show_backfill(desk, begun.backfill.id).unanswered
    assert (told.state, told.reason) == (CellState.CANNOT, why)


def test_what_waits_of_a_run_in_which_another_module_failed_did_not_fail(desk: App, written: Record) -> None:
    request = RunRequest(kind=RunKind.ANNOTATE, partition=KEY, modules=[TRAITS], assets=[], held=True)
    run = Run(id="0badc0de", request=request, status=RunStatus.FAILED, queued=datetime.now(UTC))
    (before,) = outcomes_of(desk, run).values()
    assert before.outcome is Outcome.FAILED
    file = record_path(desk.layout, written.asset, KEY)
    hold(file, written.model_copy(update={"run": run.id}))
    try:
        (told,) = outcomes_of(desk, run).values()
        assert told.outcome is Outcome.ANSWERED
    finally:
        file.with_name(f"annotations-{run.id}.json").unlink()


def test_a_module_that_answered_did_not_fail_because_its_run_went_wrong_elsewhere(desk: App, written: Record) -> None:
    """Older runs, of which the answers were replaced since: one in which another module failed, one interrupted."""
    file = record_path(desk.layout, written.asset, KEY)
    request = RunRequest(kind=RunKind.ANNOTATE, partition=KEY, modules=[TRAITS, "gone"], assets=[])
    elsewhere = {"gone/annotations": REFUSED}
    for failed in (elsewhere, elsewhere | {f"{TRAITS}/annotations": REFUSED}):
        run = Run(
            id="0badc0de", request=request, status=RunStatus.FAILED, queued=datetime.now(UTC), failed_assets=failed
        )
        older = file.with_name(f"annotations-{run.id}.json")
        older.write_text(written.model_copy(update={"run": run.id}).model_dump_json(indent=1))
        try:
            told = outcomes_of(desk, run)
            assert (told[TRAITS].outcome, told["gone"].outcome) == (Outcome.ANSWERED, Outcome.FAILED)
        finally:
            older.unlink()
        again = outcomes_of(desk, run)[TRAITS].outcome
        assert again is (Outcome.FAILED if TRAITS in str(failed) else None), (
            "dropped since; nobody knows what it said"
        )


def test_what_was_taken_after_a_look_up_failed_has_not_failed(desk: App, written: Record) -> None:
    request = RunRequest(kind=RunKind.ANNOTATE, partition=KEY, modules=[TRAITS], assets=[])
    failed = Run(id="failed", request=request, status=RunStatus.FAILED, queued=datetime.now(UTC), error=REFUSED)
    desk.index.restore([failed])
    try:
        assert status(desk, KEY, TRAITS).failed == 1
        hold(record_path(desk.layout, written.asset, KEY), written.model_copy(update={"run": "0badc0de"}))
        take(desk.layout, TRAITS, KEY)
        assert (one(desk).state, one(desk).failed) == (AnswerState.UP_TO_DATE, "")
    finally:
        desk.index.drop([failed.id])
        record_path(desk.layout, written.asset, KEY).with_name("annotations-0badc0de.json").unlink(missing_ok=True)


@pytest.mark.usefixtures("written")
def test_the_index_keeps_nothing_of_what_an_answer_says(desk: App) -> None:
    one(desk)
    with connect(desk.layout.database, SCHEMA) as db:
        (row,) = db.execute("SELECT * FROM answer_records WHERE place LIKE ?", (f"{KEY}/{TRAITS}/%",)).fetchall()
    kept = Record.model_validate_json(row["record"])
    assert (kept.evidence, kept.rows, kept.sites, kept.filtered, kept.checks) == ({}, 0, None, 0, [])
    assert not kept.metadata.keys() & {"closed", "unusable", "compared", "agreeing"}
    assert row["place"].startswith(f"{KEY}/")


def test_a_genome_or_module_that_is_not_there_is_no_empty_answer(desk: App) -> None:
    with pytest.raises(NotFoundError, match="no sample"):
        status(desk, "demo/nobody")
    with pytest.raises(NotFoundError, match="everyday-trait'"):
        status(desk, KEY, "everyday-trait")
