"""One run looked at closely: its steps, what it takes now, and what running it again would do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from genoteca.actions.annotating import what_is_left
from genoteca.actions.app import App
from genoteca.actions.modules import titles
from genoteca.engine.usage_now import UsageNow, usage_now
from genoteca.errors import GenotecaError
from genoteca.model.counted import counted
from genoteca.model.run import Run, RunKind, RunStatus
from genoteca.model.run_steps import RunStep, steps_of

__all__ = ["retry_words", "run_request_json", "run_steps", "run_usage"]


def run_steps(app: App, run_id: str) -> list[RunStep]:
    """Give the steps of a run on its time axis.

    Raises:
        NotFoundError: there is no such run.

    """
    run = app.index.get(run_id)
    return steps_of(run, app.index.lines(run.id), datetime.now(UTC))


def run_usage(app: App, run_id: str) -> UsageNow | None:
    """Give what a run takes of the computer now; None: it is not at work, or its worker cannot be looked at.

    Raises:
        NotFoundError: there is no such run.

    """
    run = app.index.get(run_id)
    at_work = run.status in (RunStatus.RUNNING, RunStatus.CANCELLING)
    return usage_now(run.pid) if at_work and run.pid is not None else None


def run_request_json(app: App, run_id: str) -> str:
    """Give what was asked of a run as it is kept, as JSON.

    Raises:
        NotFoundError: there is no such run.

    """
    return app.index.get(run_id).request.model_dump_json(indent=2)


def retry_words(app: App, run_id: str) -> list[str]:
    """Say what running a run again would do, a sentence each; where it cannot be, why not.

    Raises:
        NotFoundError: there is no such run.

    """
    run = app.index.get(run_id)
    try:
        return [*_will(app, run), "The run that is over stays in the list as it is."]
    except GenotecaError as error:
        return [f"It cannot be run again: {error.message}", error.hint]


def _will(app: App, run: Run) -> list[str]:
    request, names = run.request, titles(app)
    told = _named(request.modules, names)
    if request.kind is RunKind.REFERENCE:
        anew = "fetched anew, also what is in the cache" if request.force else "fetched where it is not in the cache"
        return [f"The data of {told} for {request.build} is made again; what it is made of is {anew}."]
    if request.kind is RunKind.JOIN:
        return ["The answers that there are now are joined into one table, which replaces the one before."]
    if request.kind is RunKind.IMPORT or request.partition is None:
        return [
            "The genome file is read again from its beginning, with the settings that hold now.",
            "Answers of modules stay as they are until the reading is over; those that are out of date then say so.",
        ]
    return _asked_again(app, request.partition, request.modules, names)


def _asked_again(app: App, sample: str, modules: Sequence[str], names: dict[str, str]) -> list[str]:
    left = what_is_left(app, sample, modules)
    if not left.fresh:
        return ["Every answer is up to date, so nothing is looked up again."]
    words = [f"{_named(left.fresh, names)}: looked up again in this genome, with the settings that hold now."]
    if left.reused:
        words.append(f"{_named(left.reused, names)}: up to date, not looked up again.")
    if left.missing:
        wait = " from the internet" if not app.settings.offline else ", which fails: Genoteca is set to stay offline"
        words.append(f"First {counted(len(left.missing), 'module')} must have data made or fetched{wait}: "
                     f"{_named(left.missing, names)}.")  # fmt: skip
    return words


def _named(modules: Sequence[str], names: dict[str, str]) -> str:
    return ", ".join(names.get(module, module) for module in modules) or "no module"
