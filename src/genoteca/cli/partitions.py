"""`genoteca partitions list`, and `genoteca assets list`: what can be named to `genoteca runs materialize`."""

from __future__ import annotations

import typer

from genoteca.actions import materializing
from genoteca.cli.printing import print_json, print_table
from genoteca.cli.session import Json, session

__all__ = ["assets", "partitions"]

partitions = typer.Typer(help="Partitions: one for each genome.", no_args_is_help=True, rich_markup_mode=None)
assets = typer.Typer(help="Assets: what can be made.", no_args_is_help=True, rich_markup_mode=None)


@partitions.command("list")
def list_partitions(context: typer.Context, as_json: Json = False) -> None:
    """List partitions: `user/sample`, its build, and how many assets are there for it."""
    with session(context).app() as app:
        found = materializing.partitions(app)
    if as_json:
        print_json(partitions=found)
    else:
        print_table(["Partition", "Build", "Assets made"], [(one.key, one.build, one.materialized) for one in found])


@assets.command("list")
def list_assets(context: typer.Context, as_json: Json = False) -> None:
    """List the keys of the assets that can be made: for each genome, or once for everyone."""
    with session(context).app() as app:
        found = materializing.asset_keys(app)
    if as_json:
        print_json(assets=[{"key": key, "partitioned": parted} for key, parted in found.items()])
    else:
        rows = [(key, "each genome" if parted else "everyone") for key, parted in found.items()]
        print_table(["Asset", "Made for"], rows)
