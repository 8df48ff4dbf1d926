"""First start: what this is in three steps, and one button that shows it."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import NOT_MEDICAL_ADVICE, notice, trouble_box
from genoteca.ui.components.progress import Track
from genoteca.ui.demo import DEMO, demo_key, start_demo
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.work import Work

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
        place = stack()
        with place:
            _offer(desktop, place)
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


def _offer(desktop: Desktop, place: ui.element) -> None:
    work = desktop.works.find(DEMO)
    if work and not (work.over and not work.trouble):
        _follow(desktop, place, work)
        return

    def begin() -> None:
        started = start_demo(desktop)
        place.clear()
        with place:
            _follow(desktop, place, started)

    with row():
        act("Try it with the demo genome", begin, kind="main-act", icon="play_arrow", more="big")
        act("Add my genome", lambda: ui.navigate.to("/genomes"), more="big")
    said("The demo genome is made up: it belongs to no one. It takes less than a minute.", "faint")


def _follow(desktop: Desktop, place: ui.element, work: Work) -> None:
    with card("snug").style("width: min(520px, calc(100vw - 32px))"):
        heading(work.title, 3)
        track = Track(work.title)
        line = said(work.message, "faint").props("aria-live=polite")

    def look() -> None:
        track.show(work.fraction, "bad" if work.trouble else "")
        line.set_text(work.message)
        if not work.over:
            return
        timer.deactivate()
        desktop.works.forget(DEMO)
        if work.trouble:
            place.clear()
            with place:
                trouble_box(work.trouble)
                _offer(desktop, place)
        else:
            ui.navigate.to(f"/results/{demo_key(desktop)}/everyday-traits")

    timer = ui.timer(0.25, look)
