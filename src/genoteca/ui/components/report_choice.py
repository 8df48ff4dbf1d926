"""The dialog before a report is made: which modules, and whether what was opened stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from genoteca.actions.overview import ModuleOverview, Overview
from genoteca.ui.components.asking import answered
from genoteca.ui.components.boxes import box, heading, row, said, stack
from genoteca.ui.components.buttons import act

__all__ = ["ReportChoice", "choose_report"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportChoice:
    """What the person wants in a report."""

    modules: Sequence[str]
    with_opened: bool


async def choose_report(told: Overview, *, anything_opened: bool) -> ReportChoice | None:
    """Ask what shall stand in a report; None: the person left it.

    `anything_opened`: whether an answer that asks first was opened since the app was.
    """
    with ui.dialog() as dialog, box("sheet"):
        heading("Make a report")
        said("One page to read, print or keep. It lies in your data folder, with the genome, until you delete it.")
        with stack("tight"):
            said("Modules", "h3")
            ticks = {one.answer.module: _tick(one) for one in told.modules}
        with stack("tight"):
            said("What is closed", "h3")
            with_opened = ui.checkbox("Include what I opened with “Show me”", value=False).props("dense")
            with_opened.props["aria-label"] = "Include what I opened with Show me"
            with_opened.set_enabled(anything_opened)
            said(
                "Think of who may see the page. What you did not open is never in it."
                if anything_opened
                else "You have opened nothing since Genoteca was started, so nothing of it can stand in a report.",
                "faint",
            )
        with row():
            act("Cancel", lambda: dialog.submit(None), more="push")
            go = act("Make the report", kind="main-act", icon="description")

        def fit() -> None:
            go.set_enabled(any(tick.value for tick in ticks.values()))

        def begin() -> None:
            chosen = [module for module, tick in ticks.items() if tick.value]
            dialog.submit(ReportChoice(modules=chosen, with_opened=bool(with_opened.value)))

        go.on_click(begin)
        for tick in ticks.values():
            tick.on_value_change(fit)
        fit()
    given = await answered(dialog)
    return given if isinstance(given, ReportChoice) else None


def _tick(one: ModuleOverview) -> ui.checkbox:
    """Offer one module; a closed one stands there, and says that it stays out unless it was opened."""
    asks = bool(one.gate or one.opened)
    words = f"{one.answer.title} (asks first)" if asks else one.answer.title
    tick = ui.checkbox(words, value=True).props("dense")
    tick.props["aria-label"] = words
    return tick
