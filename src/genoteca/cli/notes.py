"""`genoteca notes …`: a person's own notes and tags on variants."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from genoteca import actions
from genoteca.cli.printing import print_json, print_table, say
from genoteca.cli.samples import Key
from genoteca.cli.session import Json, session
from genoteca.errors import InputError

__all__ = ["commands"]

commands = typer.Typer(
    help="Notes: your own words and tags on variants, kept with the sample.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Variant = Annotated[str, typer.Argument(metavar="VARIANT", help="A variant: chromosome-position-REF-ALT.")]


class Format(StrEnum):
    """How notes are written out."""

    JSON = "json"
    CSV = "csv"


@commands.command("list")
def list_(
    context: typer.Context,
    key: Key,
    tag: Annotated[str, typer.Option("--tag", help="Only those with this tag.")] = "",
    as_json: Json = False,
) -> None:
    """List the notes of a sample."""
    with session(context).app() as app:
        notes = [note for note in actions.notes_of(app, key) if not tag or tag in note.tags]
    if as_json:
        print_json(sample=key, notes=notes)
    else:
        rows = [(note.variant, ", ".join(note.tags), note.text, note.changed.date().isoformat()) for note in notes]
        print_table(["Variant", "Tags", "Note", "Changed"], rows)


@commands.command("add")
def add(
    context: typer.Context,
    key: Key,
    variant: Variant,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The note; may be empty where there are tags.")] = "",
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag; may be repeated.")] = None,
    as_json: Json = False,
) -> None:
    """Write a note on a variant, in the place of an earlier one."""
    with session(context).app() as app:
        name = actions.find_variant(app, key, variant)
        note = actions.write_note(app, key, name.text, text, tag or ())
    if note is None:
        raise InputError("A note needs words, or a tag.", hint="To remove one: genoteca notes remove.")
    if as_json:
        print_json(sample=key, note=note)
    else:
        say(f"Noted on {note.variant} of {key}.")


@commands.command("remove")
def remove(context: typer.Context, key: Key, variant: Variant, as_json: Json = False) -> None:
    """Remove the note on a variant."""
    with session(context).app() as app:
        name = actions.find_variant(app, key, variant)
        actions.remove_note(app, key, name.text)
    if as_json:
        print_json(sample=key, removed=name.text)
    else:
        say(f"The note on {name.text} of {key} is gone.")


@commands.command("export")
def export(
    context: typer.Context,
    key: Key,
    form: Annotated[Format, typer.Option("--format", help="json or csv.")] = Format.JSON,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; else it is printed.")] = None,
    as_json: Json = False,
) -> None:
    """Write all notes of a sample as JSON or CSV."""
    with session(context).app() as app:
        text = actions.export_notes(app, key, form.value)
        number = len(actions.notes_of(app, key))
    if output is not None:
        if not output.parent.is_dir():
            raise InputError(f"There is no folder {output.parent}.", hint="Choose a folder that exists.")
        output.write_text(text, encoding="utf-8")
    if as_json:
        print_json(sample=key, notes=number, file=str(output) if output else None, text=None if output else text)
    elif output is None:
        sys.stdout.write(text)
    else:
        say(f"{number} {'note' if number == 1 else 'notes'} written to {output}.")
