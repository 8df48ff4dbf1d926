"""Asking on the command line whether a module's program is trusted."""

from __future__ import annotations

from typing import Annotated

import typer

from genoteca import actions
from genoteca.actions import ModuleCard
from genoteca.cli.printing import say
from genoteca.model.module import Tier

__all__ = ["Yes", "is_program", "trusts"]

Yes = Annotated[bool, typer.Option("--yes", help="Trust the code of a module that is not shipped without asking.")]


def is_program(offered: ModuleCard) -> bool:
    """Whether a person must decide: it runs as code on this computer, and did not come with Genoteca."""
    return offered.runs_as is Tier.CODE and offered.origin != actions.SHIPPED


def trusts(offered: ModuleCard, *, ask: bool) -> bool:
    """Ask for a program's id to be typed; False where it is no program, or nobody may be asked."""
    if not is_program(offered) or not ask:
        return False
    say(f"{offered.manifest.title} is a program. It can read every genome on this computer.")
    return str(typer.prompt(f"Type {offered.id} to trust it")).strip() == offered.id
