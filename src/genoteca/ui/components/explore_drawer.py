"""Everything about one row of the explorer: the file's values, and module by module what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from nicegui import ui

from genoteca import actions
from genoteca.actions import ExploreHeader, ExploreRow, ExploreSaying
from genoteca.actions.views import Cell
from genoteca.ui import words
from genoteca.ui.components.boxes import box, heading, row, rule, said
from genoteca.ui.components.buttons import act, icon_act, link, outside_link
from genoteca.ui.components.evidence import evidence_mark
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.notice import not_medical_advice, notice, told
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.explore_rows import opened_of

__all__ = ["open_explored"]


async def open_explored(
    desktop: Desktop, header: ExploreHeader, number: int, on_agreed: Callable[[], object]
) -> None:
    """Show one row; `on_agreed` is called when the person asks to see what was closed."""
    key = header.sample.id.key
    found: ExploreRow | None = None
    with told():
        found = await ask(actions.explore_row, desktop.app, key, number, opened_of(desktop, key))
    if found is None:
        return
    with ui.dialog(value=True).props("position=right full-height") as dialog:
        drawer = box("drawer").props("role=document")
    dialog.on("hide", dialog.delete)
    close = dialog.close
    templates = {one.column.name: one.column.link for one in header.columns if one.column.link}

    async def agree(saying: ExploreSaying) -> None:
        desktop.agreed.add((key, saying.module, saying.gate))
        show(await ask(actions.explore_row, desktop.app, key, number, opened_of(desktop, key)))
        on_agreed()

    def show(detail: ExploreRow) -> None:
        drawer.clear()
        with drawer:
            with row("keep top-line"):
                heading(detail.title).classes("grow")
                icon_act("close", "Close", close)
            if detail.address:
                link("All about this variant", detail.address)
            for saying in detail.sayings:
                _saying(saying, agree, templates)
            if not detail.sayings:
                said("No module says anything of it.", "soft")
            rule()
            heading("In your file", 3)
            _cells(detail.cells, {})
            for step in detail.lineage:
                said(step.text, "faint")
            not_medical_advice()

    show(found)


def _saying(saying: ExploreSaying, agree: Callable[[ExploreSaying], object], templates: Mapping[str, str]) -> None:
    with box("saying"):
        with row("keep tight"):
            module_icon(saying.icon)
            said(saying.title, "h3 grow")
            if saying.evidence and not saying.gate:
                evidence_mark(saying.evidence)
                said(words.EVIDENCE[saying.evidence], "small")
        if saying.gate:
            with notice("info", "Before you look", saying.gate):
                said("You can leave this closed: nothing else depends on it.", "soft")
                with row():
                    act("Show me", lambda: agree(saying), kind="main-act")
            return
        if saying.unsaid:
            said("No answer is shown here: some of this module's answers stay closed until you ask.", "faint")
        if saying.evidence:
            said(words.sentence(saying.evidence.words), "faint")
        _cells(saying.cells, templates)


def _cells(cells: list[Cell], templates: Mapping[str, str]) -> None:
    with box("facts"):
        for cell in cells:
            term = said(cell.label, "term")
            if cell.description:
                with term:
                    ui.tooltip(cell.description)
            template = templates.get(cell.column, "")
            if template:
                with box("across tight"):
                    for part in filter(None, (one.strip() for one in cell.text.split(";"))):
                        outside_link(part, template.replace("{}", quote(part, safe="")))
            else:
                said(cell.text, "value pre")
