"""How common an allele is, as bars with their figures: read by eye and by a screen reader alike."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from genoteca.actions.variant_views import Frequencies, Frequency
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, said, stack

__all__ = ["frequency_card"]

ENDS = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Where an axis may end."""


def frequency_card(told: Sequence[Frequencies]) -> None:
    """Draw the frequencies of every module that gives some; nothing where none does."""
    if not told:
        return
    with card("snug frequencies"):
        heading("How common it is", 2)
        said("Of all copies of this place in the people who were counted, so many carry this allele.", "small soft")
        for one in told:
            _chart(one)


def _chart(one: Frequencies) -> None:
    end = _end(one.bars)
    with stack("tight"):
        said(one.title, "h3")
        said(f"Release {one.release}; the axis ends at {words.share(end)}.", "faint")
        bars = box("bars", "ul")
        bars.props["aria-label"] = f"Frequencies from {one.title}"
        with bars:
            for bar in one.bars:
                _bar(bar, end)


def _bar(bar: Frequency, end: float) -> None:
    with box("", "li") as line:
        said(bar.label, "label small")
        with box("rail", "span").props("aria-hidden=true"):
            box("fill", "span").style(f"width: {100 * min(bar.value / end, 1):.2f}%")
        said(words.share(bar.value), "figure-small")
    if bar.about:
        with line:
            ui.tooltip(bar.about)


def _end(bars: Sequence[Frequency]) -> float:
    highest = max(bar.value for bar in bars)
    return next((end for end in ENDS if end >= highest), 1.0)
