"""Two genomes side by side: chosen, compared, and what came of it."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.actions.views import SampleCard, SampleState
from genoteca.errors import GenotecaError, RunError
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.compare_counts import counts_section
from genoteca.ui.components.compare_rows import rows_section
from genoteca.ui.components.notice import not_medical_advice, trouble_box
from genoteca.ui.components.progress import Track
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.work import Cancelled, Progress, Work

__all__ = ["show"]

BEAT = 0.3
"""Seconds between two looks at how far a comparison is."""


async def show(desktop: Desktop, first: str, second: str) -> None:
    """Draw the page."""
    samples = [one for one in await ask(actions.list_samples, desktop.app) if one.state is SampleState.READY]
    keys = [one.sample.id.key for one in samples]
    link("‹ All genomes", "/genomes")
    with stack("tight"):
        heading("Compare two genomes", 1)
        said(
            "What both carry, what only one does, and of what a file cannot speak. Nothing of it leaves here.", "lead"
        )
    if len(samples) < 2:
        with box("empty"):
            ui.icon("compare").props("aria-hidden=true")
            said("Two genomes that were read are needed.", "h3")
            act("Add a genome", lambda: ui.navigate.to("/genomes"), kind="main-act", icon="add")
        return
    begin = first if first in keys else await ask(actions.current_sample, desktop.app)
    _choose(samples, begin if begin in keys else keys[0], second if second in keys else "")
    if first in keys and second in keys and first != second:
        _Comparing(desktop, first, second).begin()


def _choose(samples: list[SampleCard], first: str, second: str) -> None:
    names = {one.sample.id.key: f"{one.sample.user_name} / {one.sample.sample_name}" for one in samples}

    def go() -> None:
        ui.navigate.to(f"/compare?a={one.value}&b={other.value}")

    with card("snug compare-choice"):
        one = ui.select(names, label="First genome", value=first).classes("grow")
        other = ui.select(names, label="Second genome", value=second or None).classes("grow")
        button = act("Compare", go, kind="main-act", icon="compare")

    def fit() -> None:
        button.set_enabled(bool(one.value and other.value) and one.value != other.value)

    one.on_value_change(fit)
    other.on_value_change(fit)
    fit()


def _until(cancelled: Cancelled, progress: Progress) -> Progress:
    def report(fraction: float, message: str) -> None:
        if cancelled():
            raise RunError("The comparison was cancelled.", title="Cancelled")
        progress(fraction, message)

    return report


class _Comparing:
    """One comparison: at work, or what came of it."""

    def __init__(self, desktop: Desktop, first: str, second: str) -> None:
        self._desktop, self._first, self._second = desktop, first, second
        self._name = f"compare {first} {second}"
        self._going, self._place = stack(), stack("loose")

    def begin(self) -> None:
        """Compare, or show at once what is known already; the page may be left meanwhile."""
        app, first, second = self._desktop.app, self._first, self._second
        work = self._desktop.works.queue(
            self._name,
            "Comparing two genomes",
            lambda progress, cancelled: actions.compare(app, first, second, progress=_until(cancelled, progress)),
            line=self._name,
        )
        with self._going, card("snug"):
            track = Track("How far the comparison is")
            with row("keep"):
                message = said("Starting", "grow").props("aria-live=polite")
                act("Cancel", work.cancel, more="small-act")

        async def look() -> None:
            track.show(work.fraction or None)
            message.set_text(work.message)
            if work.over:
                timer.deactivate()
                await self._over(work)

        timer = ui.timer(BEAT, look)

    async def _over(self, work: Work) -> None:
        app = self._desktop.app
        self._desktop.works.forget(self._name)
        self._going.clear()
        with self._place:
            if work.trouble is not None:
                trouble_box(work.trouble)
                return
            if work.cancelled():
                said("The comparison was cancelled.")
                return
            try:
                shown = await ask(actions.compare, app, self._first, self._second)
                header = await ask(actions.compared_header, app, self._first, self._second)
            except GenotecaError as error:
                trouble_box(error)
                return
            counts_section(self._desktop, shown)
            rows_section(self._desktop, shown, header)
            not_medical_advice()
