"""A run looked at closely, on the demo genome: what its worker measured, and what running it again would do."""

from __future__ import annotations

import json

import pytest

from genoteca import actions
from genoteca.actions import App
from genoteca.errors import NotFoundError
from genoteca.model.run import Run, RunKind, RunStatus
from genoteca.model.run_steps import StepState


def last(app: App, kind: RunKind) -> Run:
    return next(run for run in app.index.list(limit=1000) if run.request.kind is kind)


def test_each_step_says_when_it_was_made_and_what_that_took(desk: App) -> None:
    run = last(desk, RunKind.ANNOTATE)
    steps = {step.asset: step for step in actions.run_steps(desk, run.id)}
    step = steps["everyday-traits/annotations"]
    assert step.state is StepState.DONE
    assert step.begun is not None
    assert step.ended is not None
    assert run.seconds is not None
    assert 0 <= step.begun <= step.ended <= run.seconds
    assert step.rows
    assert step.cpu_seconds is not None
    assert step.peak_memory_mb is not None
    assert run.peak_memory_mb is not None
    assert 50 < step.peak_memory_mb <= run.peak_memory_mb


def test_running_again_says_what_is_up_to_date_and_what_is_read_anew(desk: App) -> None:
    again = actions.retry_words(desk, last(desk, RunKind.ANNOTATE).id)
    assert again[0] == "Every answer is up to date, so nothing is looked up again."
    read = actions.retry_words(desk, last(desk, RunKind.IMPORT).id)
    assert read[0].startswith("The genome file is read again from its beginning")
    with pytest.raises(NotFoundError):
        actions.retry_words(desk, "no-such-run")


def test_runs_are_found_by_the_words_of_their_title(desk: App) -> None:
    run = last(desk, RunKind.ANNOTATE)
    title = actions.show_run(desk, run.id).title
    found = actions.find_runs(desk, text=title.replace("/", " "))
    assert run.id in {one.run.id for one in found.runs}
    assert found.matched == len(found.runs) <= sum(found.by_status.values())
    assert actions.find_runs(desk, text="no such title").matched == 0
    assert actions.find_runs(desk, statuses=(RunStatus.FAILED,), module="everyday-traits").matched == 0
    assert "Everyday traits" in actions.run_choices(desk).modules.values()


def test_what_was_asked_is_readable_and_a_run_that_is_over_takes_nothing(desk: App) -> None:
    run = last(desk, RunKind.ANNOTATE)
    assert json.loads(actions.run_request_json(desk, run.id))["modules"] == ["everyday-traits"]
    assert actions.run_usage(desk, run.id) is None
