"""`genoteca presets …`: sets of modules, installed as one."""

from __future__ import annotations

from typing import Annotated

import typer

from genoteca import actions
from genoteca.cli.printing import print_json, print_table, say, status
from genoteca.cli.session import Json, session

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
            card.preset.model_dump(mode="json", by_alias=True) | {"missing": card.missing, "in_use": card.in_use}
            for card in cards
        ]
        print_json(presets=told)
        return
    print_table(
        ["Preset", "Title", "Modules", "To install", "What it is for"],
        [
            (
                card.preset.id,
                card.preset.title,
                ", ".join(card.preset.modules),
                ", ".join(card.missing),
                card.preset.summary,
            )
            for card in cards
        ],
    )


@commands.command("install")
def install(
    context: typer.Context,
    preset: Annotated[str, typer.Argument(metavar="ID", help="A preset's id.")],
    as_json: Json = False,
) -> None:
    """Install what is missing of a preset's modules, and show of their results what it says."""

    def progress(fraction: float, message: str) -> None:
        status(f"{fraction:4.0%} {message}")

    with session(context).app() as app:
        card = actions.install_preset(app, preset, progress=progress)
    if as_json:
        print_json(preset=card.preset.id, modules=list(card.preset.modules), in_use=card.in_use)
    else:
        say(f"{card.preset.title}: {', '.join(card.preset.modules)} are installed.")
