"""One variant: what the file says, what every module says and how it knows, and what the person notes."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import ui

from genoteca import actions
from genoteca.actions.asides import modules_aside
from genoteca.actions.variant_views import Standing, VariantDetail
from genoteca.model.variant import VariantName
from genoteca.ui.components.asides import asides_note
from genoteca.ui.components.boxes import box, card, heading, pill, row, said, stack
from genoteca.ui.components.buttons import link
from genoteca.ui.components.explore_drawer import FROM
from genoteca.ui.components.notice import not_medical_advice, told_here
from genoteca.ui.components.variant_answers import answer_cards, links_out, silent_modules
from genoteca.ui.components.variant_frequencies import frequency_card
from genoteca.ui.components.variant_history import history_card
from genoteca.ui.components.variant_lineage import lineage_card
from genoteca.ui.components.variant_notes import notes_card
from genoteca.ui.components.variant_record import record_card
from genoteca.ui.components.variant_site import closed_card, elsewhere, site_card
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show"]

Near = tuple[int, str] | None


async def show(desktop: Desktop, key: str, text: str, came_from: str = "", row_number: int = -1) -> None:
    """Draw the page; `came_from` and `row_number`: the module, and the row of its table, that it was opened from.

    Opened from the explorer, `came_from` is `explore`, and there is no row.
    """
    name = await ask(actions.find_variant, desktop.app, key, text)
    detail = await ask(actions.show_variant, desktop.app, key, name, agreed=frozenset(desktop.agreed))
    near: tuple[Near, Near] = (None, None)
    if came_from and row_number >= 0:
        near = await ask(
            actions.neighbours_of, desktop.app, key, came_from, row_number, agreed=frozenset(desktop.agreed)
        )
    with box("variant"):
        _head(desktop, detail, came_from, near)
        if detail.closed:
            closed_card(desktop, key, detail.closed)
            await notes_card(desktop, key, detail.name)
        else:
            await _body(desktop, detail, name)
        not_medical_advice()


async def _body(desktop: Desktop, detail: VariantDetail, name: VariantName) -> None:
    key = detail.sample.id.key
    aside = await ask(modules_aside, desktop.app)
    with box("two-thirds"):
        with stack("loose"):
            site_card(detail)
            with stack():
                heading("What the modules say", 2)
                asides_note(aside)
                if not detail.answers:
                    said("No module is installed yet.")
                answer_cards(desktop, key, detail.answers)
            silent_modules(detail.answers)
            await history_card(desktop, key, name)
        with stack("loose"):
            await notes_card(desktop, key, detail.name)
            frequency_card(detail.frequencies)
            _others(desktop, detail, name)
            links_out(detail.answers)
    record_card(desktop, detail.sample, detail.site.line if detail.site else None)
    shown = [one.branch for one in detail.answers if one.branch and one.standing is Standing.ANSWERED]
    lineage_card(detail.origin, shown)
    link("Every version and checksum ›", f"/lineage/{key}")


def _head(desktop: Desktop, detail: VariantDetail, came_from: str, near: tuple[Near, Near]) -> None:
    sample, key = detail.sample, detail.sample.id.key
    with row("keep variant-way"):
        if came_from == FROM:
            link("‹ Back to the explorer", desktop.explored.get(key, f"/explore/{key}"))
        elif came_from:
            link("‹ Back to the list", f"/results/{key}/{came_from}")
        else:
            link("‹ Results", f"/results/{key}")
        box("push")
        _step("‹ Previous variant", near[0], key, came_from)
        _step("Next variant ›", near[1], key, came_from)
    with stack("tight"):
        heading(detail.title, 1)
        if detail.known_as:
            said(detail.known_as, "lead")
        with row("tight"):
            said(f"{sample.user_name} / {sample.sample_name} · {sample.build}", "soft")
            if sample.synthetic:
                pill("Synthetic: no person", "info", "science")


def _step(text: str, to: Near, key: str, came_from: str) -> None:
    if to is not None:
        link(text, f"/variant/{key}/{quote(to[1])}?from={quote(came_from)}&row={to[0]}")


def _others(desktop: Desktop, detail: VariantDetail, name: VariantName) -> None:
    """Show other genomes of the person once they were looked at: the page does not wait for them."""
    with card("snug"):
        heading(f"Other genomes of {detail.sample.user_name}", 2)
        place = stack("tight")
        with place:
            said("Looking", "faint").props("aria-live=polite")

        async def look() -> None:
            with place, told_here():
                found = await ask(
                    actions.variant_elsewhere,
                    desktop.app,
                    detail.sample.id.key,
                    name,
                    infer=detail.infer,
                    agreed=frozenset(desktop.agreed),
                )
                place.clear()
                elsewhere(found, detail.name)

        ui.timer(0.05, look, once=True)
