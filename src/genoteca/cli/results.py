"""`genoteca annotate` and `genoteca results`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from genoteca import actions
from genoteca.actions import App, Query
from genoteca.cli.following import follow
from genoteca.cli.printing import print_json, print_records, print_table, say, status
from genoteca.cli.samples import Key
from genoteca.cli.session import Json, session
from genoteca.model.evidence import Outcome

__all__ = ["Format", "annotate", "print_result", "results", "write_out"]


EVERYTHING = Query()
TABLE_COLUMNS = 6
"""More than these do not fit side by side; then every row is a block of its own."""


class EngineChoice(StrEnum):
    """A join engine; both give the same rows."""

    AUTO = "auto"
    POLARS = "polars"
    DUCKDB = "duckdb"


class Format(StrEnum):
    """How results are printed or written."""

    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    PARQUET = "parquet"
    XLSX = "xlsx"
    VCF = "vcf"


def annotate(
    context: typer.Context,
    key: Key,
    module: Annotated[
        list[str] | None, typer.Option("--module", metavar="ID", help="A module; all when none.")
    ] = None,
    engine: Annotated[EngineChoice, typer.Option("--engine", help="Join engine.")] = EngineChoice.AUTO,
    force: Annotated[bool, typer.Option("--force", help="Ask again where the answer is up to date.")] = False,
    as_json: Json = False,
) -> None:
    """Ask modules about a sample, unless their answer is up to date; exit code 1 if any of them failed."""
    with session(context).app(executing=True) as app:
        run_id = actions.annotate(app, key, module or (), engine=engine.value, force=force)
        follow(app, run_id, quiet=as_json)
        report = actions.annotate_report(app, run_id)
    if as_json:
        print_json(**report.model_dump(mode="json"))
    else:
        for name, one in report.modules.items():
            told = "; up to date, nothing to do" if one.reused else ""
            say(f"{name}: {one.outcome}" + (f" ({one.reason})" if one.reason else "") + told)
            if one.outcome is Outcome.ANSWERED:
                unusable = bool(one.unusable)
                told = actions.answer_words(one.sites, one.evidence, one.rows, lifted=one.lifted, unusable=unusable)
                say(f"  {told}")
                if one.lifted:
                    say(f"  {one.lifted}")
                for words in actions.unusable_words(one.unusable):
                    say(f"  {words}")
    if any(one.outcome is Outcome.FAILED for one in report.modules.values()):
        raise typer.Exit(1)


def results(
    context: typer.Context,
    key: Key,
    module: Annotated[str, typer.Argument(metavar="ID", help="A module.")],
    where: Annotated[str, typer.Option("--where", help="A filter: evidence = 'called' and stars >= 2")] = "",
    columns: Annotated[str, typer.Option("--columns", metavar="A,B", help="Which columns, in which order.")] = "",
    form: Annotated[Format, typer.Option("--format", help="How to print or write.")] = Format.TABLE,
    output: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write there.")] = None,
    as_json: Json = False,
) -> None:
    """Print or write what a module says of a sample."""
    names = [name.strip() for name in columns.split(",") if name.strip()] or None
    query = Query(where=actions.parse_where(where) if where else None)
    with session(context).app() as app:
        if as_json:
            header = actions.show_result(app, key, module)
            page = actions.result_page(app, key, module, query.model_copy(update={"limit": None}))
            print_json(sample=key, module=module, answer=header.answer, columns=header.columns, rows=page.rows)
        elif form is Format.TABLE:
            print_result(app, key, module, query, names)
        else:
            write_out(lambda target: _export(app, key, module, query, names, form, target), output)


def _export(
    app: App, key: str, module: str, query: Query, names: list[str] | None, form: Format, target: Path
) -> int:
    if form is Format.VCF:
        report = actions.export_view_as_vcf(app, key, module, query, columns=names, output=target)
        for words in actions.export_words(report):
            status(words)
        return report.rows
    about = actions.about_result(app, key, module)
    return actions.export_result(
        app, key, module, query, columns=names, format=form.value, output=target, about=about
    )


def print_result(app: App, key: str, module: str, query: Query = EVERYTHING, names: list[str] | None = None) -> None:
    """Print what a module says of a sample: its words, then a row for each answer."""
    header = actions.show_result(app, key, module)
    shown = names or header.shown
    labels = {column.name: column.label for column in header.columns}
    page = actions.result_page(app, key, module, query.model_copy(update={"limit": None}))
    say(header.answer.words)
    for words in actions.unusable_words(header.answer.unusable):
        say(words)
    unknown = [name for name in shown if name not in labels]
    if unknown:
        actions.refuse_column(unknown[0], list(labels))
    rows = [[row[name] for name in shown] for row in page.rows]
    printed = print_table if len(shown) <= TABLE_COLUMNS else print_records
    printed([labels[name] for name in shown], rows)
    say(f"{page.matched:,} of {page.total:,} rows")


def write_out(export: Callable[[Path], int], output: Path | None) -> None:
    """Write rows to a file, or to standard output where none is named; `export` gives the rows it wrote."""
    if output is not None:
        rows = export(output.absolute())
        status(f"{rows:,} rows written to {output}")
        return
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "rows"
        export(target)
        sys.stdout.buffer.write(target.read_bytes())
