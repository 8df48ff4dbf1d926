"""Bars that tell how far something is."""

from __future__ import annotations

from nicegui import ui

from genoteca.ui.components.boxes import box

__all__ = ["Track"]


class Track:
    """A bar with a share of 0 to 1; without a share it shows that something goes on."""

    def __init__(self, label: str) -> None:
        self._box = box("track unknown").props("role=progressbar aria-valuemin=0 aria-valuemax=100")
        self._box.props["aria-label"] = label
        with self._box:
            self._fill = ui.element("div")
        self._shown: tuple[float | None, str] | None = None

    def show(self, fraction: float | None, state: str = "") -> None:
        """Set the share and the state (`done`, `bad`, `stopped` or nothing)."""
        if self._shown == (fraction, state):
            return
        self._shown = (fraction, state)
        self._box.classes(replace=f"track {state}{' unknown' if fraction is None else ''}")
        if fraction is not None:
            share = round(100 * min(max(fraction, 0), 1), 1)
            self._fill.style(f"width: {share}%")
            self._box.props["aria-valuenow"] = share
