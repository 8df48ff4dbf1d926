"""The demo genome: what is shown of it while it is set up, and what is offered before."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from genoteca.ui.components.boxes import card, heading, said
from genoteca.ui.components.notice import trouble_box
from genoteca.ui.components.progress import Track
from genoteca.ui.demo import DEMO, demo_key, start_demo
from genoteca.ui.desktop import Desktop
from genoteca.ui.work import Work

__all__ = ["DEMO_WORDS", "demo_offer"]

DEMO_WORDS = "The demo genome is made up: it belongs to no one. It takes less than a minute."


def demo_offer(desktop: Desktop, place: ui.element, offer: Callable[[Callable[[], None]], None]) -> None:
    """Fill `place` with the offer, or with the progress of a demo that is being set up.

    `offer` draws the offer; it is given what begins the demo.
    """

    def begin() -> None:
        started = start_demo(desktop)
        place.clear()
        with place:
            _follow(desktop, place, started, offer)

    work = desktop.works.find(DEMO)
    with place:
        if work and not (work.over and not work.trouble):
            _follow(desktop, place, work, offer)
        else:
            offer(begin)


def _follow(desktop: Desktop, place: ui.element, work: Work, offer: Callable[[Callable[[], None]], None]) -> None:
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
            demo_offer(desktop, place, offer)
        else:
            ui.navigate.to(f"/results/{demo_key(desktop)}/everyday-traits")

    timer = ui.timer(0.25, look)
