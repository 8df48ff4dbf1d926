"""`genoteca runs …`."""

from __future__ import annotations

from typing import Annotated

import typer

from genoteca import actions
from genoteca.actions import materializing
from genoteca.actions.retention import prune as prune_history
from genoteca.actions.words import size_words
from genoteca.cli.following import follow
from genoteca.cli.printing import print_json, print_table, say
from genoteca.cli.session import Json, session
from genoteca.model.run import RunStatus

__all__ = ["commands"]

commands = typer.Typer(
    help="Runs: list, show, cancel, materialize, prune.", no_args_is_help=True, rich_markup_mode=None
)

RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, or the first letters of it.")]


@commands.command("list")
def list_(
    context: typer.Context,
    sample: Annotated[str | None, typer.Option("--sample", metavar="U/S", help="Only this sample's.")] = None,
    limit: Annotated[int, typer.Option("--limit", help="At most so many, newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """List runs, newest first."""
    with session(context).app() as app:
        cards = actions.list_runs(app, sample=sample, limit=limit)
    if as_json:
        print_json(runs=cards)
        return
    print_table(
        ["Run", "What", "Status", "Seconds", "Peak MB"],
        [
            (
                card.run.id[:8],
                card.title,
                card.run.status,
                "" if card.run.seconds is None else f"{card.run.seconds:.1f}",
                "" if card.run.peak_memory_mb is None else f"{card.run.peak_memory_mb:.0f}",
            )
            for card in cards
        ],
    )


@commands.command("show")
def show(context: typer.Context, run: RunId, as_json: Json = False) -> None:
    """Show one run with its log."""
    with session(context).app() as app:
        card = actions.show_run(app, run)
        lines = actions.run_lines(app, card.run.id)
    if as_json:
        print_json(run=card, lines=lines)
        return
    say(f"{card.title}: {card.run.status}")
    if card.run.error:
        say("{title}: {message} {hint}".format(**{"title": "", "message": "", "hint": "", **card.run.error}))
    for line in lines:
        say(f"{line.time:%H:%M:%S} {line.asset or ''} {line.kind} {line.message}")


@commands.command("cancel")
def cancel(
    context: typer.Context,
    run: RunId,
    stages: Annotated[
        bool, typer.Option("--stages", help="Also the runs that were queued with it, and that it waits for.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Cancel a run that waits or works."""
    with session(context).app() as app:
        card = actions.cancel_run(app, run, stages=stages)
    if as_json:
        print_json(run=card)
    else:
        say(f"{card.title}: {card.run.status}")


@commands.command("prune")
def prune(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which runs would go.")] = False,
    as_json: Json = False,
) -> None:
    """Let the runs go that the settings keep_runs and keep_run_days do not keep; the open app does it by itself."""
    with session(context).app() as app:
        done = prune_history(app, dry_run=dry_run)
    if as_json:
        print_json(dry_run=dry_run, pruned=done)
        return
    say(f"{len(done.runs):,} of {done.before.runs:,} runs {'would go' if dry_run else 'went'}")
    for name in ("app_bytes", "dagster_bytes"):
        before, after = (getattr(size, name) for size in (done.before, done.after))
        what = "The list of runs and settings" if name == "app_bytes" else "What Dagster notes of runs"
        say(f"{what}: {size_words(before)}" + ("" if dry_run else f", now {size_words(after)}"))
    say(f"{done.after.older_results:,} older results: {size_words(done.after.older_bytes)}")


@commands.command("materialize")
def materialize(
    context: typer.Context,
    keys: Annotated[list[str], typer.Argument(metavar="KEY…", help="Asset keys, as clinvar/annotations.")],
    partition: Annotated[str, typer.Option("--partition", metavar="U/S", help="For which genome.")] = "",
    build: Annotated[str, typer.Option("--build", help="Of a reference; else every build your genomes need.")] = "",
    run_id: Annotated[str, typer.Option("--as", hidden=True)] = "",
    again: Annotated[
        bool, typer.Option("--again/--unless-up-to-date", help="Ask modules also where their answer is up to date.")
    ] = True,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until it is made, or only queue it.")] = True,
    as_json: Json = False,
) -> None:
    """Make assets by their keys, also those that are up to date; what they need first is made first."""
    with session(context).app(executing=wait) as app:
        made = materializing.materialize(app, keys, partition=partition, build=build, run_id=run_id, again=again)
        done = [follow(app, one, quiet=as_json) for one in made] if wait else []
    if as_json:
        print_json(runs=made, statuses=[run.status for run in done])
    elif not wait:
        say(f"Queued: {', '.join(one[:8] for one in made)}")
    for run in [] if as_json else done:
        say(f"{run.id[:8]}  {run.status}  {', '.join('/'.join(asset) for asset in run.request.assets)}")
    if any(run.status is not RunStatus.SUCCEEDED for run in done):
        raise typer.Exit(1)
