"""`genoteca export` and `genoteca join`: everything known of a sample as one file, or as one asset."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from genoteca import actions
from genoteca.actions import ExportReport
from genoteca.cli.following import follow, shown_progress
from genoteca.cli.printing import print_json, say
from genoteca.cli.samples import Key
from genoteca.cli.session import Json, session
from genoteca.errors import InputError
from genoteca.model.run import RunStatus
from genoteca.settings import Settings

__all__ = ["export", "join", "say_export"]

Modules = Annotated[
    list[str] | None, typer.Option("--module", metavar="ID", help="A module; all that have answers when none.")
]

ShowMe = Annotated[bool, typer.Option("--show-me", help="See what stays closed until you ask.")]


class FileFormat(StrEnum):
    """What a sample's answers are written as."""

    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    PARQUET = "parquet"
    XLSX = "xlsx"
    VCF = "vcf"


def export(
    context: typer.Context,
    key: Key,
    form: Annotated[FileFormat, typer.Option("--format", help="What to write.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="Write there; .vcf.gz is indexed.",
            show_default="USER-SAMPLE.FORMAT in the folder that `output` of the settings names",
        ),
    ] = None,
    module: Modules = None,
    show_me: ShowMe = False,
    as_json: Json = False,
) -> None:
    """Write all that modules say of a sample: one wide table, or its own VCF with the answers in INFO.

    Answers that stay closed until you ask are left out, and counted; with --show-me they are written too.
    """
    with session(context).app() as app, shown_progress("Writing", quiet=as_json) as progress:
        report = actions.export_sample(
            app,
            key,
            module or (),
            format=form.value,
            output=(output or _named(app.settings, key, form)).absolute(),
            opened=None if show_me else {},
            progress=progress,
        )
    if as_json:
        print_json(**report.model_dump(mode="json"))
    else:
        say_export(report)


def _named(settings: Settings, key: str, form: FileFormat) -> Path:
    """Name the file that an export is written to where none is named.

    Raises:
        InputError: there is such a file.

    """
    ending = "vcf.gz" if form is FileFormat.VCF else form.value
    found = Path(settings.output).expanduser() / f"{key.replace('/', '-')}.{ending}"
    if found.exists():
        raise InputError(f"There is a file {found} already.", hint="Name another one with --output.")
    found.parent.mkdir(parents=True, exist_ok=True)
    return found


def join(
    context: typer.Context, key: Key, module: Modules = None, show_me: ShowMe = False, as_json: Json = False
) -> None:
    """Make the wide table of a sample as an asset, sample/annotated: its variants with all that modules say.

    Answers that stay closed until you ask are left out; with --show-me they are in it too.
    """
    with session(context).app(executing=True) as app:
        run_id = actions.join_sample(app, key, module or (), show_closed=show_me)
        run = follow(app, run_id, quiet=as_json)
    made = run.status is RunStatus.SUCCEEDED
    trouble = run.error or next(iter(run.failed_assets.values()), None)
    if as_json:
        print_json(run=run_id, sample=key, status=run.status, error=trouble)
    elif made:
        say(f"The wide table of {key} is made (run {run_id[:8]}).")
        if not show_me:
            say("Answers that stay closed until you ask are not in it: --show-me")
    else:
        say(f"{trouble['title']}: {trouble['message']}" if trouble else f"The run {run_id[:8]} is {run.status}.")
    if not made:
        raise typer.Exit(1)


def say_export(report: ExportReport) -> None:
    """Say what an export wrote, and where every answer went."""
    what = "records" if report.format == FileFormat.VCF else "rows"
    say(f"{report.rows:,} {what} written to {report.file}; {report.counted:,} counted in the finished file")
    if report.index:
        say(f"Index: {report.index}")
    for words in actions.export_words(report):
        say(words)
