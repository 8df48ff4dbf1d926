"""The root command and the errors' last stop."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from genoteca import __version__, actions
from genoteca.actions import dagster_ui as dagster
from genoteca.cli import (
    authoring,
    automating,
    backfilling,
    catalogue,
    catching_up,
    changes,
    comparing,
    describing,
    exporting,
    forgetting,
    importing,
    modules,
    notes,
    partitions,
    presets,
    report,
    results,
    runs,
    safekeeping,
    samples,
    tables,
    tracing,
)
from genoteca.cli.printing import print_error, print_json, print_table, say, status
from genoteca.cli.session import Json, OpenUi, Session, session
from genoteca.errors import GenotecaError

__all__ = ["build", "run"]

SYSTEM = "Is there room on the disk, and may you write there? --verbose before the command shows more."

Home = Annotated[Path | None, typer.Option("--home", help="The data folder.", show_default="the system's own place")]
Port = Annotated[int | None, typer.Option("--port", help="Port of the desktop on 127.0.0.1; 0 takes a free one.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Print the address, open no browser.")]

# Of files that themselves need what the group's own file holds.
samples.commands.command("table")(tables.table)
samples.commands.command("set")(describing.set_)
modules.commands.command("import")(importing.import_)
runs.commands.command("replay")(catching_up.replay)


def build(open_ui: OpenUi) -> typer.Typer:
    """Build the command tree; `open_ui` opens the desktop."""
    root = typer.Typer(
        name="genoteca",
        help="An app store for your genome, on your own machine. Without a command: open the desktop.",
        no_args_is_help=False,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )

    @root.callback(invoke_without_command=True)
    def start(
        context: typer.Context,
        home: Home = None,
        port: Port = None,
        no_browser: NoBrowser = False,
        verbose: Annotated[bool, typer.Option("--verbose", help="Show the traceback of an error.")] = False,
        version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
        as_json: Json = False,
    ) -> None:
        """An app store for your genome, on your own machine. Without a command: open the desktop."""
        context.obj = Session(home=home, open_ui=open_ui, verbose=verbose)
        if version:
            say(__version__)
        elif context.invoked_subcommand is None:
            _open(context.obj, port, browser=not no_browser, as_json=as_json)

    @root.command("open")
    def open_(
        context: typer.Context,
        home: Home = None,
        port: Port = None,
        no_browser: NoBrowser = False,
        as_json: Json = False,
    ) -> None:
        """Open the desktop; a second start opens the one that runs."""
        here = session(context)
        here.home = home or here.home
        before = context.parent.params if context.parent else {}  # what stands before the word `open`
        port = before.get("port") if port is None else port
        browser = not (no_browser or before.get("no_browser"))
        _open(here, port, browser=browser, as_json=as_json)

    _add_commands(root)
    return root


def _add_commands(root: typer.Typer) -> None:
    root.add_typer(samples.commands, name="samples")
    root.add_typer(modules.commands, name="modules")
    root.add_typer(catalogue.commands, name="catalogue")
    root.add_typer(presets.commands, name="presets")
    root.command("annotate")(results.annotate)
    root.command("status")(catching_up.status_)
    root.command("update")(catching_up.update_)
    root.command("lineage")(tracing.lineage)
    root.command("lock")(tracing.lock_)
    root.command("reproduce")(tracing.reproduce_)
    root.command("results")(results.results)
    root.command("compare")(comparing.compare)
    root.command("changes")(changes.changes)
    root.command("report")(report.report)
    root.command("export")(exporting.export)
    root.command("join")(exporting.join)
    root.add_typer(notes.commands, name="notes")
    root.add_typer(runs.commands, name="runs")
    root.add_typer(partitions.partitions, name="partitions")
    root.add_typer(partitions.assets, name="assets")
    root.add_typer(automating.commands, name="automation")
    root.add_typer(backfilling.commands, name="backfill")
    root.add_typer(authoring.commands, name="module")
    root.command("forget")(forgetting.forget)
    root.command("backup")(safekeeping.backup)
    root.command("restore")(safekeeping.restore)
    root.command("verify")(safekeeping.verify)
    root.command("dagster-ui")(dagster_ui)
    root.command("dagster-daemon")(dagster_daemon)
    root.command("doctor")(doctor)


def run(open_ui: OpenUi) -> None:
    """Run the command line; an error of ours ends it with exit code 1, its title and its hint."""
    arguments = sys.argv[1:]
    try:
        _command(open_ui)()
    except GenotecaError as error:
        print_error(error, as_json="--json" in arguments, verbose="--verbose" in arguments)
        sys.exit(1)
    except OSError as error:  # the last border: whatever the system refuses becomes words, or a JSON document
        told = GenotecaError(f"{type(error).__name__}: {error}", title="The computer refused something", hint=SYSTEM)
        print_error(told, as_json="--json" in arguments, verbose="--verbose" in arguments)
        sys.exit(1)
    except KeyboardInterrupt:
        status("Stopped.")
        sys.exit(130)


@functools.cache
def _command(open_ui: OpenUi) -> Callable[[], object]:
    """Give the whole tree as one command; making it looks at every parameter of every command."""
    return typer.main.get_command(build(open_ui))


def dagster_ui(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", help="Port on 127.0.0.1.")] = 3000,
    as_json: Json = False,
) -> None:
    """Open Dagster's own screens on the same home, in an environment of their own (needs the network once).

    What is materialized there waits in Genoteca's queue; it is worked here unless an open desktop does.
    """
    with session(context).app(executing=not as_json) as app:
        command = actions.dagster_ui_command(app, port=port)
        if as_json:
            print_json(command=command.arguments, environment=command.environment)
            return
        actions.fetch_dagster_ui(app)
        say(f"Dagster's screens: http://127.0.0.1:{port} (stop with Ctrl-C)")
        code = actions.run_dagster_ui(app, command)
    raise typer.Exit(code)


def dagster_daemon(context: typer.Context, as_json: Json = False) -> None:
    """Run Dagster's daemon on the same home: it ticks the schedules and sensors that you started in its screens.

    What they want made waits in Genoteca's queue; it is worked here unless an open desktop does.
    """
    with session(context).app(executing=not as_json) as app:
        command = dagster.dagster_daemon_command(app)
        if as_json:
            print_json(command=command.arguments, environment=command.environment)
            return
        say("Dagster's daemon is running (stop with Ctrl-C).")
        code = actions.run_dagster_ui(app, command)
    raise typer.Exit(code)


def doctor(context: typer.Context, as_json: Json = False) -> None:
    """Check the data folder, stored tables, modules and the machine; exit code 1 if anything is wrong."""
    with session(context).app() as app:
        found = actions.doctor(app)
    if as_json:
        print_json(checks=found)
    else:
        print_table(["", "Check", "Found"], [("ok" if one.ok else "!!", one.name, one.message) for one in found])
    if not all(one.ok for one in found):
        raise typer.Exit(1)


def _open(here: Session, port: int | None, *, browser: bool, as_json: bool) -> None:
    def announce(url: str) -> None:
        if as_json:
            print_json(url=url)
        else:
            say(f"Genoteca is open at {url}")
        sys.stdout.flush()

    more = {} if port is None else {"port": port}
    here.open_ui(here.settings(**more), browser=browser, announce=announce)
