"""The lines of a run, new ones as they come."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.model.run import Line, LineKind, RunStatus
from genoteca.ui import words
from genoteca.ui.components.boxes import box, said
from genoteca.ui.components.checks import check_name
from genoteca.ui.desktop import Desktop, ask

__all__ = ["RunLog"]

LOOK_EVERY = 0.6


class RunLog:
    """The log of one run, followed until it is over."""

    def __init__(self, desktop: Desktop, run_id: str, titles: dict[str, str]) -> None:
        self._desktop, self._id, self._titles, self._after = desktop, run_id, titles, 0
        self._box = box("log").props("role=log tabindex=0 aria-label='What the run said'")
        self._timer = ui.timer(LOOK_EVERY, self._look)

    async def _look(self) -> None:
        shown = await ask(actions.show_run, self._desktop.app, self._id)
        lines = await ask(actions.run_lines, self._desktop.app, self._id, self._after)
        with self._box:
            for line in lines:
                self._after = max(self._after, line.seq)
                self._draw(line, cancelled=shown.run.status is RunStatus.CANCELLED)
        if shown.run.status.over:
            self._timer.deactivate()
            if not self._after:
                with self._box:
                    said("It ended before it had anything to say.", "")

    def _draw(self, line: Line, *, cancelled: bool) -> None:
        going = line.fraction is not None and line.kind is LineKind.PROGRESS
        share = f" {words.percent(line.fraction or 0, 0)}" if going else ""
        about = words.asset(line.asset, self._titles)
        failed = line.kind is LineKind.FAILED and not (cancelled and line.asset is None)
        message = line.message or ("failed" if failed else "cancelled" if line.kind is LineKind.FAILED else line.kind)
        if line.kind is LineKind.CHECK:
            message, failed = _check_words(line)
        said(f"{line.time.astimezone():%H:%M:%S}  {about}: {message}{share}", "bad" if failed else "")


def _check_words(line: Line) -> tuple[str, bool]:
    """Say what a check found, and whether what it looked at must not be used."""
    name, told = check_name(str(line.detail.get("name"))), line.detail.get("description")
    if line.detail.get("passed"):
        return f"check “{name}” holds. {told}", False
    if line.detail.get("severity") == "warn":
        return f"check “{name}”: worth a look. {told}", False
    return f"check “{name}” does not hold. {told}", True
