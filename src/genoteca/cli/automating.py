"""`genoteca automation …`: what is done by itself."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from genoteca.actions import automation, inbox, ticking
from genoteca.actions.app import App
from genoteca.cli.printing import print_json, print_table, say, status
from genoteca.cli.session import Json, session
from genoteca.errors import InputError
from genoteca.model.automation import Noted, Policy, Rule
from genoteca.model.run import RunStatus

__all__ = ["commands"]

commands = typer.Typer(
    help="What is done by itself: modules asked when it is time, an inbox, newer data.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Named = TypeVar("Named", bound=StrEnum)

BEAT = 0.2
"""Seconds between two looks at whether the queue is empty."""


@commands.command("show")
def show(context: typer.Context, as_json: Json = False) -> None:
    """Show when each module is asked, the inbox, and what was done last."""
    with session(context).app() as app:
        seen, dropped, settings = automation.show_automation(app), inbox.show_inbox(app), app.settings
    if as_json:
        told = {name: getattr(settings, name) for name in automation.SETTINGS}
        print_json(**seen.model_dump(mode="json"), inbox=dropped, settings=told)
        return
    if not seen.on:
        say("Switched off: nothing is done by itself.")
    print_table(["Module", "Asked"], ((one.module, automation.POLICY_WORDS[one.policy]) for one in seen.policies))
    say(f"At night: {settings.night_time} {settings.time_zone or 'by the clock of this computer'}")
    say(f"Inbox: {dropped.folder} ({settings.inbox_files})")
    for one in dropped.files:
        say(f"  {one.name}: {one.words}")
    _print_noted(seen.noted)


@commands.command("set")
def set_(
    context: typer.Context,
    module: Annotated[str, typer.Argument(metavar="ID", help="A module's id.")],
    policy: Annotated[str, typer.Argument(metavar="WHEN", help="manual, on-import, idle or nightly.")],
    as_json: Json = False,
) -> None:
    """Say when a module is asked without being told to."""
    with session(context).app() as app:
        automation.choose_policy(app, module, _named(Policy, policy, "a time at which a module is asked"))
        chosen = automation.policy_of(app, module)
    if as_json:
        print_json(module=module, policy=chosen)
    else:
        say(f"{module}: {automation.POLICY_WORDS[chosen].lower()}")


@commands.command("change")
def change(
    context: typer.Context,
    on: Annotated[bool | None, typer.Option("--on/--off", help="Whether anything is done by itself.")] = None,
    night: Annotated[str | None, typer.Option("--night", metavar="HH:MM", help="When it is night.")] = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", metavar="ZONE", help="Whose clock; '' is this computer's.")
    ] = None,
    idle: Annotated[int | None, typer.Option("--idle", metavar="MINUTES", help="When nobody is at work.")] = None,
    folder: Annotated[
        Path | None, typer.Option("--inbox", metavar="FOLDER", help="The folder that is watched.")
    ] = None,
    files: Annotated[
        str | None, typer.Option("--inbox-files", metavar="HOW", help="move, leave, or off: not watched.")
    ] = None,
    releases: Annotated[
        bool | None, typer.Option("--fetch/--no-fetch", help="Fetch newer data of modules by itself.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Change what else is set of it."""
    place = None if folder is None else str(folder.expanduser().absolute())
    told = {
        "automation": on,
        "night_time": night,
        "time_zone": time_zone,
        "idle_minutes": idle,
        "inbox": place,
        "inbox_files": files,
        "fetch_releases": releases,
    }
    with session(context).app() as app:
        automation.change_automation(app, **{name: value for name, value in told.items() if value is not None})
        kept = {name: getattr(app.settings, name) for name in automation.SETTINGS}
    if as_json:
        print_json(settings=kept)
    else:
        print_table(["Setting", "Value"], kept.items())


@commands.command("due")
def due(context: typer.Context, as_json: Json = False) -> None:
    """Say what would be asked by itself now; nothing is done."""
    with session(context).app() as app:
        found = ticking.what_is_due(app, datetime.now(UTC))
    if as_json:
        print_json(due=[one.model_dump(mode="json", exclude={"states"}) for one in found])
    else:
        print_table(["Why", "Genome", "Modules"], ((one.rule, one.sample, ", ".join(one.modules)) for one in found))


@commands.command("tick")
def tick(
    context: typer.Context,
    work: Annotated[
        bool, typer.Option("--work", help="Also work the queue, and look again until nothing is due.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="RULE", help="Look at this alone: inbox, releases, on-import, idle, nightly."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Look once at everything that is done by itself, and queue what is due; twice, for a file in the inbox."""
    rules = [_named(Rule, one, "what is done by itself") for one in only or list(Rule)]
    with session(context).app(executing=work) as app:
        done = last = ticking.tick(app, ask_publishers=True, only=rules)
        while work and (last or _at_work(app)):  # what was queued before may make more due
            _work(app)
            done += (last := ticking.tick(app, only=rules))
        looks = automation.show_automation(app).looks
    if as_json:
        print_json(done=done, looks=[one for rule, one in looks.items() if rule in rules])
    else:
        _print_noted(done)


@commands.command("run")
def run(context: typer.Context) -> None:
    """Do what is due by itself until it is stopped (Ctrl-C), without the desktop."""
    with session(context).app(executing=True) as app:
        status("At work; stop with Ctrl-C.")
        ticking.start_ticking(app, lambda: None, _print_noted, ask_publishers=True).wait()


def _work(app: App) -> None:
    app.executor.wake()
    while _at_work(app):
        time.sleep(BEAT)


def _at_work(app: App) -> bool:
    return bool(app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.CANCELLING))


def _named(kind: type[Named], told: str, what: str) -> Named:
    try:
        return kind(told.strip().lower().replace("-", "_"))
    except ValueError as error:
        raise InputError(
            f"{told!r} is not {what}.",
            hint=f"One of: {', '.join(one.value.replace('_', '-') for one in kind)}.",
        ) from error


def _print_noted(noted: list[Noted]) -> None:
    for one in noted:
        about = f"{one.sample} " if one.sample else ""
        say(f"{one.last.astimezone():%Y-%m-%d %H:%M} {one.rule} {about}{one.words}")
