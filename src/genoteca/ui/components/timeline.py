"""The steps of a run as bars on a time axis, in a table that says the same in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nicegui import ui

from genoteca.model.run_steps import RunStep, StepState
from genoteca.ui import words
from genoteca.ui.components.boxes import box, pill

__all__ = ["timeline"]

STATES = {
    StepState.WAITING: ("Waiting", "schedule", ""),
    StepState.RUNNING: ("Running", "autorenew", "info"),
    StepState.DONE: ("Done", "check_circle", "good"),
    StepState.FAILED: ("Failed", "error", "bad"),
    StepState.STOPPED: ("Stopped", "do_not_disturb_on", "warn"),
}
COLUMNS = ("Step", "When", "Took", "Processor", "Memory", "Rows")
WIDE = 1000.0
"""Units of the drawing from the start of the run to its end."""
THIN = 4.0
"""Units that a bar is wide at least, to be seen at all."""


def timeline(steps: Sequence[RunStep], titles: Mapping[str, str]) -> None:
    """Draw the steps of one run; nothing where it has none."""
    if not steps:
        return
    whole = max((step.ended or step.begun or 0.0 for step in steps), default=0.0) or 1.0
    with box("timeline", "table"):
        _cell("caption", f"The steps, from the start of the run to {words.span(whole)} after it", "")
        with box("", "thead"), box("", "tr"):
            for column in COLUMNS:
                _cell("th", column, f"of-{column.lower()}").props("scope=col")
        with box("", "tbody"):
            for step in steps:
                _row(step, whole, dict(titles))


def _row(step: RunStep, whole: float, titles: dict[str, str]) -> None:
    text, icon, kind = STATES[step.state]
    with box("", "tr"):
        with box("of-step", "th").props("scope=row"):
            ui.label(words.asset(step.asset, titles))
            pill(text, kind, icon)
        with box("of-when", "td"):
            _bar(step, whole)
        rows = "–" if step.rows is None else words.count(step.rows)
        figures = (words.span(step.seconds), words.span(step.cpu_seconds), words.memory(step.peak_memory_mb), rows)
        for column, figure in zip(COLUMNS[2:], figures, strict=True):
            _cell("td", figure, f"of-{column.lower()} amount").props["data-of"] = column


def _bar(step: RunStep, whole: float) -> None:
    drawing = box(f"bar {step.state.value}", "svg")
    drawing.props(f"viewBox='0 0 {WIDE:.0f} 10' preserveAspectRatio=none role=img focusable=false")
    drawing.props["aria-label"] = _told(step, whole)
    with drawing:
        box("ground", "rect").props(f"x=0 y=0 width={WIDE:.0f} height=10")
        if step.begun is not None and step.ended is not None:
            long = max(WIDE * (step.ended - step.begun) / whole, THIN)
            begun = min(WIDE * step.begun / whole, WIDE - long)
            box("made", "rect").props(f"x={begun:.1f} y=0 width={long:.1f} height=10")


def _told(step: RunStep, whole: float) -> str:
    if step.begun is None or step.ended is None:
        return "It was not begun" if step.state is StepState.STOPPED else "Not begun yet"
    return f"From {words.span(step.begun)} to {words.span(step.ended)} of {words.span(whole)}"


def _cell(tag: str, text: str, classes: str) -> ui.element:
    made = box(classes, tag)
    made.props["innerText"] = text
    return made
