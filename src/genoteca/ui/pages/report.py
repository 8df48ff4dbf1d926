"""Reports about one genome: made, opened, downloaded, deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from genoteca import actions
from genoteca.actions import KeptReport, Overview
from genoteca.actions.asides import modules_aside
from genoteca.model.counted import counted
from genoteca.ui import words
from genoteca.ui.components.asides import asides_note
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import box, card, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act, icon_act, link
from genoteca.ui.components.notice import not_medical_advice, told
from genoteca.ui.components.report_choice import choose_report
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.report_files import report_address

__all__ = ["show"]

Redraw = Callable[[], Awaitable[None]]


async def show(desktop: Desktop, key: str) -> None:
    """Draw the reports of one genome."""
    overview = await ask(actions.genome_overview, desktop.app, key)
    sample = overview.card.sample
    link("‹ Results", f"/results/{key}")

    async def draw() -> None:
        reports = await ask(actions.list_reports, desktop.app, key)
        kept.clear()
        with kept:
            if not reports:
                said("No report has been made of this genome yet.", "soft")
            for one in reports:
                _kept(desktop, key, one, draw)

    with box("heading"):
        with stack("tight"):
            heading(f"Reports of {sample.sample_name}", 1)
            said(
                "A report is one page with what you choose: findings in words with their sources, what could not be "
                "looked at, and how it was made. It loads nothing from anywhere; print it, or save it as a PDF, from "
                "your browser.",
                "lead",
            )
        with row("tight"):
            make = act("Make a report", kind="main-act", icon="add")
            make.set_enabled(bool(overview.modules))
    asides_note(await ask(modules_aside, desktop.app))
    kept = box("stack")
    if not overview.modules:
        said("No module has answered about this genome yet.", "soft")
        act("Annotate", lambda: ui.navigate.to(f"/genomes/{key}/annotate"), icon="play_arrow")

    async def begin() -> None:
        await _make(desktop, key, overview, make)
        await draw()

    make.on_click(begin)
    await draw()
    link("What stands in a report", "/help/reports")
    not_medical_advice()


async def _make(desktop: Desktop, key: str, overview: Overview, button: ui.button) -> None:
    opened = desktop.opened_by_module(key)
    choice = await choose_report(overview, anything_opened=any(opened.values()))
    if choice is None:
        return
    button.props("loading")
    with told():
        await ask(
            actions.keep_report, desktop.app, key, choice.modules, opened=opened if choice.with_opened else None
        )
    button.props(remove="loading")


def _kept(desktop: Desktop, key: str, one: KeptReport, changed: Redraw) -> None:
    with card("snug kept-report"), row("keep top-line"):
        ui.icon("description").props("aria-hidden=true")
        with stack("tight grow"):
            with row("tight"):
                heading(f"Report of {words.when(one.made)}", 2)
                if one.shows_closed:
                    pill("With what you opened", "info", "visibility")
            said(", ".join(one.modules))
            tables = f", and {counted(len(one.attachments), 'table')} beside it" if one.attachments else ""
            said(f"{words.file_size(one.bytes)}{tables}", "faint")
            with row("tight"):
                page = ui.link("Open", report_address(key, one.name), new_tab=True).classes("link")
                page.props["aria-label"] = f"Open the report of {words.when(one.made)}"
                ui.link("Download", report_address(key, one.name, download=True)).classes("link")
                for table in one.attachments:
                    ui.link(table.name, report_address(key, one.name, table.name)).classes("link")
        icon_act(
            "delete", f"Delete the report of {words.when(one.made)}", lambda: _delete(desktop, key, one, changed)
        )


async def _delete(desktop: Desktop, key: str, one: KeptReport, changed: Redraw) -> None:
    text = "The page and its tables are deleted. Files that you saved elsewhere stay."
    if not await confirmed("Delete this report?", text, yes="Delete it"):
        return
    with told():
        await ask(actions.delete_report, desktop.app, key, one.name)
    await changed()
