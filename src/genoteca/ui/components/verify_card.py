"""Comparing every file with its hash, with progress; and making again what is damaged, at a press."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from nicegui import ui

from genoteca.actions.verifying import Damaged, Stopped, Verified, make_again, not_compared_words, verify
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.notice import told
from genoteca.ui.components.progress import Track
from genoteca.ui.desktop import Desktop, ask

__all__ = ["VerifyCard"]

LOOK_EVERY = 0.3
LATER = "It is made again when it is needed."
MADE = {
    "database": "The list of runs was made again from the records. What you wrote and chose stands as it was: "
    "compare it with a backup, if you have one.",
    "dagster": "The history of runs was made again from the records.",
}
"""What was done at once."""


class VerifyCard:
    """Whether everything is as it was written."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self._stop, self._bytes = threading.Event(), 0
        with card():
            heading("Is everything as it was written?")
            said(
                "A disk may change a bit without a word. Every table, every file of a genome, every note, every "
                "module and Genoteca's own databases are read and compared with what was written: about a second per "
                "gigabyte.",
                "soft readable",
            )
            with row("tight"):
                self._act = act("Compare every file", self._compare, icon="fact_check")
            self._place = stack()

    async def _compare(self) -> None:
        self._stop.clear()
        self._bytes = 0
        self._act.disable()
        self._place.clear()
        with self._place:
            with row("keep"):
                so_far = said("Reading", "small grow").props("role=status")
                act("Stop", self._stop.set, more="small-act")
            Track("Comparing every file with its hash")

        def hear(size: int) -> None:
            self._bytes = size

        with self._place:
            timer = ui.timer(LOOK_EVERY, lambda: so_far.set_text(f"Read so far: {words.file_size(self._bytes)}"))
        try:
            with told():
                await self._ask(hear)
        finally:
            timer.deactivate()
            self._act.enable()

    async def _ask(self, hear: Callable[[int], None]) -> None:
        try:
            found = await ask(verify, self._desktop.app, progress=hear, cancelled=self._stop.is_set)
        except Stopped:
            found = None
        self._draw(found)

    def _draw(self, found: Verified | None) -> None:
        self._place.clear()
        with self._place:
            if found is None:
                said("Stopped: not everything was read.", "small")
                return
            size = f"{words.count(found.files)} files, {words.file_size(found.bytes)}"
            with row("tight").props("role=status"):
                ui.icon("check_circle" if found.whole else "error", size="20px").style(
                    f"color: var({'--answered' if found.whole else '--failed'})"
                ).props("aria-hidden=true")
                damaged = "1 file is" if len(found.damage) == 1 else f"{words.count(len(found.damage))} files are"
                every = "every byte that can be compared" if found.not_compared else "every byte"
                said(f"{size}: {every} is as it was written." if found.whole else f"{size}: {damaged} damaged.")
            for one in found.damage:
                self._damaged(one)
            if found.not_compared:
                _without_seals(found)

    def _damaged(self, one: Damaged) -> None:
        with box("across keep top-line tight"), stack("tight grow") as place:
            said(_what(one), "strong")
            said(one.message, "small wrap-anywhere")
            if one.can_be_made_again:
                label = "Put it back" if one.known else "Make it again" if one.current else "Drop this older version"
                act(label, partial(self._again, one, place), more="small-act", icon="replay")
            else:
                said(one.advice, "small")

    async def _again(self, one: Damaged, place: ui.element) -> None:
        with told():
            run = await ask(make_again, self._desktop.app, one)
            place.clear()
            with place:
                said(_what(one), "strong")
                if run:
                    said("It is being made again.", "small")
                    link("Watch it ›", f"/runs/{run}")
                else:
                    said(_done(one), "small readable")


def _done(one: Damaged) -> str:
    """Say what became of a damaged file for which no run was needed."""
    if one.known:
        return "It is as it was written again, byte by byte."
    return MADE.get(one.kind, LATER) if one.current else "It is gone."


def _without_seals(found: Verified) -> None:
    """Say which files were in use when Genoteca was ended hard."""
    said(not_compared_words(found), "small readable")
    with ui.expansion(f"Which ({words.count(len(found.not_compared))})"):
        for one in found.not_compared:
            said(f"{one.place}: {one.why}", "small wrap-anywhere")


def _what(one: Damaged) -> str:
    """Say what is damaged, for people."""
    whose = f" of {one.sample}" if one.sample else ""
    names = {
        "source": f"The copy of the genome's file{whose}",
        "sample": f"What was stated about {one.sample}",
        "notes": f"The notes on {one.sample}",
        "module": "A file of a module",
        "database": "Genoteca's own list of runs, choices and plans",
        "dagster": "The history of runs",
        "kept": f"A file that Genoteca keeps{whose}",
    }
    older = "" if one.current or one.known else ", an older version"
    table = {"sample": "Tables that were read"}.get(one.asset[0], f"{one.asset[0]}") if one.asset else ""
    return names.get(one.kind) or f"{table}{whose}{older}"
