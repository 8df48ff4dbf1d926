"""The tour in five steps: offered at the first start, started again from the help. `assets/ui/tour.js` walks it."""

from __future__ import annotations

import json

from nicegui import ui

from genoteca import actions
from genoteca.ui.components.boxes import box, row
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import notice
from genoteca.ui.desktop import Desktop, ask

__all__ = ["STEPS", "offer_tour", "start_tour"]

STEPS = (
    (
        ".nav a[href='/store']",
        "Choose what to ask",
        "The store holds modules. Each knows something: everyday traits, or what ClinVar has on record.",
    ),
    (
        ".nav a[href='/genomes']",
        "Bring your genome",
        "Drop the file that your laboratory gave you. It is read here and goes nowhere.",
    ),
    (
        ".nav a[href='/results']",
        "Read what it says",
        "Every answer says how it is known: found, ruled out, or not covered. Serious findings wait until you ask.",
    ),
    (
        ".nav a[href='/runs']",
        "See what is being made",
        "Each piece of work stands here with its steps, its log and a way to cancel it.",
    ),
    (
        "a[aria-label='Help on this page']",
        "Ask for help",
        "The question mark explains the page you are on. Nothing leaves this computer unless you do.",
    ),
)
"""What is pointed at (a CSS selector of something that is on every page), the title, and the text."""


def start_tour() -> None:
    """Offer the tour as a button."""
    _walk(act("Take the tour", icon="tour"))


async def offer_tour(desktop: Desktop) -> None:
    """Offer the tour once: until it was taken, or left."""
    if await ask(actions.tour_seen, desktop.app):
        return

    async def seen() -> None:
        await ask(actions.mark_tour_seen, desktop.app)
        place.set_visibility(False)

    place = box("tour-offer")
    with place, notice("info", "New here?", "Five steps show you around; it takes a minute."), row("tight"):
        _walk(act("Take the tour", icon="tour", kind="main-act")).on("toured", seen)
        act("No, thank you", seen, kind="quiet")


def _walk(button: ui.button) -> ui.button:
    """Make a button start the tour; it hears `toured` when the tour is over."""
    button.props["data-tour"] = json.dumps([{"at": at, "title": title, "text": text} for at, title, text in STEPS])
    return button
