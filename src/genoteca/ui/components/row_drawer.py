"""Everything about one row, at the side of the grid: what it says, what it rests on, and where it comes from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from nicegui import ui

from genoteca import actions
from genoteca.actions.views import Cell, RecordDetail, ResultHeader, RowDetail, Step, TableHeader
from genoteca.model.evidence import Evidence
from genoteca.ui import words
from genoteca.ui.components.boxes import box, heading, row, rule, said, stack
from genoteca.ui.components.buttons import act, icon_act, outside_link
from genoteca.ui.components.evidence import evidence_mark
from genoteca.ui.components.notice import not_medical_advice, notice, told
from genoteca.ui.desktop import Desktop, ask

__all__ = ["open_record", "open_row"]


async def open_row(
    desktop: Desktop, header: ResultHeader, number: int, on_agreed: Callable[[], Awaitable[None]]
) -> None:
    """Show one row; `on_agreed` is awaited when the person asks to see what was hidden."""
    detail: RowDetail | None = None
    with told():
        detail = await ask(actions.result_row, desktop.app, header.sample.id.key, header.module.id, number)
    if detail is None:
        return
    dialog, drawer = _drawer()
    gate = (header.sample.id.key, header.module.id, detail.gate)

    async def agree() -> None:
        desktop.agreed.add(gate)
        show()
        await on_agreed()

    def show() -> None:
        drawer.clear()
        with drawer:
            _title(detail.title, dialog)
            if detail.gate and gate not in desktop.agreed:
                _gate(detail.gate, agree)
            else:
                _answer(detail, header)

    show()


async def open_record(desktop: Desktop, header: TableHeader, number: int) -> None:
    """Show one row of a sample's own table."""
    detail: RecordDetail | None = None
    with told():
        detail = await ask(actions.table_row, desktop.app, header.sample.id.key, header.table, number)
    if detail is None:
        return
    dialog, drawer = _drawer()
    with drawer:
        _title(detail.title, dialog)
        _cells(detail.cells, header)
        _lineage(detail.lineage)
        not_medical_advice()


def _drawer() -> tuple[ui.dialog, ui.element]:
    with ui.dialog(value=True).props("position=right full-height") as dialog:
        drawer = box("drawer").props("role=document")
    dialog.on("hide", dialog.delete)
    return dialog, drawer


def _title(title: str, dialog: ui.dialog) -> None:
    with row("keep top-line"):
        heading(title).classes("grow")
        icon_act("close", "Close", dialog.close)


def _lineage(steps: list[Step]) -> None:
    rule()
    heading("Where this comes from", 3)
    with box("lineage"):
        for step in steps:
            with box():
                said(step.title, "strong")
                said(step.text)
                if step.when:
                    said(words.when(step.when), "faint")


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
    if detail.caution:
        with notice("warn", "Read this first", detail.caution):
            pass
    _cells(detail.cells, header)
    _lineage(detail.lineage)
    if header.module.manifest.sources:
        heading("Sources", 3)
        for source in header.module.manifest.sources:
            with stack("tight"):
                outside_link(source.name, source.url)
                said(source.citation, "faint")
    with ui.expansion("Technical values"):
        _cells(detail.technical, header)
    not_medical_advice()


def _cells(cells: list[Cell], header: ResultHeader | TableHeader) -> None:
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
