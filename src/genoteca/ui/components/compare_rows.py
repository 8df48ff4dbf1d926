"""The rows that differ between two genomes: a grid with its search, filters and the way out as a file."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from genoteca import actions
from genoteca.actions import ComparedGenomes
from genoteca.actions.views import Query, TableHeader
from genoteca.ui.components.boxes import heading, said, stack
from genoteca.ui.components.table_box import Refresh, TableBox
from genoteca.ui.desktop import Desktop
from genoteca.ui.work import Progress

__all__ = ["rows_section"]


def rows_section(desktop: Desktop, shown: ComparedGenomes, header: TableHeader) -> None:
    """Draw the section; a row opens the variant's own page, of the genome that carries it."""
    first, second = shown.told.first, shown.told.second
    with stack("tight"):
        heading("What differs")
        said(header.about, "soft")

    async def opened(number: int, _refresh: Refresh) -> None:
        ui.navigate.to(actions.compared_place(desktop.app, first, second, number))

    def export(query: Query, format_: str, path: Path, progress: Progress) -> int:
        return actions.export_compared(
            desktop.app, first, second, query, format=format_, output=path, progress=progress
        )

    TableBox(
        desktop,
        header,
        on_open=opened,
        on_export=export,
        nothing="The two genomes are the same wherever both files speak.",
    )
