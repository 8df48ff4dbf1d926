"""`genoteca status`, `genoteca update`, `genoteca runs replay`: what is out of date, and making it anew."""

from __future__ import annotations

from typing import Annotated

import typer

from genoteca import actions
from genoteca.actions.costs import cost_words
from genoteca.actions.replaying import replay_run
from genoteca.actions.status import Status, status
from genoteca.actions.updating import update
from genoteca.actions.views import AnswerState
from genoteca.cli.following import follow
from genoteca.cli.printing import print_json, print_table, say
from genoteca.cli.printing import status as passing
from genoteca.cli.session import Json, session
from genoteca.errors import InputError
from genoteca.model.counted import counted
from genoteca.model.evidence import Outcome
from genoteca.model.run import RunStatus

__all__ = ["replay", "status_", "update_"]

MaybeKey = Annotated[str, typer.Argument(metavar="[U/S]", help="One sample, as user/sample; all when none.")]
MaybeModule = Annotated[str, typer.Argument(metavar="[MODULE]", help="One module; all when none.")]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, or the first letters of it.")]


def status_(context: typer.Context, key: MaybeKey = "", module: MaybeModule = "", as_json: Json = False) -> None:
    """Say what is out of date and every reason why, and what catching up would cost."""
    with session(context).app() as app:
        told = status(app, key, module)
    if as_json:
        print_json(**told.model_dump(mode="json"))
        return
    print_table(["Sample", "Module", "State", "Why"], _lines(told))
    say(_sum(told))
    for one in told.aside:
        say(f"{one.title} is set aside, and says nothing of any sample: {one.why}")


def update_(
    context: typer.Context,
    key: MaybeKey = "",
    module: MaybeModule = "",
    preview: Annotated[
        bool,
        typer.Option("--preview", help="All new answers wait to be used or left, whatever they say."),
    ] = False,
    take: Annotated[bool, typer.Option("--take", help="Use all new answers at once, whatever they say.")] = False,
    as_json: Json = False,
) -> None:
    """Look up again what is out of date, and nothing else; exit code 1 if any of it failed.

    New answers that would change something about the person wait until they were looked at.
    """
    if preview and take:
        raise InputError("--preview and --take are two different things.", hint="Give one of them.")
    with session(context).app(executing=True) as app:
        told = status(app, key, module)
        cost = told.cost
        if not as_json:
            passing(f"Catching up takes {cost_words(cost)}." if cost.parts else told.nothing_old)
        queued = update(app, key, module, held=preview, take=True if take else None)
        reports = []
        for run in queued.runs:
            follow(app, run.id, quiet=as_json)
            reports.append(actions.annotate_report(app, run.id))
    if as_json:
        print_json(cost=cost, runs=reports, refused=queued.refused)
    for report in [] if as_json else reports:
        for name, one in report.modules.items():
            if not one.reused:
                waits = "; the new answers wait" if one.waits else ""
                say(f"{report.sample}: {name}: {one.outcome}" + (f" ({one.reason})" if one.reason else "") + waits)
        if any(one.waits for one in report.modules.values()):
            say(f"What would change: genoteca changes {report.sample}")
    for sample, trouble in {} if as_json else queued.refused.items():
        say(f"{sample}: {trouble.title}. {trouble.message} {trouble.hint}".strip())
    failed = any(one.outcome is Outcome.FAILED for report in reports for one in report.modules.values())
    if failed or queued.refused:
        raise typer.Exit(1)


def replay(context: typer.Context, run: RunId, as_json: Json = False) -> None:
    """Do a run once more exactly as its record says; exit code 1 if it failed."""
    with session(context).app(executing=True) as app:
        run_id = replay_run(app, run)
        follow(app, run_id, quiet=as_json)
        card = actions.show_run(app, run_id)
    if as_json:
        print_json(run=card)
    else:
        say(f"{card.title}: {card.run.status}")
    if card.run.status is not RunStatus.SUCCEEDED:
        raise typer.Exit(1)


def _lines(told: Status) -> list[tuple[str, str, str, str]]:
    """Give a line for every answer that is not up to date, and one for each further reason."""
    lines = []
    for sample in told.samples:
        for one in sample.modules:
            if one.state is not AnswerState.UP_TO_DATE:
                first, *more = [reason.words for reason in one.reasons] or [one.failed]
                lines.append((sample.sample, one.module, str(one.state), first))
                lines += [("", "", "", words) for words in more]
    return lines


def _sum(told: Status) -> str:
    count = sum(one.state is AnswerState.UP_TO_DATE for sample in told.samples for one in sample.modules)
    failed = f" {counted(told.failed, 'look-up')} failed: genoteca annotate asks again." if told.failed else ""
    waiting = [one.sample for one in told.samples if any(it.state is AnswerState.WAITING for it in one.modules)]
    failed += f" New answers wait: genoteca changes {waiting[0]}." if waiting else ""
    if not told.old:
        return f"{counted(count, 'answer is', 'answers are')} up to date, none is out of date.{failed}"
    said = f"{counted(count, 'answer is', 'answers are')} up to date, {told.old} out of date.{failed}"
    return f"{said} Catching up (genoteca update) takes {cost_words(told.cost)}."
