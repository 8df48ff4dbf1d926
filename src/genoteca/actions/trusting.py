"""Decisions to trust the code of modules: listed, taken back, given again."""

from __future__ import annotations

from genoteca.actions.app import App
from genoteca.actions.checking import check_modules, settle_current
from genoteca.actions.module_views import ModuleCard, TrustDecision
from genoteca.actions.modules import show_module, titles
from genoteca.errors import InputError
from genoteca.model.module import Tier
from genoteca.store.installed import installed_modules
from genoteca.store.trust import Trust, needs_decision, runs_as

__all__ = ["list_trust", "revoke_trust", "trust_module"]


def list_trust(app: App) -> list[TrustDecision]:
    """Give every decision to trust a module's code, the newest first; none was needed of what a box keeps in."""
    known = titles(app)
    installed = {(one.id, one.sha256) for one in installed_modules(app.layout)}
    return [
        TrustDecision(
            id=one.id,
            title=known.get(one.id, one.id),
            version=one.version,
            sha256=one.sha256,
            tier=one.tier,
            when=one.decided_at,
            installed=(one.id, one.sha256) in installed,
        )
        for one in Trust(app.layout.database).list()
        if runs_as(one.tier) is Tier.CODE
    ]


def revoke_trust(app: App, module_id: str, sha256: str) -> None:
    """Take a decision back: the module, where it is installed, is set aside until it is trusted again.

    Raises:
        NotFoundError: it was never trusted.

    """
    Trust(app.layout.database).revoke(module_id, sha256)
    settle_current(app, {one.id: one.sha256 for one in installed_modules(app.layout)})


def trust_module(app: App, module_id: str, *, typed: str) -> ModuleCard:
    """Trust an installed module again, as it is; the person typed its id.

    Raises:
        NotFoundError: there is no such module.
        InputError: it is not installed, or needs no trust.
        InstallError: something else was typed.

    """
    installed = next((one for one in installed_modules(app.layout) if one.id == module_id), None)
    if installed is None:
        show_module(app, module_id)
        raise InputError(f"{module_id} is not installed.", hint="Its code is confirmed when it is installed.")
    if not needs_decision(installed, installed.origin):
        raise InputError(f"{module_id} needs no trust: it holds no code, or came with Genoteca.")
    Trust(app.layout.database).confirm(installed, typed=typed)
    check_modules(app)
    return show_module(app, module_id)
