"""The gallery: what is on offer, searched, sorted, and narrowed by facets that say how many each would leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import Field

from genoteca.actions.module_views import ModuleCard, ModuleState
from genoteca.actions.modules import list_modules
from genoteca.actions.references import provided_names
from genoteca.actions.view import View
from genoteca.engine.samples import all_samples
from genoteca.model.fit import Fit
from genoteca.model.licence import use_of
from genoteca.sdk.testable import fit_of

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.module import ModuleManifest

__all__ = [
    "FACETS",
    "GenomeFit",
    "Order",
    "Shelf",
    "Wanted",
    "count_facets",
    "fits_of",
    "search_shelf",
    "shelf",
    "waiting_updates",
]

YES = "yes"
"""What a facet that is either asked for or not is set to."""


class Order(StrEnum):
    """In which order the modules stand."""

    TITLE = "title"
    NEWEST = "newest"
    SIZE = "size"
    FIT = "fit"


class GenomeFit(View):
    """Whether a module can answer for one genome."""

    key: str
    name: str
    """As the person calls it."""
    fit: Fit
    why: str = ""
    """In a sentence; empty: it can."""


class Shelf(View):
    """Every module on offer or installed, and how each goes with the genomes that are there."""

    cards: list[ModuleCard]
    fits: dict[str, list[GenomeFit]] = Field(default_factory=dict)
    """By a card's `source`; empty for a module that answers for no genome."""

    def works(self, source: str) -> bool:
        """Whether a module can answer for at least one genome that is there."""
        return any(one.fit is Fit.YES for one in self.fits.get(source, ()))


class Wanted(View):
    """What a person looks for. Empty texts: anything."""

    text: str = ""
    """Every word must occur in the title, summary, tags, genes, category or id."""
    category: str = ""
    open: str = ""
    """`yes`: open data only."""
    works: str = ""
    """`yes`: only what can answer for a genome that is there."""
    installed: str = ""
    updates: str = ""
    tier: str = ""
    build: str = ""
    order: Order = Order.TITLE


FACETS: dict[str, Callable[[Shelf, ModuleCard], Sequence[str]]] = {
    "category": lambda _, card: (card.manifest.category,),
    "open": lambda _, card: (YES,) if use_of(card.manifest.licence.data).open else (),
    "works": lambda shelf, card: (YES,) if shelf.works(card.source) else (),
    "installed": lambda _, card: (YES,) if card.state is not ModuleState.AVAILABLE else (),
    "updates": lambda _, card: (YES,) if has_update(card) else (),
    "tier": lambda _, card: (card.tier.value,),
    "build": lambda _, card: [build.value for build in card.manifest.builds],
}
"""What a module is under, by facet; the names are those of `Wanted`."""


def shelf(app: App) -> Shelf:
    """Give everything on offer and installed, with how it goes with the genomes."""
    cards = list_modules(app)
    return Shelf(cards=cards, fits={card.source: fits_of(app, card.manifest) for card in cards})


def fits_of(app: App, manifest: ModuleManifest) -> list[GenomeFit]:
    """Say for every genome whether a module can answer for it."""
    if not manifest.annotates:
        return []
    provided = provided_names(app.layout)
    found = []
    for sample in all_samples(app.layout):
        fit, why = fit_of(manifest, sample, provided)
        name = f"{sample.user_name} / {sample.sample_name}"
        found.append(GenomeFit(key=sample.id.key, name=name, fit=fit, why=why))
    return found


def search_shelf(shelf: Shelf, wanted: Wanted) -> list[ModuleCard]:
    """Give the modules that are wanted, in the order that is wanted."""
    cards = [card for card in shelf.cards if _said(card, wanted.text) and _under(shelf, card, wanted)]
    return sorted(cards, key=lambda card: (_rank(shelf, card, wanted.order), card.manifest.title.casefold()))


def count_facets(shelf: Shelf, wanted: Wanted) -> dict[str, dict[str, int]]:
    """Give by facet and value how many modules choosing it would leave, everything else staying as it is."""
    said = [card for card in shelf.cards if _said(card, wanted.text)]
    counted: dict[str, dict[str, int]] = {name: {} for name in FACETS}
    for name, values_of in FACETS.items():
        for card in shelf.cards:  # also what the search leaves out: no choice vanishes while one types
            for value in values_of(shelf, card):
                counted[name].setdefault(value, 0)
        for card in said:
            if _under(shelf, card, wanted, but=name):
                for value in values_of(shelf, card):
                    counted[name][value] += 1
    return counted


def waiting_updates(app: App) -> int:
    """Count the modules with a newer version, or with newer data at their publisher."""
    return sum(has_update(card) for card in list_modules(app))


def has_update(card: ModuleCard) -> bool:
    """Whether there is anything newer than what is installed."""
    return (card.state is ModuleState.UPDATE and not card.pinned) or card.newer_data


def released(card: ModuleCard) -> datetime | None:
    """Say when the newest version was first on offer; None: it was shipped with the app, or comes from a file."""
    return max((one.released for one in card.versions if one.released), default=None)


def _said(card: ModuleCard, text: str) -> bool:
    manifest = card.manifest
    told = (card.id, manifest.title, manifest.summary, manifest.category, *manifest.tags, *card.genes)
    words = "\n".join(told).casefold()
    return all(word in words for word in text.casefold().split())


def _under(shelf: Shelf, card: ModuleCard, wanted: Wanted, *, but: str = "") -> bool:
    asked: Mapping[str, str] = {name: getattr(wanted, name) for name in FACETS if name != but}
    return all(not value or value in FACETS[name](shelf, card) for name, value in asked.items())


def _rank(shelf: Shelf, card: ModuleCard, order: Order) -> float:
    """Give what comes first the lowest number; titles decide between equals."""
    if order is Order.NEWEST:
        newest = released(card)
        return -newest.timestamp() if newest else 0
    if order is Order.SIZE:
        return card.bytes
    if order is Order.FIT:
        places = [list(Fit).index(one.fit) for one in shelf.fits.get(card.source, ())]
        return min(places, default=len(Fit))
    return 0
