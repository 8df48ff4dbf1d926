"""`genoteca catalogue …`: stores beside the shipped modules, and publishing one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genoteca import actions
from genoteca.actions import CatalogueCard
from genoteca.cli.printing import print_json, print_table, say, status
from genoteca.cli.session import Json, session
from genoteca.errors import InputError

__all__ = ["commands"]

commands = typer.Typer(
    help="Catalogues: add other people's, publish your own.", no_args_is_help=True, rich_markup_mode=None
)

Slug = Annotated[str, typer.Argument(metavar="NAME", help="Its short name, as `genoteca catalogue list` shows it.")]
Out = Annotated[Path, typer.Argument(metavar="OUT", help="The catalogue's folder: what is served.")]


@commands.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List the catalogues that were added."""
    with session(context).app() as app:
        cards = actions.list_catalogues(app)
    _show(cards, as_json=as_json)


@commands.command("add")
def add(
    context: typer.Context,
    location: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="An https address, a folder, or hub://OWNER/NAME.")
    ],
    fingerprint: Annotated[
        str, typer.Option("--fingerprint", metavar="HEX", help="Of its root key, as its publisher told you.")
    ] = "",
    name: Annotated[str, typer.Option("--as", metavar="NAME", help="A short name of your own for it.")] = "",
    as_json: Json = False,
) -> None:
    """Add a catalogue; without --fingerprint its name and key are shown, and you are asked."""
    with session(context).app() as app:
        if not fingerprint:
            card = actions.look_at_catalogue(app, location)
            if as_json:
                raise InputError(
                    f"{card.name} has the fingerprint {card.fingerprint}, and nobody said that it is the right one.",
                    hint="Compare it with what its publisher told you, then give it with --fingerprint.",
                )
            fingerprint = _agreed(card)
        card = actions.add_catalogue(app, location, fingerprint, slug=name)
    if as_json:
        print_json(catalogue=card)
    else:
        say(f"{card.name} is added as {card.slug}: {card.modules} modules. See: genoteca modules list")


@commands.command("remove")
def remove(context: typer.Context, name: Slug, as_json: Json = False) -> None:
    """Forget a catalogue; modules that came from it stay installed, without updates."""
    with session(context).app() as app:
        actions.remove_catalogue(app, name)
    if as_json:
        print_json(removed=name)
    else:
        say(f"{name} is removed.")


@commands.command("refresh")
def refresh(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One catalogue; all when none.")] = None,
    as_json: Json = False,
) -> None:
    """Read catalogues anew and verify them; exit code 1 if one could not be."""
    with session(context).app() as app:
        cards = actions.refresh_catalogues(app, name)
    _show(cards, as_json=as_json)
    if any(card.trouble for card in cards):
        raise typer.Exit(1)


@commands.command("build")
def build(
    context: typer.Context,
    modules: Annotated[
        Path, typer.Argument(metavar="MODULES", help="A folder of wheels, project folders and data folders.")
    ],
    out: Out,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="As people see it; the first time.")] = "",
    yank: Annotated[
        list[str] | None,
        typer.Option("--yank", metavar="ID==VERSION", help="Withdraw a version; may be repeated."),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, for those who have it.")
    ] = "its publisher gave no reason",
    as_json: Json = False,
) -> None:
    """Make a catalogue of modules, or go on with one: older versions in OUT stay on offer. Sign it afterwards."""
    with session(context).app() as app:
        card = actions.build_catalogue(
            app,
            modules.absolute(),
            out.absolute(),
            name=name,
            yank=dict.fromkeys(yank or [], reason),
        )
    if as_json:
        print_json(catalogue=card)
        return
    say(f"{card.name}: {card.modules} modules in {card.versions} versions; new: {', '.join(card.added) or 'none'}.")
    say(f"Next: genoteca catalogue sign {out}")


@commands.command("sign")
def sign(
    context: typer.Context,
    out: Out,
    keys: Annotated[
        Path | None,
        typer.Option("--keys", metavar="DIR", help="Folder of its private keys.", show_default="in the data folder"),
    ] = None,
    new_keys: Annotated[
        bool, typer.Option("--new-keys", help="Replace all keys but the root's, as after others saw them.")
    ] = False,
    new_root: Annotated[
        bool, typer.Option("--new-root", help="Replace the root's key: people who add it need the new fingerprint.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Sign a catalogue, with keys that are made the first time; again after every change, and within 30 days."""
    with session(context).app() as app:
        folder = keys.absolute() if keys else None
        card = actions.sign_catalogue(app, out.absolute(), keys=folder, new_keys=new_keys, new_root=new_root)
    if as_json:
        print_json(catalogue=card)
        return
    say(f"{card.name} is signed for the {_th(card.version)} time. Its signature ends on {card.expires:%Y-%m-%d}.")
    say(f"Fingerprint of its root key, to be told to people: {card.fingerprint}")
    say(f"Its keys are in {card.keys}. Who has them can publish in your name: keep a copy where nobody else reads.")


def _show(cards: list[CatalogueCard], *, as_json: bool) -> None:
    if as_json:
        print_json(catalogues=cards)
        return
    print_table(
        ["Name", "Title", "Modules", "Verified", "Ends", "Where"],
        [
            (
                one.slug,
                one.name,
                one.modules,
                f"{one.refreshed:%Y-%m-%d %H:%M}" if one.refreshed else "",
                f"{one.expires:%Y-%m-%d}" if one.expires else "",
                one.location + (f"@{one.pinned}" if one.pinned and "@" not in one.location else ""),
            )
            for one in cards
        ],
    )
    for one in cards:
        if one.trouble:
            status(f"{one.slug}: {one.trouble.title}. {one.trouble.message} {one.trouble.hint}")


def _agreed(card: CatalogueCard) -> str:
    """Show what is to be added and ask; gives the fingerprint when it is agreed to."""
    say(f"{card.name}, {card.modules} modules, from {card.location}")
    say(f"Fingerprint of its root key: {card.fingerprint}")
    say("Compare it with what its publisher told you by another way: who has the key decides what is offered here.")
    return card.fingerprint if typer.confirm("Add it?") else _left(card)


def _left(card: CatalogueCard) -> str:
    raise InputError(f"{card.name} was not added.", title="Nothing was changed", hint="Its key was not agreed to.")


def _th(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 // 10 != 1 else 0, "th")
    return f"{number}{ending}"
