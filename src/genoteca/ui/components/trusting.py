"""Asking whether a module's program is trusted, by its tier; what only holds tables needs no trust."""

from __future__ import annotations

from genoteca import actions
from genoteca.actions.module_views import ModuleCard
from genoteca.model.module import Tier
from genoteca.ui.components.asking import confirmed, typed
from genoteca.ui.desktop import Desktop, ask

__all__ = ["needs_trust", "trusts", "trusts_again"]

FULL = (
    "This module runs a program with your rights: it could read and change every file you can. Install it only if "
    "you know who made it. Genoteca asks again whenever its contents change."
)
BOXED = (
    "This module runs a program in a closed box: it sees its input and one folder of its own, and nothing else of "
    "this computer."
)


def needs_trust(module: ModuleCard) -> bool:
    """Whether a person must decide: it runs a program that did not come with Genoteca."""
    return module.tier is not Tier.DATA and module.origin != actions.SHIPPED


async def trusts(module: ModuleCard, *, seen: bool = False) -> bool:
    """Ask before a module is installed that did not come with Genoteca; True when the person goes on.

    `seen`: they were just asked, with all that it may do, so that a program in a closed box is not asked about again.
    """
    if not needs_trust(module) or (seen and module.runs_as is Tier.ISOLATED):
        return True
    title = module.manifest.title
    if module.runs_as is Tier.ISOLATED:
        text = f"{BOXED} It is {module.origin}."
        return await confirmed(f"Install {title}?", text, yes="Install", no="Leave it", kind="main-act")
    return await _typed(module, f"{FULL} It is {module.origin}.", yes="I trust it: install")


async def trusts_again(desktop: Desktop, module: ModuleCard) -> bool:
    """Ask for trust in a module that is set aside for want of it, and give it; True when it was given."""
    sure = await _typed(module, FULL, yes="I trust it")
    if sure:
        await ask(actions.trust_module, desktop.app, module.id, typed=module.id)
    return sure


async def _typed(module: ModuleCard, text: str, *, yes: str) -> bool:
    return await typed(f"Trust {module.manifest.title}?", text, word=module.id, yes=yes)
