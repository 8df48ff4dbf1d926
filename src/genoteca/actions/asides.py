"""Modules that are installed and answer nothing, being damaged or set aside: who reads answers must know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genoteca.actions.view import View
from genoteca.store.installed import installed_modules
from genoteca.store.quarantine import Quarantine

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = ["ModuleAside", "modules_aside"]


class ModuleAside(View):
    """A module whose answers are shown nowhere until it is mended, or trusted again."""

    module: str
    title: str
    why: str
    """A sentence."""


def modules_aside(app: App) -> list[ModuleAside]:
    """Give the modules that would answer for a genome and are kept out, by title.

    One that is so damaged that nobody can tell what it does is among them, under its id.
    """
    aside, found = Quarantine(app.layout.database).list(), list[ModuleAside]()
    for one in installed_modules(app.layout):
        kept_out = aside.get(one.id)
        if kept_out is None and not one.broken:
            continue
        if one.manifest is not None and not one.manifest.annotates:
            continue
        title = one.manifest.title if one.manifest else one.id
        why = kept_out.message if kept_out else f"The module is damaged: {one.problem}"
        found.append(ModuleAside(module=one.id, title=title, why=why))
    return sorted(found, key=lambda one: one.title.casefold())
