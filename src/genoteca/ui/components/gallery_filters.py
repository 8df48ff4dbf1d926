"""What narrows the gallery: chips and lists that say how many modules each would leave."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from genoteca import actions
from genoteca.actions import Order, Shelf, Wanted
from genoteca.model.module import Tier
from genoteca.ui import words
from genoteca.ui.components.boxes import box

__all__ = ["GalleryFilters"]

TOGGLES = {
    "works": ("Works with my file", "fingerprint"),
    "open": ("Open data only", "lock_open"),
    "installed": ("Installed", "check"),
    "updates": ("Updates", "update"),
}
"""Facets that are either asked for or not."""
ORDERS = {
    Order.TITLE: "By title",
    Order.NEWEST: "Newest first",
    Order.SIZE: "Smallest first",
    Order.FIT: "Works with my genome first",
}
KINDS = {tier.value: told for tier, told in words.TIERS_IN_SHORT.items()}

OnChange = Callable[[Wanted], Awaitable[None] | None]


class GalleryFilters:
    """Chips for the categories, chips for what is either wanted or not, lists for the rest."""

    def __init__(self, wanted: Wanted, on_change: OnChange) -> None:
        self._wanted, self._on_change = wanted, on_change
        self._labels: dict[tuple[str, str], tuple[ui.element, ui.label, str]] = {}
        self._categories = box("chips one-line").props("role=group aria-label='Category'")
        with box("across narrowing"):
            self._toggles = box("chips one-line grow").props("role=group aria-label='Narrow down'")
            with box("across tight lists"):
                self._tier = self._list("tier", "Kind")
                self._build = self._list("build", "Build")
                self._order = ui.select({}, value=None, label="Sort").classes("narrow")
                self._order.on_value_change(lambda event: self._order_by(event.value))

    def show(self, shelf: Shelf, wanted: Wanted) -> None:
        """Say how many modules every choice would leave, and which are made."""
        self._wanted = wanted
        counted = actions.count_facets(shelf, wanted)
        if not self._labels:
            self._draw(counted)
        for (facet, value), (chip, label, title) in self._labels.items():
            count = counted[facet].get(value, 0) if value else sum(counted[facet].values())
            pressed = getattr(wanted, facet) == value
            label.set_text(f"{title} {count}")
            chip.props(f"aria-pressed={'true' if pressed else 'false'}")
            chip.classes(**({"remove": "none"} if count or pressed else {"add": "none"}))
        self._offer(self._tier, "tier", {"": "Any kind"} | {name: KINDS[name] for name in map(str, Tier)}, counted)
        builds = {name: name for name in sorted(counted["build"])}
        self._offer(self._build, "build", {"": "Any build"} | builds, counted)
        orders = _orders(shelf)
        self._order.set_options(orders, value=wanted.order.value if wanted.order.value in orders else "title")

    def _draw(self, counted: dict[str, dict[str, int]]) -> None:
        with self._categories:
            for name in ("", *sorted(counted["category"])):
                self._chip("category", name, name or "All")
        with self._toggles:
            for facet, (title, icon) in TOGGLES.items():
                self._chip(facet, "yes", title, icon)

    def _chip(self, facet: str, value: str, title: str, icon: str = "") -> None:
        chip = ui.element("button").classes("chip").props("type=button")
        chip.on("click", partial(self._press, facet, value), [])
        with chip:
            if icon:
                ui.icon(icon).props("aria-hidden=true")
            self._labels[facet, value] = (chip, ui.label(title), title)

    def _list(self, facet: str, label: str) -> ui.select:
        made = ui.select({"": ""}, value="", label=label).classes("narrow")
        made.on_value_change(lambda event: self._choose(facet, event.value))
        return made

    def _offer(
        self, select: ui.select, facet: str, titles: dict[str, str], counted: dict[str, dict[str, int]]
    ) -> None:
        options = {
            value: f"{title} ({counted[facet].get(value, 0)})" if value else title for value, title in titles.items()
        }
        select.set_options(options, value=getattr(self._wanted, facet))

    async def _press(self, facet: str, value: str) -> None:
        """Choose what was pressed; what was chosen already is let go."""
        await self._choose(facet, "" if getattr(self._wanted, facet) == value else value)

    async def _choose(self, facet: str, value: str) -> None:
        if getattr(self._wanted, facet) != value:
            await self._tell(self._wanted.model_copy(update={facet: value}))

    async def _order_by(self, value: str | None) -> None:
        if value and self._wanted.order != value:
            await self._tell(self._wanted.model_copy(update={"order": Order(value)}))

    async def _tell(self, wanted: Wanted) -> None:
        told = self._on_change(wanted)
        if isinstance(told, Awaitable):
            await told


def _orders(shelf: Shelf) -> dict[str, str]:
    """Give the orders that say something here: by fit only where there is a genome, by date where there are any."""
    says_nothing = {
        Order.FIT: not any(shelf.fits.values()),
        Order.NEWEST: all(actions.released(card) is None for card in shelf.cards),
    }
    return {order.value: told for order, told in ORDERS.items() if not says_nothing.get(order)}
