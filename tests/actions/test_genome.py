"""A genome's own page: its figures, its limits, and what becomes out of date when they change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from genoteca import actions
from genoteca.actions import AnswerState, App
from genoteca.engine import records
from genoteca.engine.reader import READER_VERSION
from genoteca.engine.records import record_path, write_record
from genoteca.errors import InputError, NotFoundError
from genoteca.model.run import RunStatus
from genoteca.model.sample import CallLimits, Sex

KEY = "demo/synthetic"
TRAITS = "everyday-traits"


@pytest.fixture
def usual(desk: App) -> Iterator[App]:
    """The desk, with the demo genome's limits and the settings as they were afterwards."""
    yield desk
    actions.set_limits(desk, KEY, CallLimits())
    actions.change_settings(desk, min_reference_quality=20, min_reference_depth=10, min_depth=0)


def state(app: App) -> tuple[AnswerState, str]:
    answer = next(one for one in actions.show_sample(app, KEY).answers if one.module == TRAITS)
    return answer.state, answer.why


def test_the_report_holds_the_figures_of_the_reading_and_no_genotype(desk: App) -> None:
    report = actions.genome_report(desk, KEY)
    assert report.quality is not None
    assert report.card.intake is not None
    assert report.quality.alleles == report.card.intake.carried
    assert report.card.intake.kind_evidence
    assert len(report.sha256) == 64
    assert report.effective["min_depth"] == 0
    assert report.reference_limits == {"reference_quality": 20, "reference_depth": 10}
    stored = records.current(desk.layout, ["sample", "variants"], KEY)
    assert stored is not None
    assert set(stored.record.metadata) == {"intake", "quality"}


def test_a_preview_keeps_nothing_and_a_kept_limit_marks_and_makes_answers_out_of_date(usual: App) -> None:
    limits = CallLimits(min_genotype_quality=1000)
    told = actions.preview_limits(usual, KEY, limits)
    assert 0 < told.marked <= told.rows
    assert told.reasons["genotype_quality"] + told.not_judged.get("genotype_quality", 0) == told.rows
    assert state(usual) == (AnswerState.UP_TO_DATE, "")

    actions.set_limits(usual, KEY, limits)
    assert state(usual) == (AnswerState.OUT_OF_DATE, "your limits changed (genotype quality 0 → 1000)")
    run = actions.annotate(usual, KEY)
    assert usual.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    assert state(usual) == (AnswerState.UP_TO_DATE, "")
    marked = next(one for one in actions.show_sample(usual, KEY).answers if one.module == TRAITS)
    assert marked.filtered > 0

    actions.set_limits(usual, KEY, CallLimits())
    assert state(usual) == (AnswerState.OUT_OF_DATE, "your limits changed (genotype quality 1000 → 0)")
    run = actions.annotate(usual, KEY)
    assert usual.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    assert state(usual)[0] is AnswerState.UP_TO_DATE


def test_a_sample_s_own_limit_stands_above_the_setting(usual: App) -> None:
    actions.change_settings(usual, min_depth=7)
    assert actions.genome_report(usual, KEY).effective["min_depth"] == 7
    assert state(usual)[0] is AnswerState.OUT_OF_DATE
    actions.set_limits(usual, KEY, CallLimits(min_depth=0))
    assert actions.genome_report(usual, KEY).effective["min_depth"] == 0
    assert state(usual)[0] is AnswerState.UP_TO_DATE


def test_other_limits_for_no_difference_ask_for_another_reading_which_works(usual: App) -> None:
    actions.change_settings(usual, min_reference_quality=1000)
    assert actions.show_sample(usual, KEY).why_read_again == (
        "its limits changed (genotype quality for “no difference” 20 → 1000)"
    )
    assert state(usual)[1].startswith("the genome should be read again: its limits changed")
    before = actions.genome_report(usual, KEY).quality
    run = actions.read_again(usual, KEY)
    assert actions.read_again(usual, KEY) == run or usual.index.get(run).status.over
    assert usual.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    assert actions.show_sample(usual, KEY).why_read_again == ""
    after = actions.genome_report(usual, KEY).quality
    assert before is not None
    assert after is not None
    assert before.shares.reference > 0
    assert after.shares.reference == 0
    assert state(usual) == (AnswerState.OUT_OF_DATE, "the genome was read again")

    actions.change_settings(usual, min_reference_quality=20)
    assert usual.executor.run_until_over(actions.read_again(usual, KEY)).status is RunStatus.SUCCEEDED
    assert state(usual) == (AnswerState.UP_TO_DATE, "")


def test_a_genome_read_before_figures_were_kept_has_none_and_counts_as_read_with_the_usual_limits(usual: App) -> None:
    kept = {}
    for name in ("variants", "coverage"):
        stored = records.current(usual.layout, ["sample", name], KEY)
        assert stored is not None
        kept[name] = stored.record
        older = {part: value for part, value in stored.record.metadata.items() if part == "intake"}
        path = record_path(usual.layout, ["sample", name], KEY)
        write_record(path, stored.record.model_copy(update={"metadata": older}))
    try:
        report = actions.genome_report(usual, KEY)
        assert report.quality is None
        assert report.card.why_read_again == ""
        actions.change_settings(usual, min_reference_depth=11)
        assert "10 → 11" in actions.show_sample(usual, KEY).why_read_again
    finally:
        for name, record in kept.items():
            write_record(record_path(usual.layout, ["sample", name], KEY), record)


def test_a_genome_that_an_older_reader_read_should_be_read_again(usual: App) -> None:
    path = record_path(usual.layout, ["sample", "variants"], KEY)
    stored = records.current(usual.layout, ["sample", "variants"], KEY)
    assert stored is not None
    assert stored.record.code_version == str(READER_VERSION)
    assert actions.show_sample(usual, KEY).why_read_again == ""
    try:
        write_record(path, stored.record.model_copy(update={"code_version": str(READER_VERSION - 1)}))
        versions = f"reader {READER_VERSION - 1} → {READER_VERSION}"
        why = f"Genoteca reads files better now than when this one was read ({versions})"
        assert actions.show_sample(usual, KEY).why_read_again == why
        assert actions.genome_report(usual, KEY).card.why_read_again == why
        assert state(usual) == (AnswerState.OUT_OF_DATE, f"the genome should be read again: {why}")
        actions.change_settings(usual, min_reference_depth=11)
        told = actions.show_sample(usual, KEY).why_read_again
        assert told.startswith(f"{why}; its limits changed")
    finally:
        write_record(path, stored.record)
    actions.change_settings(usual, min_reference_depth=10)
    assert actions.show_sample(usual, KEY).why_read_again == ""


def test_the_inferred_sex_is_compared_with_the_stated_one_in_words(desk: App) -> None:
    report = actions.genome_report(desk, KEY)
    assert report.quality is not None
    assert actions.sex_compared(report) == "It cannot be told from this file."
    sex = report.quality.sex.model_copy(update={"pattern": "XX"})
    seen = report.model_copy(update={"quality": report.quality.model_copy(update={"sex": sex})})
    for stated, words in ((Sex.UNSTATED, "No sex was stated"), (Sex.FEMALE, "as stated"), (Sex.MALE, "but male was")):
        sample = seen.card.sample.model_copy(update={"sex": stated})
        card = seen.card.model_copy(update={"sample": sample})
        assert words in actions.sex_compared(seen.model_copy(update={"card": card}))


def test_limits_of_a_genome_that_is_not_there_are_refused(desk: App) -> None:
    with pytest.raises(NotFoundError):
        actions.set_limits(desk, "no/body", CallLimits())
    with pytest.raises(NotFoundError):
        actions.preview_limits(desk, "no/body", CallLimits())
    with pytest.raises(NotFoundError):
        actions.read_again(desk, "no/body")


def test_a_genome_that_was_not_read_has_no_preview(desk: App) -> None:
    path = record_path(desk.layout, ["sample", "variants"], KEY)
    aside = path.with_name("aside")
    path.rename(aside)
    try:
        with pytest.raises(InputError, match="not read yet"):
            actions.preview_limits(desk, KEY, CallLimits())
        assert actions.genome_report(desk, KEY).quality is None
    finally:
        aside.rename(path)
