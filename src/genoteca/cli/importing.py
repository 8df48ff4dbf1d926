"""`genoteca modules import`: modules of another format, shown before they are installed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from genoteca import actions
from genoteca.actions import JustDnaReport, ModuleCard
from genoteca.cli.printing import print_json, say, status
from genoteca.cli.session import Json, session
from genoteca.errors import InputError

__all__ = ["import_"]


def import_(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A folder, a .zip, or hf://datasets/OWNER/NAME[@REV]/data/MODULE.")
    ],
    module: Annotated[
        str, typer.Option("--id", metavar="ID", help="The module's id.", show_default="just-dna- and its name")
    ] = "",
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="DIR", help="Also keep the written module here, a new folder.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Install it without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Read a just-dna module, show what is in it, and install it as a data module."""
    if keep is not None and keep.exists():
        raise InputError(f"{keep} exists already.", hint="Name a new folder.")
    with session(context).app() as app:
        found = actions.import_just_dna(app, source, module_id=module, progress=_progress)
        try:
            if keep is not None:
                shutil.copytree(found.folder, keep)
            if not as_json:
                _show(found.report, found.card)
            wanted = yes or (not as_json and typer.confirm("Install it?"))
            card = actions.install_import(app, found, progress=_progress) if wanted else found.card
        finally:
            actions.leave_import(found)
    if as_json:
        print_json(installed=wanted, report=found.report, module=card)
    else:
        say(f"{card.manifest.title} {card.version} is installed." if wanted else "Nothing was installed.")


def _show(report: JustDnaReport, card: ModuleCard) -> None:
    manifest = card.manifest
    say(f"{manifest.title} ({card.id}), from {report.source}, as {report.form}")
    say(manifest.summary)
    say(f"Licence of the data: {manifest.licence.data}. {manifest.licence.data_note}")
    say(f"Genome build: {report.build} ({report.build_told_by}). {report.positions}")
    say(
        f"Rows: {report.rows_read:,} read, {report.rows_kept:,} in use, {sum(report.set_aside.values()):,} set aside."
    )
    for reason, count in report.set_aside.items():
        say(f"  {count:,}: {reason}")
    say(f"Sites: {report.sites:,}; genotypes described: {report.genotypes:,}, not described: {report.undescribed:,}.")
    say(f"Genotypes with rows that differ: {report.contradictions:,}. Sites of ambiguous rsIDs: {report.shared:,}.")
    say(f"Studies: {report.studies_kept:,} of {report.studies_read:,} are joined to these sites.")
    if report.other_tables:
        say(f"Tables of other kinds, not read: {', '.join(report.other_tables)}.")
    for note in report.notes:
        say(note)


def _progress(fraction: float, message: str) -> None:
    status(f"{fraction:4.0%} {message}")
