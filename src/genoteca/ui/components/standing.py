"""What is to be known before a module is installed: a catalogue in trouble, another module of the same id."""

from __future__ import annotations

from collections.abc import Iterable

from genoteca.actions import CatalogueCard
from genoteca.actions.module_views import ModuleCard, ModuleState
from genoteca.ui.components.buttons import link
from genoteca.ui.components.notice import notice

__all__ = ["catalogue_warning", "module_warnings"]

SHIPPED = "shipped"
"""Stands for Genoteca itself among the catalogues that offer an id."""


def catalogue_warning(catalogue: CatalogueCard) -> None:
    """Say what is wrong with a catalogue, and where that is looked after; nothing where all is well."""
    trouble = catalogue.trouble
    if trouble is None:
        return
    with notice("warn", f"{catalogue.name}: {trouble.title}", f"{trouble.message} {trouble.hint}".strip()):
        link("Catalogues, trust and history ›", "/settings/modules")


def module_warnings(module: ModuleCard, catalogues: Iterable[CatalogueCard]) -> None:
    """Warn on a module's page of the catalogue it comes from, and of others that have its id."""
    known = {one.slug: one for one in catalogues}
    if module.catalogue in known:
        catalogue_warning(known[module.catalogue])
    if module.others and module.state is ModuleState.AVAILABLE:
        names = [known[slug].name if slug in known else slug for slug in module.others if slug != SHIPPED]
        offer = [*(["Genoteca itself"] if SHIPPED in module.others else []), *names]
        has = "has" if len(offer) == 1 else "have"
        with notice(
            "info",
            f"Another module is called {module.id} too",
            f"{' and '.join(offer)} {has} one of the same id. They are different modules, by different people: only "
            "one can be installed, and it is updated only from where it came from.",
        ):
            pass
