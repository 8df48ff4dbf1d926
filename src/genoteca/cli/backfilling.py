"""`genoteca backfill …`: many genomes asked about by many modules at once."""

from __future__ import annotations

from typing import Annotated

import typer

from genoteca.actions import backfills
from genoteca.actions.app import App
from genoteca.actions.backfills import BackfillView
from genoteca.cli.following import shown_progress
from genoteca.cli.printing import print_json, print_table, say
from genoteca.cli.session import Json, session
from genoteca.model.automation import BackfillState, CellState

__all__ = ["commands"]

commands = typer.Typer(
    help="Many genomes asked about by many modules at once, a few runs at a time.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="Its number, as the list shows it.")]
NoWait = Annotated[
    bool, typer.Option("--no-wait", help="Do not work on it here: an open app does, or `automation run`.")
]


@commands.command("start")
def start(
    context: typer.Context,
    sample: Annotated[
        list[str] | None, typer.Option("--sample", metavar="U/S", help="A genome; all if none.")
    ] = None,
    module: Annotated[list[str] | None, typer.Option("--module", metavar="ID", help="A module; all if none.")] = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Ask modules about genomes; what is up to date or queued already is not asked again."""
    with session(context).app(executing=not no_wait) as app:
        made = backfills.start_backfill(app, sample or (), module or ())
        seen = made if no_wait else _follow(app, made.backfill.id, quiet=as_json)
    _print(seen, as_json=as_json)


@commands.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List them, newest first."""
    with session(context).app() as app:
        found = backfills.list_backfills(app)
    if as_json:
        print_json(backfills=found)
        return
    rows = ((one.backfill.id, one.title, one.backfill.state, one.words) for one in found)
    print_table(["Number", "What", "State", "How far"], rows)


@commands.command("show")
def show(context: typer.Context, number: Number, as_json: Json = False) -> None:
    """Show how far one is, and what failed or cannot be tested."""
    with session(context).app() as app:
        seen = backfills.show_backfill(app, number)
    _print(seen, as_json=as_json, strict=False)


@commands.command("pause")
def pause(context: typer.Context, number: Number, as_json: Json = False) -> None:
    """Queue nothing more of one until it is resumed."""
    with session(context).app() as app:
        seen = backfills.pause_backfill(app, number)
    _print(seen, as_json=as_json)


@commands.command("resume")
def resume(context: typer.Context, number: Number, no_wait: NoWait = False, as_json: Json = False) -> None:
    """Go on with one that was paused, or whose app was closed."""
    with session(context).app(executing=not no_wait) as app:
        seen = backfills.resume_backfill(app, number)
        seen = seen if no_wait else _follow(app, number, quiet=as_json)
    _print(seen, as_json=as_json)


@commands.command("cancel")
def cancel(context: typer.Context, number: Number, as_json: Json = False) -> None:
    """Stop one for good; what is done stays."""
    with session(context).app() as app:
        seen = backfills.cancel_backfill(app, number)
    _print(seen, as_json=as_json)


def _follow(app: App, number: int, *, quiet: bool) -> BackfillView:
    with shown_progress("Waiting", quiet=quiet) as report:
        for seen in backfills.follow_backfill(app, number):
            report(seen.fraction, seen.words)
    return backfills.show_backfill(app, number)


def _print(seen: BackfillView, *, as_json: bool, strict: bool = True) -> None:
    """Print it; `strict`: one of which something failed ends with exit code 1."""
    if as_json:
        print_json(**seen.model_dump(mode="json"))
    else:
        say(f"{seen.backfill.id}: {seen.title}, {seen.backfill.state}. {seen.words}")
        if seen.unanswered:
            rows = ((one.sample, one.module, one.state, one.reason) for one in seen.unanswered)
            print_table(["Genome", "Module", "How", "Why"], rows)
        for key in dict.fromkeys(one.sample for one in seen.waiting):
            say(f"What would change: genoteca changes {key}")
    failed = seen.backfill.counts.get(CellState.FAILED, 0)
    if strict and failed and seen.backfill.state is BackfillState.DONE:
        raise typer.Exit(1)
