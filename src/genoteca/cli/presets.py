"""`genoteca presets …`: sets of modules, installed as one."""

from __future__ import annotations

from typing import Annotated

import typer

from genoteca import actions
from genoteca.cli.printing import print_json, print_table, say, status
from genoteca.cli.session import Json, session
from genoteca.cli.trusting import Yes, is_program, trusts

__all__ = ["commands"]

commands = typer.Typer(
    help="Presets: sets of modules installed as one, with what is shown of them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@commands.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List the presets, their modules, and which of these are not installed."""
    with session(context).app() as app:
        cards = actions.list_presets(app)
    if as_json:
        told = [
            card.preset.model_dump(mode="json", by_alias=True)
            | {
                "source": card.source,
                "catalogue": card.catalogue_name,
                "missing": [one.source for one in card.missing],
                "in_use": card.in_use,
            }
            for card in cards
        ]
        print_json(presets=told)
        return
    print_table(
        ["Preset", "Title", "From", "Modules", "To install", "What it is for"],
        [
            (
                card.source,
                card.preset.title,
                card.catalogue_name or "Genoteca",
                ", ".join(card.preset.modules),
                ", ".join(one.source for one in card.missing),
                card.preset.summary,
            )
            for card in cards
        ],
    )


@commands.command("install")
def install(
    context: typer.Context,
    preset: Annotated[str, typer.Argument(metavar="ID", help="A preset: ID, or ID@CATALOGUE.")],
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Install what is missing of a preset's modules, and show of their results what it says."""

    def progress(fraction: float, message: str) -> None:
        status(f"{fraction:4.0%} {message}")

    with session(context).app() as app:
        wanted = actions.find_preset(app, preset)
        programs = [one for one in wanted.missing if is_program(one)]
        trusted = yes or (bool(programs) and all(trusts(one, ask=not as_json) for one in programs))
        card = actions.install_preset(app, wanted.source, trusted=trusted, progress=progress)
    if as_json:
        print_json(preset=card.source, modules=list(card.preset.modules), in_use=card.in_use)
    else:
        say(f"{card.preset.title}: {', '.join(card.preset.modules)} are installed.")
