"""`genoteca samples table`: the tables that reading a genome makes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from genoteca import actions
from genoteca.actions import App, Query
from genoteca.cli.printing import print_json, print_table, say
from genoteca.cli.results import Format, write_out
from genoteca.cli.samples import Key
from genoteca.cli.session import Json, session

__all__ = ["table"]

PRINTED = 1000
"""Rows printed at most; a file takes them all."""


class Table(StrEnum):
    """A table of a sample."""

    STRUCTURAL = "structural"
    VARIANTS = "variants"
    COVERAGE = "coverage"


def table(
    context: typer.Context,
    key: Key,
    name: Annotated[Table, typer.Argument(metavar="TABLE", help="structural, variants or coverage.")],
    where: Annotated[str, typer.Option("--where", help="A filter: type = 'DEL' and length >= 1000")] = "",
    columns: Annotated[str, typer.Option("--columns", metavar="A,B", help="Which columns, in which order.")] = "",
    form: Annotated[Format, typer.Option("--format", help="How to print or write.")] = Format.TABLE,
    output: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write there.")] = None,
    as_json: Json = False,
) -> None:
    """Print or write a table read from a genome: its structural variants, variants or coverage."""
    names = [one.strip() for one in columns.split(",") if one.strip()] or None
    query = Query(where=actions.parse_where(where) if where else None, limit=PRINTED)
    with session(context).app() as app:
        if as_json:
            page = actions.table_page(app, key, name, query.model_copy(update={"limit": None}))
            header = actions.show_table(app, key, name)
            print_json(sample=key, table=name.value, columns=header.columns, rows=page.rows)
        elif form is Format.VCF:
            raise typer.BadParameter("A table read from the file is no answer of a module; the file is the VCF.")
        elif form is Format.TABLE:
            _print(app, key, name, query, names)
        else:

            def export(target: Path) -> int:
                return actions.export_table(app, key, name, query, columns=names, format=form.value, output=target)

            write_out(export, output)


def _print(app: App, key: str, name: Table, query: Query, names: list[str] | None) -> None:
    header = actions.show_table(app, key, name)
    labels = {column.name: column.label for column in header.columns}
    shown = names or header.shown
    unknown = [one for one in shown if one not in labels]
    if unknown:
        actions.refuse_column(unknown[0], list(labels))
    page = actions.table_page(app, key, name, query)
    print_table([labels[one] for one in shown], [[_cell(row[one]) for one in shown] for row in page.rows])
    left = page.matched - len(page.rows)
    say(f"{page.matched:,} of {page.total:,} rows" + (f"; {left:,} more with --format and --output" if left else ""))


def _cell(value: object) -> object:
    return f"{value:g}" if isinstance(value, float) else value
