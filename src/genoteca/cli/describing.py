"""`genoteca samples set`: what a person says about a sample."""

from __future__ import annotations

from typing import Annotated

import typer

from genoteca import actions
from genoteca.cli.printing import print_json, say
from genoteca.cli.samples import Key
from genoteca.cli.session import Json, session
from genoteca.errors import InputError
from genoteca.model.sample import Sample, Sex

__all__ = ["set_"]


def set_(
    context: typer.Context,
    key: Key,
    name: Annotated[str | None, typer.Option("--name", help="Name of the genome, as shown; its key stays.")] = None,
    person: Annotated[
        str | None, typer.Option("--person", help="Name of the person, as shown, on all of their genomes.")
    ] = None,
    sex: Annotated[Sex | None, typer.Option("--sex", help="Chromosomal sex; decides how X and Y are read.")] = None,
    relation: Annotated[str | None, typer.Option("--relation", help="Whose it is to you: 'my mother'.")] = None,
    laboratory: Annotated[str | None, typer.Option("--laboratory", help="Who made the test.")] = None,
    tested: Annotated[
        str | None, typer.Option("--tested", metavar="DAY", help="Day of the test: 2026-03-31.")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", help="A note of your own.")] = None,
    as_json: Json = False,
) -> None:
    """Change what is said about a sample; nothing is read again, and the results stay. '' takes a value away."""
    changes = actions.Description(
        person=person, name=name, sex=sex, relation=relation, laboratory=laboratory, tested=tested, note=note
    )
    if changes == actions.Description():
        raise InputError("Nothing was given to change.", hint="For example: --name 'Saliva test 2026'")
    with session(context).app() as app:
        before = actions.show_sample(app, key).sample
        change = actions.sex_change(app, key, sex) if sex is not None and sex is not before.sex else None
        sample = actions.describe_sample(app, key, changes)
    if as_json:
        print_json(sample=sample, sex_change=change)
        return
    for line in described(sample):
        say(line)
    if change is not None:
        say(change.affects)
        if change.answers:
            say(f"Out of date now: answers of {change.answers} modules. Ask again: genoteca annotate {key}")
        if change.read_again:
            say(f"Its calls on X and Y were read otherwise. Read it again: genoteca samples read-again {key}")


def described(sample: Sample) -> list[str]:
    """Give what a person says about a sample, a line each."""
    told = sample.details
    lines = [
        ("Sex", "" if sample.sex is Sex.UNSTATED else str(sample.sex)),
        ("Relation", told.relation),
        ("Laboratory", told.laboratory),
        ("Tested", "" if told.tested is None else told.tested.isoformat()),
        ("Note", told.note),
    ]
    shown = [f"{label}: {value}" for label, value in lines if value]
    return [f"{sample.id}: {sample.user_name} / {sample.sample_name}", *shown]
