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
from genoteca.actions import App, Query, ReportCard, ResultHeader
from genoteca.actions.gates import without_closed
from genoteca.cli.following import follow
from genoteca.cli.printing import print_json, print_records, print_table, say, status
from genoteca.cli.samples import Key
from genoteca.cli.session import Json, session
from genoteca.errors import InputError, NotFoundError
from genoteca.model.evidence import Outcome
from genoteca.model.filter import All, Filter

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
            outcome = "not looked up" if one.cancelled else one.outcome
            say(f"{name}: {outcome}" + (f" ({one.reason})" if one.reason else "") + told)
            if one.outcome is Outcome.ANSWERED and one.closed:
                say(f"  It stays closed until you ask: genoteca results {key} {name} --show-me")
            elif one.outcome is Outcome.ANSWERED:
                say(f"  {one.words}")
                if one.lifted:
                    say(f"  {one.lifted}")
                for words in actions.unusable_words(one.unusable):
                    say(f"  {words}")
            if one.report_failed:
                say(f"  Its report could not be written: {one.report_failed}")
    if any(one.outcome is Outcome.FAILED or one.report_failed for one in report.modules.values()):
        raise typer.Exit(1)


def results(
    context: typer.Context,
    key: Key,
    module: Annotated[str, typer.Argument(metavar="ID", help="A module.")],
    where: Annotated[str, typer.Option("--where", help="A filter: evidence = 'called' and stars >= 2")] = "",
    columns: Annotated[str, typer.Option("--columns", metavar="A,B", help="Which columns, in which order.")] = "",
    smart: Annotated[
        list[str] | None, typer.Option("--filter", metavar="NAME", help="One of the module's own filters.")
    ] = None,
    report: Annotated[bool, typer.Option("--report", help="Its report in words instead of the rows.")] = False,
    show_me: Annotated[bool, typer.Option("--show-me", help="See what stays closed until you ask.")] = False,
    form: Annotated[Format, typer.Option("--format", help="How to print or write.")] = Format.TABLE,
    output: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write there.")] = None,
    as_json: Json = False,
) -> None:
    """Print or write what a module says of a sample."""
    names = [name.strip() for name in columns.split(",") if name.strip()] or None
    asked = actions.parse_where(where) if where else None
    with session(context).app() as app:
        header = actions.show_result(app, key, module, opened=show_me)
        if header.answer.gate:
            raise InputError(
                header.answer.gate, title="Before you look", hint="To see it all the same, add --show-me."
            )
        if report:
            _print_report(actions.report_section(app, key, module, opened=show_me), as_json=as_json)
            return
        closed = 0 if show_me else actions.closed_rows(app, key, module)
        narrowed = _both(asked, actions.smart_where(app, module, smart or []))
        query = Query(where=without_closed(narrowed, ()) if closed else narrowed)
        if as_json:
            page = actions.result_page(app, key, module, query.model_copy(update={"limit": None}))
            told = {"answer": header.answer, "columns": header.columns, "closed": closed, "rows": page.rows}
            print_json(sample=key, module=module, **told)
        elif form is Format.TABLE:
            print_result(app, header, query, names)
        else:
            write_out(lambda target: _export(app, key, module, query, names, form, target, show_me=show_me), output)
    if closed and not as_json:
        status(f"{closed:,} {'answer stays' if closed == 1 else 'answers stay'} closed: --show-me")


def _both(one: Filter | None, other: Filter | None) -> Filter | None:
    parts = [part for part in (one, other) if part is not None]
    return All.model_validate({"and": parts}) if len(parts) > 1 else next(iter(parts), None)


def _print_report(card: ReportCard, *, as_json: bool) -> None:
    """Print a report section; without one, say why and fail."""
    if card.gate:
        raise InputError(card.gate, title="Before you look", hint="To see it all the same, add --show-me.")
    if card.trouble:
        raise NotFoundError(card.trouble.message, title=card.trouble.title, hint=card.trouble.hint)
    if as_json:
        print_json(report=card)
        return
    for line in actions.report_words(card):
        say(line)


def _export(
    app: App,
    key: str,
    module: str,
    query: Query,
    names: list[str] | None,
    form: Format,
    target: Path,
    *,
    show_me: bool,
) -> int:
    if form is Format.VCF:
        report = actions.export_view_as_vcf(app, key, module, query, columns=names, output=target)
        for words in actions.export_words(report):
            status(words)
        return report.rows
    about = actions.about_result(app, key, module, opened=show_me)
    return actions.export_result(
        app, key, module, query, columns=names, format=form.value, output=target, about=about
    )


def print_result(app: App, header: ResultHeader, query: Query = EVERYTHING, names: list[str] | None = None) -> None:
    """Print what a module says of a sample: its words, then a row for each answer."""
    shown = names or header.shown
    labels = {column.name: column.label for column in header.columns}
    everything = query.model_copy(update={"limit": None})
    page = actions.result_page(app, header.sample.id.key, header.module.id, everything)
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
