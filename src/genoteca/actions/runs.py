"""Runs: listed, followed, cancelled, tried again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from genoteca.actions.annotating import annotate
from genoteca.actions.answers import outcomes_of
from genoteca.actions.app import App
from genoteca.actions.modules import titles
from genoteca.actions.samples import CORE
from genoteca.actions.views import RunCard
from genoteca.actions.words import left_words
from genoteca.engine.samples import read_sample
from genoteca.engine.stages import cancel_stages
from genoteca.errors import GenotecaError, InputError
from genoteca.model.run import Line, LineKind, Run, RunKind, RunStatus
from genoteca.model.sample import SampleId

__all__ = [
    "cancel_run",
    "ended_runs",
    "follow_run",
    "going_runs",
    "list_runs",
    "retry_run",
    "run_card",
    "run_lines",
    "runs_stamp",
    "show_run",
]

MOST_ENDED = 20
"""Runs that are looked at for having ended."""
MOST_TITLES = 4
"""Modules that a run's title names."""


def list_runs(app: App, *, sample: str | None = None, limit: int = 100) -> list[RunCard]:
    """Give the newest runs, newest first; of one sample where it is named."""
    names = titles(app)
    return [run_card(app, run, names) for run in app.index.list(sample, limit=limit)]


def going_runs(app: App) -> list[RunCard]:
    """Give the runs that are not over: what is at work first, then what waits, each oldest first."""
    found = app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.CANCELLING)
    names = titles(app) if found else {}
    cards = [run_card(app, run, names) for run in found]
    return sorted(cards, key=lambda card: card.run.status is RunStatus.QUEUED)


def ended_runs(app: App, since: datetime) -> list[RunCard]:
    """Give the newest runs that ended after a moment, oldest first; a whole lot at once is not told one by one."""
    found = [run for run in app.index.list(limit=MOST_ENDED) if run.ended is not None and run.ended > since]
    names = titles(app) if found else {}
    return [run_card(app, run, names) for run in reversed(found)]


def runs_stamp(app: App) -> tuple[int, ...]:
    """Give something that changes whenever anything is written of runs; costs two look-ups of files."""
    return app.index.token()


def show_run(app: App, run_id: str) -> RunCard:
    """Give one run; the first letters of its id are enough.

    Raises:
        NotFoundError: there is no such run.

    """
    return run_card(app, app.index.get(run_id), titles(app))


def run_lines(app: App, run_id: str, after: int = 0) -> Sequence[Line]:
    """Give the lines of a run whose number is above `after`."""
    return app.index.lines(app.index.get(run_id).id, after)


def follow_run(app: App, run_id: str) -> Iterator[Line]:
    """Give a run's lines as they come, until it is over."""
    yield from app.executor.follow(run_id)


def cancel_run(app: App, run_id: str, *, stages: bool = False) -> RunCard:
    """Ask for the end of a run; `stages`: also of those that were queued with it, and that it alone waits for."""
    run = cancel_stages(app.index, run_id) if stages else app.index.cancel(run_id)
    return run_card(app, run, titles(app))


def retry_run(app: App, run_id: str) -> str:
    """Queue a run that is over once more; gives the new run. Modules are asked again, their data fetched first.

    Raises:
        InputError: it is not over, or its modules cannot be asked any more.
        NotFoundError: the genome or a module is gone.

    """
    run = app.index.get(run_id)
    if not run.status.over:
        raise InputError(
            f"The run {run.id[:8]} is {run.status}.", title="This run is not over", hint="Cancel it first."
        )
    if run.request.kind is RunKind.ANNOTATE and run.request.partition is not None:
        asked = run.request
        return annotate(
            app,
            run.request.partition,
            asked.modules,
            engine=asked.engine,
            held=asked.held,
            settles=asked.settles,
        )
    # A reading of an older version of the app may have named fewer tables than are made today.
    assets = CORE if run.request.kind is RunKind.IMPORT else run.request.assets
    return app.index.enqueue(run.request.model_copy(update={"after": [], "assets": assets})).id


def run_card(app: App, run: Run, names: dict[str, str], *, outcomes: bool = True) -> RunCard:
    """Give a run as a list shows it; `outcomes`: with what it made of every module, which takes its records."""
    made = outcomes_of(app, run) if outcomes else {}
    return RunCard(run=run, title=_title(app, run, names), left=_left(app, run), outcomes=made)


def _left(app: App, run: Run) -> str:
    """Say how long a run will still take, from its pace since its first asset was begun."""
    if not run.has_pace:
        return ""
    begun = [line.time for line in app.index.lines(run.id) if line.kind is LineKind.STARTED]
    return left_words(run.seconds_left(begun[0], datetime.now(UTC))) if begun else ""


def _title(app: App, run: Run, names: dict[str, str]) -> str:
    told = _listed([names.get(module, module) for module in run.request.modules])
    if run.request.partition is None:
        return f"Prepare {told} for {run.request.build}"
    genome = _genome(app, run.request.partition)
    if run.request.kind is RunKind.JOIN:
        return f"Join the answers about {genome} into one table"
    if run.request.is_preview:
        return f"Preview of new answers about {genome} by {told}"
    return f"Read the file of {genome}" if run.request.kind is RunKind.IMPORT else f"Annotate {genome} with {told}"


def _listed(titles: list[str]) -> str:
    """Name a few; of many the first ones and how many more: its page names them all."""
    if len(titles) <= MOST_TITLES:
        return ", ".join(titles)
    return f"{', '.join(titles[: MOST_TITLES - 1])} and {len(titles) - MOST_TITLES + 1} more"


def _genome(app: App, partition: str) -> str:
    """Name a genome as its owner does; one that is gone by its key."""
    try:
        sample = read_sample(app.layout, SampleId.parse(partition))
    except GenotecaError:
        return partition
    return f"{sample.user_name} / {sample.sample_name}"
