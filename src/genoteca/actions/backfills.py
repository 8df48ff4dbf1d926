"""Look-ups of many genomes by many modules, asked for at once: started, fed, paused, cancelled, summed up."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from filelock import FileLock, Timeout
from pydantic import Field

from genoteca.actions import references
from genoteca.actions.answers import outcomes_of
from genoteca.actions.modules import titles
from genoteca.actions.renewing import renew
from genoteca.actions.status import Stands
from genoteca.actions.view import View
from genoteca.actions.views import AnswerState, ModuleAnswer
from genoteca.engine import records
from genoteca.engine.automation.backfills import Backfills
from genoteca.engine.automation.feeding import Found, Hands, feed
from genoteca.engine.samples import all_samples, read_sample
from genoteca.errors import InputError, NotFoundError
from genoteca.model.automation import Backfill, BackfillState, CellState
from genoteca.model.evidence import Outcome
from genoteca.model.run import Run
from genoteca.model.sample import SampleId

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = [
    "BackfillView",
    "Unanswered",
    "alone",
    "backfill_words",
    "cancel_backfill",
    "feed_backfills",
    "follow_backfill",
    "going_backfills",
    "list_backfills",
    "pause_backfill",
    "resume_backfill",
    "show_backfill",
    "start_backfill",
]

BEAT, LONGEST_LOOK = 0.05, 1.0
"""Seconds between two looks at whether anything was written, and after which it is looked at all the same."""
Look: TypeAlias = Callable[[str, Sequence[str]], Mapping[str, Found]]

ENDS = {
    Outcome.ANSWERED: CellState.DONE,
    Outcome.CANNOT_BE_TESTED: CellState.CANNOT,
    Outcome.FAILED: CellState.FAILED,
}


class Unanswered(View):
    """A look-up of a backfill that gave no answer, or one that waits."""

    sample: str
    module: str
    title: str
    """The module's."""
    state: CellState
    reason: str
    run: str


class BackfillView(View):
    """A backfill as a screen shows it."""

    backfill: Backfill
    title: str
    words: str
    """How far it is, or what came of it."""
    fraction: float
    unanswered: list[Unanswered] = Field(default_factory=list)
    """What failed or cannot be tested, where it was asked for."""
    waiting: list[Unanswered] = Field(default_factory=list)
    """Of what new answers wait, where it was asked for."""


def start_backfill(app: App, samples: Sequence[str] = (), modules: Sequence[str] = ()) -> BackfillView:
    """Ask several modules about several genomes; none named: all of them. A few runs are queued at a time.

    What is up to date, or queued already, is not asked again; nor is what waits to be looked at, or was left by the
    person. New answers that would change something about somebody wait (`renew`).

    Raises:
        NotFoundError: there is no such genome or module.
        InputError: there is no genome, or no module is installed.

    """
    keys, chosen = _samples(app, samples), _modules(app, modules)
    now, at_once = datetime.now(UTC), app.settings.backfill_runs
    return _view(app, _table(app).start(keys, chosen, at_once=at_once, now=now))


def feed_backfills(app: App) -> None:
    """Take in what has ended, and queue what comes next; nothing, while another process does."""
    if not _table(app).list(BackfillState.GOING, BackfillState.PAUSED, BackfillState.CANCELLED):
        return
    with alone(app) as may:
        for backfill in reversed(_table(app).list()) if may else ():
            if backfill.ended is None:
                _feed(app, backfill)


@contextmanager
def alone(app: App) -> Iterator[bool]:
    """Tell whether no other process does anything by itself at this moment; none does until this is over."""
    lock = FileLock(app.layout.automation_lock, mode=0o600)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def follow_backfill(app: App, number: int) -> Iterator[BackfillView]:
    """Feed one and give how it stands whenever that may have changed, until it is over or paused.

    Raises:
        NotFoundError: there is none of this number.

    """
    while True:
        token = app.index.token()
        feed_backfills(app)
        app.executor.wake()
        seen = show_backfill(app, number)
        yield seen
        if seen.backfill.ended is not None or seen.backfill.state is BackfillState.PAUSED:
            return
        until = time.monotonic() + LONGEST_LOOK
        while app.index.token() == token and time.monotonic() < until:
            time.sleep(BEAT)


def list_backfills(app: App) -> list[BackfillView]:
    """Give the newest, newest first."""
    return _views(app, _table(app).list())


def going_backfills(app: App) -> list[BackfillView]:
    """Give those that are neither over nor paused, newest first."""
    return _views(app, _table(app).list(BackfillState.GOING))


def show_backfill(app: App, number: int) -> BackfillView:
    """Give one, with every look-up that gave no answer and why, and those whose answers wait.

    Raises:
        NotFoundError: there is none of this number.

    """
    backfill = _table(app).get(number)
    names = titles(app)
    found = [
        Unanswered(
            sample=cell.sample,
            module=cell.module,
            title=names.get(cell.module, cell.module),
            state=cell.state,
            reason=cell.reason,
            run=cell.run,
        )
        for cell in _table(app).cells(number)
    ]
    parts = {
        "unanswered": [one for one in found if one.state in (CellState.FAILED, CellState.CANNOT)],
        "waiting": [one for one in found if one.state is CellState.WAITS],
    }
    return _view(app, backfill).model_copy(update=parts)


def pause_backfill(app: App, number: int) -> BackfillView:
    """Queue nothing more until it is resumed; what is queued already is done.

    Raises:
        NotFoundError: there is none of this number.
        InputError: it is over.

    """
    return _changed(app, number, BackfillState.PAUSED)


def resume_backfill(app: App, number: int) -> BackfillView:
    """Go on with one that was paused.

    Raises:
        NotFoundError: there is none of this number.
        InputError: it is over.

    """
    return _changed(app, number, BackfillState.GOING)


def cancel_backfill(app: App, number: int) -> BackfillView:
    """Stop one for good, with the runs that it queued; what is done stays.

    Raises:
        NotFoundError: there is none of this number.
        InputError: it is over.

    """
    _changed(app, number, BackfillState.CANCELLED)
    for run in sorted(
        {cell.run for cell in _table(app).cells(number) if cell.state is CellState.QUEUED and cell.own}
    ):
        app.index.cancel(run)
    feed_backfills(app)
    return _view(app, _table(app).get(number))


def backfill_words(backfill: Backfill) -> str:
    """Say how far one is, or what came of it."""
    told = {
        CellState.DONE: "looked up",
        CellState.UP_TO_DATE: "up to date already",
        CellState.KEPT: "kept as you left them",
        CellState.CANNOT: "cannot be tested",
        CellState.FAILED: "failed",
        CellState.CANCELLED: "cancelled",
    }
    counted = ", ".join(
        f"{backfill.counts[state]:,} {words}" for state, words in told.items() if state in backfill.counts
    )
    waits = backfill.counts.get(CellState.WAITS, 0)
    look = f"{waits:,} new {'answer waits' if waits == 1 else 'answers wait'}: have a look" if waits else ""
    counted = "; ".join(filter(None, (counted, look)))
    if backfill.ended is not None:
        return counted or "Nothing is left of it"
    done = f"{backfill.over:,} of {backfill.total:,}"
    return f"{done}: {counted}" if counted else done


def _changed(app: App, number: int, state: BackfillState) -> BackfillView:
    before = _table(app).get(number)
    if before.ended is not None or before.state is BackfillState.CANCELLED:
        raise InputError(f"The backfill {number} is over.", hint="Start another one: what is up to date is left out.")
    return _view(app, _table(app).change(number, state))


def _samples(app: App, wanted: Sequence[str]) -> list[str]:
    known = [sample.id.key for sample in all_samples(app.layout)]
    if not known:
        raise InputError("There is no genome to ask about.", hint="Add one first.")
    for key in wanted:
        if key not in known:
            read_sample(app.layout, SampleId.parse(key))  # says that there is none, and which there are
    return list(dict.fromkeys(wanted)) or known


def _modules(app: App, wanted: Sequence[str]) -> list[str]:
    known = list(references.annotating_modules(app.layout))
    if not known:
        raise InputError("No module is installed.", title="Nothing to ask", hint="Install one from the Store.")
    for module in wanted:
        if module not in known:
            near = difflib.get_close_matches(module, known, n=1)
            asked = f"No usable module {module!r} is installed" + (f"; did you mean {near[0]}?" if near else ".")
            raise NotFoundError(asked, hint=f"Installed: {', '.join(known)}.")
    return list(dict.fromkeys(wanted)) or known


def _feed(app: App, backfill: Backfill) -> None:
    table = _table(app)
    going = backfill.state is BackfillState.GOING
    fed = backfill if going else backfill.model_copy(update={"at_once": 0})
    hands = _hands(app, backfill)
    cells = feed(fed, table.cells(backfill.id), hands, save=lambda changed: table.save(backfill.id, changed))
    if backfill.state is BackfillState.CANCELLED:
        waiting = [cell for cell in cells if cell.state is CellState.WAITING]
        table.save(backfill.id, [cell.model_copy(update={"state": CellState.CANCELLED}) for cell in waiting])
        cells = [cell for cell in cells if cell not in waiting]
    if all(cell.state.over for cell in cells):
        cancelled = backfill.state is BackfillState.CANCELLED
        table.change(backfill.id, backfill.state if cancelled else BackfillState.DONE, ended=datetime.now(UTC))


def _hands(app: App, backfill: Backfill) -> Hands:
    def look(key: str, modules: Sequence[str]) -> Mapping[str, Found]:
        stands = Stands(app) if modules else None  # made anew for every genome: runs end meanwhile
        return {module: _stands(stands, key, module, backfill.created) for module in modules} if stands else {}

    def ended(run_id: str, modules: Sequence[str]) -> Mapping[str, Found] | None:
        return _made_by(app, run_id, modules, look)

    return Hands(look=look, queue=lambda key, modules: renew(app, key, modules), ended=ended)


def _stands(stands: Stands, key: str, module_id: str, since: datetime) -> Found:
    """Say where a module stands for a genome before it is asked; `since`: what was made later was asked for."""
    module = stands.look.annotating.get(module_id)
    if module is None:
        return Found(state=CellState.FAILED, reason="The module is not there any more.")
    sample = read_sample(stands.look.app.layout, SampleId.parse(key))
    now = stands.of(sample, module)
    if now.state is AnswerState.RUNNING:
        return Found(state=CellState.QUEUED, run=stands.last_run(sample, module))
    if now.state is AnswerState.WAITING:
        return Found(state=CellState.WAITS, run=_waiting_run(stands, module_id, key))
    if now.state is AnswerState.KEPT:
        return Found(state=CellState.KEPT)
    record = now.stored.record if now.stored else None
    if record and now.state is AnswerState.CANNOT_BE_TESTED:
        return Found(state=CellState.CANNOT, reason=_reason(stands.look.app, module_id, key))
    if record and now.state is AnswerState.UP_TO_DATE:
        made = record.created >= since
        return Found(state=CellState.DONE if made else CellState.UP_TO_DATE, run=record.run)
    return Found(state=CellState.WAITING)


def _reason(app: App, module_id: str, key: str) -> str:
    """Read why a module cannot be tested: the index, which is quick, leaves that out."""
    stored = records.current(app.layout, [module_id, "annotations"], key)
    return stored.record.reason if stored else ""


def _waiting_run(stands: Stands, module_id: str, key: str) -> str:
    waiting = stands.look.waiting(module_id, key)
    return waiting.record.run if waiting else ""


def _made_by(app: App, run_id: str, modules: Sequence[str], look: Look) -> dict[str, Found] | None:
    """Say what a run made of modules; None: it is not over."""
    try:
        run = app.index.get(run_id)
    except NotFoundError:  # the list of runs was cut short, or made anew
        return dict.fromkeys(modules, Found(state=CellState.WAITING))
    if not run.status.over:
        return None
    made = outcomes_of(app, run)
    again = _was_interrupted(app, run)
    found = {module: _ended(made.get(module), again=again) for module in modules}
    left = [module for module, one in found.items() if one.state is CellState.WAITING]
    # of a run that was interrupted some is done, and is found so
    return found | dict(look(str(run.request.partition), left))


def _ended(answer: ModuleAnswer | None, *, again: bool) -> Found:
    if answer is None:
        return Found(state=CellState.WAITING)
    if answer.outcome is None:
        return Found(state=CellState.WAITING if again else CellState.CANCELLED)
    if answer.outcome is Outcome.FAILED and again:
        return Found(state=CellState.WAITING)
    return Found(state=CellState.WAITS if answer.waits else ENDS[answer.outcome], reason=answer.why)


def _was_interrupted(app: App, run: Run) -> bool:
    """Tell whether a run, or one that it waited for, ended only because the app was closed or died.

    Then the run itself may well have succeeded: it made what it could of what was there.
    """
    before = [app.index.get(one) for one in run.request.after]
    return any(one.interrupted for one in (run, *before))


def _views(app: App, found: Sequence[Backfill]) -> list[BackfillView]:
    names = titles(app) if found else {}
    return [_named(one, names) for one in found]


def _view(app: App, backfill: Backfill) -> BackfillView:
    return _named(backfill, titles(app))


def _named(backfill: Backfill, names: Mapping[str, str]) -> BackfillView:
    modules = [names.get(one, one) for one in backfill.modules]
    asked = modules[0] if len(modules) == 1 else f"{len(modules)} modules"
    genomes = "1 genome" if backfill.genomes == 1 else f"{backfill.genomes} genomes"
    return BackfillView(
        backfill=backfill,
        title=f"Ask {asked} about {genomes}",
        words=backfill_words(backfill),
        fraction=backfill.over / backfill.total if backfill.total else 1.0,
    )


def _table(app: App) -> Backfills:
    return Backfills(app.layout.database)
