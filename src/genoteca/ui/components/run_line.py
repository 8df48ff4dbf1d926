"""One run that is over, as a line of the list: what, when, what it took, and its steps on request."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.actions.views import RunCard
from genoteca.ui import words
from genoteca.ui.components.boxes import box, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.notice import told
from genoteca.ui.components.run_live import status_pill
from genoteca.ui.components.timeline import timeline
from genoteca.ui.desktop import Desktop, ask

__all__ = ["run_line", "took_words"]


def took_words(shown: RunCard) -> str:
    """Say when a run was, how long it took, and what it needed."""
    run = shown.run
    memory = f"{words.memory(run.peak_memory_mb)} at most" if run.peak_memory_mb else ""
    cpu = f"{words.span(run.cpu_seconds)} of processor time" if run.cpu_seconds else ""
    took = "" if run.seconds is None else f"took {words.span(run.seconds)}"
    return " · ".join(filter(None, (words.when(run.started or run.queued), took, cpu, memory)))


def run_line(desktop: Desktop, shown: RunCard, titles: dict[str, str]) -> None:
    """Draw the line; its steps are read when they are asked for."""
    run = shown.run
    with box("run-line of-list"):
        status_pill(run.status)
        with stack("tight"):
            link(shown.title, f"/runs/{run.id}")
            said(took_words(shown), "faint")

        async def show() -> None:
            if place.visible:
                place.set_visibility(False)
            else:
                with told():
                    steps = await ask(actions.run_steps, desktop.app, run.id)
                    place.clear()
                    with place:
                        timeline(steps, titles) if steps else said("It had nothing to do.", "faint")
                    place.set_visibility(True)
            button.props["aria-expanded"] = str(place.visible).lower()

        button = act("Steps", show, kind="quiet", icon="view_timeline", more="small-act")
        button.props["aria-expanded"] = "false"
        button.props["aria-label"] = f"Steps of: {shown.title}"
        place = stack("steps-of-run")
        place.set_visibility(False)
        with place:
            ui.element("span")
