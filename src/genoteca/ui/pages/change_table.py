"""A table behind the page of changes: all that differs between two answers, or an older answer as it was."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from genoteca.actions.change_tables import change_place, export_change, show_change
from genoteca.actions.views import Query
from genoteca.ui import words
from genoteca.ui.components.boxes import heading, pill, row, said, stack
from genoteca.ui.components.buttons import link
from genoteca.ui.components.kept_view import as_left
from genoteca.ui.components.notice import not_medical_advice
from genoteca.ui.components.table_box import Refresh, TableBox
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.work import Progress

__all__ = ["show"]


async def show(desktop: Desktop, key: str, name: str) -> None:
    """Draw the page."""
    link("‹ What changed", f"/changes/{key}")
    opened = desktop.opened(key, name.partition("~")[0])
    header = await as_left(desktop, await ask(show_change, desktop.app, key, name, opened=opened))
    sample = header.sample
    with stack("tight"):
        heading(header.title, 1)
        with row("tight"):
            said(f"{sample.user_name} / {sample.sample_name} · {sample.build}", "soft")
            if sample.synthetic:
                pill("Synthetic: no person", "info", "science")
        said(header.about, "lead")
        said(words.when(header.when), "faint")

    async def open_row(number: int, _refresh: Refresh) -> None:
        place = await ask(change_place, desktop.app, key, name, number, opened=opened)
        if place:
            ui.navigate.to(place)

    def export(query: Query, format_: str, path: Path, progress: Progress) -> int:
        return export_change(
            desktop.app, key, name, query, format=format_, output=path, opened=opened, progress=progress
        )

    TableBox(desktop, header, on_open=open_row, on_export=export, nothing="Nothing differs.")
    not_medical_advice()
