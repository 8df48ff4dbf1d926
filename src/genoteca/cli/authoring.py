"""`genoteca module …`: for those who write modules."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from genoteca import actions
from genoteca.actions import PreviewRequest
from genoteca.cli.printing import print_json, say
from genoteca.cli.results import print_result
from genoteca.cli.session import Json, Session, session
from genoteca.errors import NotFoundError
from genoteca.sdk.finding import Finding

__all__ = ["commands"]

commands = typer.Typer(help="Write a module of your own.", no_args_is_help=True, rich_markup_mode=None)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A module's folder or wheel.")]


@commands.command("new")
def new(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder; its name becomes the module's id.")],
    template: Annotated[
        str, typer.Option("--template", metavar="KIND", help="What to start from: data, code or isolated.")
    ] = "data",
    as_json: Json = False,
) -> None:
    """Write a working module to start from: tables without code, code, or a program in a box of its own."""
    _ = session(context)
    written = [str(path) for path in actions.new_module(folder.absolute(), template)]
    if as_json:
        print_json(folder=str(folder), template=template, files=written)
    else:
        say(f"{len(written)} files in {folder}. Next: genoteca module check {folder}")


@commands.command("check")
def check(context: typer.Context, folder: Folder, as_json: Json = False) -> None:
    """Check a module as the store does; exit code 1 if a rule is broken."""
    with session(context).app() as app:
        findings = actions.check_module_folder(app, folder.absolute())
    if as_json:
        print_json(findings=findings)
    else:
        _print(findings)
        broken = sum(not one.ok for one in findings)
        say(f"{len(findings)} rules, {broken} broken." if broken else f"{len(findings)} rules, all kept.")
    if not all(one.ok for one in findings):
        raise typer.Exit(1)


@commands.command("pack")
def pack(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A module's folder.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where to write it.", show_default="DIR/dist")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a module and make the file that others install: a wheel, the same bytes for the same folder."""
    with session(context).app() as app:
        made = actions.pack_module(app, folder.absolute(), out.absolute() if out else None)
    if as_json:
        print_json(module=made)
    else:
        say(f"{made.path}\nsha256 {made.sha256}, {made.bytes:,} bytes, {made.tier} module {made.id} {made.version}")


@commands.command("try")
def try_(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A module's folder.")],
    as_json: Json = False,
) -> None:
    """Say what a module tells of the demo genome, in a data folder of its own; exit code 1 if it cannot."""
    here = session(context)
    alone = tempfile.TemporaryDirectory(prefix="genoteca-try-", ignore_cleanup_errors=True)
    with alone as home, replace(here, home=Path(home)).app() as app:
        tried = actions.Preview(app=app, folder=folder.absolute(), demo=True)
        tried.load()
        state = tried.state
        if state.trouble:
            raise state.trouble
        if state.broken:
            _print(state.broken)
            raise typer.Exit(1)
        if not state.sample:
            say(f"{state.module_id} answers for no genome: it provides something for others.")
        elif as_json:
            print_json(answer=actions.show_result(app, state.sample, state.module_id).answer)
        else:
            print_result(app, actions.show_result(app, state.sample, state.module_id))


@commands.command("preview")
def preview(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A module's folder.")],
    home: Annotated[
        Path | None,
        typer.Option("--home", help="A data folder.", show_default="a new one with the demo genome, then removed"),
    ] = None,
    port: Annotated[int, typer.Option("--port", help="Port on 127.0.0.1; 0 takes a free one.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address, open no browser.")] = False,
    as_json: Json = False,
) -> None:
    """Open the desktop with a module loaded from its folder; every save is loaded at once."""
    here = session(context)
    folder = folder.absolute()
    if not folder.is_dir():
        raise NotFoundError(f"There is no folder {folder}.", hint="Write one with: genoteca module new DIR")
    given = home or here.home
    if given is not None:
        _open(replace(here, home=given), folder, port, browser=not no_browser, demo=False, as_json=as_json)
        return
    with tempfile.TemporaryDirectory(prefix="genoteca-preview-", ignore_cleanup_errors=True) as alone:
        own = replace(here, home=Path(alone))
        _open(own, folder, port, browser=not no_browser, demo=True, as_json=as_json)


def _print(findings: Sequence[Finding]) -> None:
    for one in findings:
        say(f"{'ok' if one.ok else '!!'}  {one.rule}: {one.message}")
        if not one.ok:
            say("    " + ": ".join(filter(None, (one.place, one.hint))))


def _open(here: Session, folder: Path, port: int, *, browser: bool, demo: bool, as_json: bool) -> None:
    def announce(url: str) -> None:
        if as_json:
            print_json(url=url, folder=str(folder))
        else:
            say(f"{folder.name} is loaded at {url} (stop with Ctrl-C)")
        sys.stdout.flush()

    asked = PreviewRequest(folder=folder, demo=demo)
    here.open_ui(here.settings(port=port), browser=browser, announce=announce, preview=asked)
