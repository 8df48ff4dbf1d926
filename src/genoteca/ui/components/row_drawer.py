"""Everything about one answer, at the side of the grid: what it says, what it rests on, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from nicegui import ui

from genoteca import actions
from genoteca.actions.views import Cell, ResultHeader, RowDetail
from genoteca.model.evidence import Evidence
from genoteca.ui import words
from genoteca.ui.components.boxes import box, heading, row, rule, said, stack
from genoteca.ui.components.buttons import act, icon_act, outside_link
from genoteca.ui.components.evidence import evidence_mark
from genoteca.ui.components.notice import not_medical_advice, notice, told
from genoteca.ui.desktop import Desktop, ask

__all__ = ["open_row"]


async def open_row(desktop: Desktop, header: ResultHeader, number: int, on_agreed: Callable[[], object]) -> None:
    """Show one row; `on_agreed` is called when the person asks to see what was hidden."""
    detail: RowDetail | None = None
    with told():
        detail = await ask(actions.result_row, desktop.app, header.sample.id.key, header.module.id, number)
    if detail is None:
        return
    with ui.dialog(value=True).props("position=right full-height") as dialog:
        drawer = box("drawer").props("role=document")
    dialog.on("hide", dialog.delete)
    gate = (header.sample.id.key, header.module.id, detail.gate)

    def agree() -> None:
        desktop.agreed.add(gate)
        show()
        on_agreed()

    def show() -> None:
        drawer.clear()
        with drawer:
            with row("keep top-line"):
                heading(detail.title).classes("grow")
                icon_act("close", "Close", dialog.close)
            if detail.gate and gate not in desktop.agreed:
                _gate(detail.gate, agree)
            else:
                _answer(detail, header)

    show()


def _gate(text: str, agree: Callable[[], object]) -> None:
    with notice("info", "Before you look", text):
        said("You can leave this closed: nothing else depends on it.", "soft")
        with row():
            act("Show me", agree, kind="main-act")
    not_medical_advice()


def _answer(detail: RowDetail, header: ResultHeader) -> None:
    with box("notice good" if Evidence(detail.evidence) is Evidence.CALLED else "notice"), stack("tight grow"):
        with row("tight"):
            evidence_mark(Evidence(detail.evidence))
            said(words.EVIDENCE[Evidence(detail.evidence)], "h3")
        said(words.sentence(detail.evidence_words))
    _cells(detail.cells, header)
    rule()
    heading("Where this comes from", 3)
    with box("lineage"):
        for step in detail.lineage:
            with box():
                said(step.title, "strong")
                said(step.text)
                if step.when:
                    said(words.when(step.when), "faint")
    if header.module.manifest.sources:
        heading("Sources", 3)
        for source in header.module.manifest.sources:
            with stack("tight"):
                outside_link(source.name, source.url)
                said(source.citation, "faint")
    with ui.expansion("Technical values"):
        _cells(detail.technical, header)
    not_medical_advice()


def _cells(cells: list[Cell], header: ResultHeader) -> None:
    templates = {column.name: getattr(column, "link", "") for column in header.columns}
    with box("facts"):
        for cell in cells:
            if not cell.text:
                continue
            term = said(cell.label, "term")
            if cell.description:
                with term:
                    ui.tooltip(cell.description)
            template = templates.get(cell.column, "")
            if template:
                _links(cell.text, template)
            else:
                said(cell.text, "value pre")


def _links(text: str, template: str) -> None:
    with box("across tight"):
        for part in filter(None, (one.strip() for one in text.split(";"))):
            outside_link(part, template.replace("{}", quote(part, safe="")))
