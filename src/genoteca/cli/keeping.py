"""`genoteca modules history`, `rollback`, `pin`, `unpin` and `trust`: keeping modules as they are, or were."""

from __future__ import annotations

from typing import Annotated

import typer

from genoteca import actions
from genoteca.cli.printing import print_json, print_table, say
from genoteca.cli.releases import ModuleId
from genoteca.cli.session import Json, session
from genoteca.errors import NotFoundError

__all__ = ["history", "pin", "rollback", "trust", "unpin"]


def history(context: typer.Context, as_json: Json = False) -> None:
    """List what was installed, updated and removed, as far back as one can go."""
    with session(context).app() as app:
        cards = actions.module_history(app)
    if as_json:
        print_json(generations=cards)
        return
    print_table(
        ["", "Number", "When", "What changed"],
        [
            ("now" if c.current else "", str(c.number), f"{c.when:%Y-%m-%d %H:%M}", "; ".join(c.changes) or "nothing")
            for c in cards
        ],
    )


def rollback(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Argument(metavar="[NUMBER]", help="One of `modules history`; the one before when none.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Go back to the modules as they were before the last change, or at an earlier one."""
    with session(context).app() as app:
        chosen = actions.roll_back_modules(app, number)
        card = next(card for card in actions.module_history(app) if card.number == chosen)
    if as_json:
        print_json(generation=card)
    else:
        say(f"The modules are as in {chosen}: {', '.join(card.modules) or 'none'}.")


def pin(
    context: typer.Context,
    module: ModuleId,
    version: Annotated[str | None, typer.Argument(metavar="[VERSION]", help="The one that is installed.")] = None,
    as_json: Json = False,
) -> None:
    """Let a module stay at the version that is installed: updates pass it by."""
    with session(context).app() as app:
        wanted = version or actions.show_module(app, module).installed_version
        if wanted is None:
            raise NotFoundError(f"{module!r} is not installed.", hint=f"Run: genoteca modules install {module}")
        card = actions.pin_module(app, module, wanted)
    if as_json:
        print_json(module=card)
    else:
        say(f"{card.manifest.title} stays at {card.pinned}.")


def unpin(context: typer.Context, module: ModuleId, as_json: Json = False) -> None:
    """Let a pinned module be updated again."""
    with session(context).app() as app:
        card = actions.pin_module(app, module, None)
    if as_json:
        print_json(module=card)
    else:
        say(f"{card.manifest.title} is updated again.")


def trust(
    context: typer.Context,
    module: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Trust this installed module as it is; list all when none.")
    ] = None,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Trust it no more: it is set aside until it is trusted again.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the modules whose code you trusted, trust one again, or take it back."""
    with session(context).app() as app:
        if module and revoke:
            decisions = [one for one in actions.list_trust(app) if one.id == module]
            if not decisions:
                raise NotFoundError(f"{module!r} was never trusted.", hint="`genoteca modules trust` lists them.")
            for one in decisions:
                actions.revoke_trust(app, one.id, one.sha256)
        elif module:
            typed = module if as_json else str(typer.prompt(f"Type {module} to trust its code"))
            actions.trust_module(app, module, typed=typed)
        decisions = actions.list_trust(app)
    if as_json:
        print_json(trusted=decisions)
        return
    print_table(
        ["Module", "Version", "Trust", "When", "Installed", "sha256"],
        [
            (one.id, one.version, one.tier, f"{one.when:%Y-%m-%d %H:%M}", "yes" if one.installed else "", one.sha256)
            for one in decisions
        ],
    )
