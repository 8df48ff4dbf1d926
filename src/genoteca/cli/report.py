"""`genoteca report`: what the modules say of a genome, as a page to read, print and keep."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genoteca import actions
from genoteca.cli.printing import print_json, say
from genoteca.cli.samples import Key
from genoteca.cli.session import Json, session

__all__ = ["report"]


def report(
    context: typer.Context,
    key: Key,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there; else it is kept with the genome.")
    ] = None,
    modules: Annotated[
        str, typer.Option("--modules", metavar="A,B", help="Which modules; all that have answers when none.")
    ] = "",
    show_me: Annotated[bool, typer.Option("--show-me", help="With what stays closed until you ask.")] = False,
    as_json: Json = False,
) -> None:
    """Make a report of what modules say of a sample: one HTML page to read and print, with long tables beside it."""
    chosen = [name.strip() for name in modules.split(",") if name.strip()]
    with session(context).app() as app:
        opened = actions.all_gates(app, key) if show_me else {}
        if out is None:
            kept = actions.keep_report(app, key, chosen, opened=opened)
            path, tables = actions.report_path(app, key, kept.name), kept.attachments
        else:
            path = out.absolute()
            tables = actions.write_report(app, key, path, chosen, opened=opened)
    if as_json:
        print_json(sample=key, report=str(path), tables=tables)
        return
    say(f"The report is at {path}")
    for table in tables:
        say(f"  beside it: {table.name}, {table.rows:,} rows")
