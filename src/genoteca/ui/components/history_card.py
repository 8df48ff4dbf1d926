"""How much of the past is kept, and what it takes."""

from __future__ import annotations

from nicegui import ui

from genoteca.actions.retention import HistorySize, history_size, prune
from genoteca.ui import words
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import card, facts, heading, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import told
from genoteca.ui.components.setting_fields import number
from genoteca.ui.desktop import Desktop, ask

__all__ = ["HistoryCard", "history_fields"]

FIELDS = (
    ("keep_runs", "Runs of which the history is kept (0: all)"),
    ("keep_run_days", "Days for which it is kept (0: for ever)"),
    ("keep_results", "Versions kept of every result"),
)


def history_fields(desktop: Desktop) -> None:
    """Offer the settings of what is kept."""
    for name, label in FIELDS:
        with row("keep"):
            said(label, "grow small")
            field = ui.number(value=getattr(desktop.app.settings, name), step=1, precision=0)
            field.style("width: 110px").props["aria-label"] = label
            number(desktop, name, field)


class HistoryCard:
    """The history with its size."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        with card():
            heading("How much of the past is kept")
            said(
                "Older runs go by themselves, some at a time. A run that made what is kept stays in any case, and so "
                "does the last one that made something well.",
                "soft readable",
            )
            history_fields(desktop)
            self._place = stack()
            with row("tight"):
                act("Let older runs go now", self._prune, icon="auto_delete")
        ui.timer(0.1, self._draw, once=True)  # every record is read: the page does not wait for it

    async def _draw(self) -> None:
        """Draw what it takes."""
        self._show(await ask(history_size, self._desktop.app))

    def _show(self, size: HistorySize) -> None:
        self._place.clear()
        with self._place:
            facts(
                (
                    ("Runs", words.count(size.runs)),
                    ("The list of runs, and settings", words.file_size(size.app_bytes)),
                    ("Technical notes on runs", words.file_size(size.dagster_bytes)),
                    ("Older versions of results", _older(size)),
                )
            )

    async def _prune(self) -> None:
        with told():
            found = await ask(prune, self._desktop.app, dry_run=True)
            if not found.runs:
                self._desktop.messages.say("No run is older than what is kept.")
                return
            count = "1 run" if len(found.runs) == 1 else f"{words.count(len(found.runs))} runs"
            if await confirmed(
                f"Let {count} go?", "What they made stays. Their lines cannot be read any more.", yes="Let them go"
            ):
                done = await ask(prune, self._desktop.app)
                self._show(done.after)


def _older(size: HistorySize) -> str:
    many = f"{words.count(size.older_results)} {'version' if size.older_results == 1 else 'versions'}"
    return f"{many}, {words.file_size(size.older_bytes)}" if size.older_results else "none"
