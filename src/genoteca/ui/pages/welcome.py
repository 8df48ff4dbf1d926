"""First start: what this is in three steps, and one button that shows it."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from genoteca import actions
from genoteca.ui.components.boxes import box, heading, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.demo_offer import DEMO_WORDS, demo_offer
from genoteca.ui.components.notice import NOT_MEDICAL_ADVICE, notice
from genoteca.ui.components.tour import offer_tour
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show", "show_nowhere"]

STEPS = (
    (
        "storefront",
        "Install a module",
        "A module knows something about genomes: everyday traits, or what ClinVar has on record.",
    ),
    ("fingerprint", "Add your genome", "Drop the file your laboratory gave you. It is read here and goes nowhere."),
    (
        "fact_check",
        "Read what it says",
        "Every answer says how it is known: found, ruled out, or not covered by your file.",
    ),
)


async def show(desktop: Desktop) -> None:
    """Draw the page."""
    if not await ask(actions.notice_seen, desktop.app):
        _first_notice(desktop)
    with box("hero"):
        ui.element("img").props("src=/look/logo.svg alt=''")
        heading("What does your genome say?", 1)
        said(
            "Genoteca looks things up in your genome on this computer. You choose what, it shows how sure each "
            "answer is, and nothing leaves the machine.",
            "lead",
        )
        demo_offer(desktop, stack(), _offer)
    await offer_tour(desktop)
    with box("steps"):
        for number, (icon, title, text) in enumerate(STEPS, start=1):
            with box("step"):
                with row("keep"):
                    said(str(number), "number").props("aria-hidden=true")
                    ui.icon(icon, size="22px").style("color: var(--brand)").props("aria-hidden=true")
                heading(title, 3)
                said(text)


def show_nowhere() -> None:
    """Say that an address leads nowhere, and offer the way back."""
    heading("There is no such page", 1)
    said("The address may be mistyped, or what stood here was deleted.", "lead")
    with row():
        act("To the start", lambda: ui.navigate.to("/"), kind="main-act")


def _first_notice(desktop: Desktop) -> None:
    async def seen() -> None:
        await ask(actions.mark_notice_seen, desktop.app)
        place.delete()

    place = box()
    with place, notice("info", "Before you start", NOT_MEDICAL_ADVICE), row():
        act("I understand", seen, kind="quiet")


def _offer(begin: Callable[[], None]) -> None:
    with row():
        act("Try it with the demo genome", begin, kind="main-act", icon="play_arrow", more="big")
        act("Add my genome", lambda: ui.navigate.to("/genomes"), more="big")
    said(DEMO_WORDS, "faint")
