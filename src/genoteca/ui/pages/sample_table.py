"""One of a genome's own tables, as its file has it: the structural variants, the variants, the coverage."""

from __future__ import annotations

from pathlib import Path

from genoteca import actions
from genoteca.actions.views import Query
from genoteca.ui import words
from genoteca.ui.components.boxes import heading, pill, row, said, stack
from genoteca.ui.components.buttons import link
from genoteca.ui.components.kept_view import as_left
from genoteca.ui.components.notice import not_medical_advice
from genoteca.ui.components.row_drawer import open_record
from genoteca.ui.components.table_box import Refresh, TableBox
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.work import Progress

__all__ = ["show"]


async def show(desktop: Desktop, key: str, table: str) -> None:
    """Draw the page."""
    header = await as_left(desktop, await ask(actions.show_table, desktop.app, key, table))
    sample = header.sample
    link(f"‹ {sample.sample_name}", f"/genomes/{key}")
    with stack("tight"):
        heading(header.title, 1)
        with row("tight"):
            said(f"{sample.user_name} / {sample.sample_name} · {sample.build}", "soft")
            if sample.synthetic:
                pill("Synthetic: no person", "info", "science")
        said(header.about, "lead")
        said(f"Read {words.when(header.when)}", "faint")

    async def opened(number: int, _refresh: Refresh) -> None:
        await open_record(desktop, header, number)

    def export(query: Query, format_: str, path: Path, progress: Progress) -> int:
        return actions.export_table(
            desktop.app, key, table, query, columns=None, format=format_, output=path, progress=progress
        )

    TableBox(desktop, header, on_open=opened, on_export=export, nothing="The file lists none.")
    not_medical_advice()
