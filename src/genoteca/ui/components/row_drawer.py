"""Everything about one row, at the side of the grid: what it says, what it rests on, and where it comes from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from genoteca import actions
from genoteca.actions.views import Cell, RecordDetail, ResultHeader, RowDetail, Step, TableHeader
from genoteca.model.evidence import Evidence
from genoteca.ui import words
from genoteca.ui.components.boxes import box, heading, row, rule, said, stack
from genoteca.ui.components.buttons import icon_act, link, outside_link
from genoteca.ui.components.cells import cell_facts
from genoteca.ui.components.evidence import evidence_legend, evidence_mark
from genoteca.ui.components.lineage import lineage_steps
from genoteca.ui.components.notice import not_medical_advice, notice, told
from genoteca.ui.components.show_me import ask_first, hide_again
from genoteca.ui.components.variant_notes import note_chips
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
    key, module = header.sample.id.key, header.module.id

    async def changed() -> None:
        await show()
        await on_agreed()

    async def show() -> None:
        drawer.clear()
        with drawer:
            _title(detail.title, dialog)
            if detail.gate and detail.gate not in desktop.opened(key, module):
                ask_first(desktop, key, module, detail.gate, changed, title=detail.title)
                not_medical_advice()
                return
            own = stack("tight")
            if detail.gate:
                hide_again(desktop, key, module, [detail.gate], changed, title=detail.title)
            _answer(detail, header)
        place = f"?from={header.module.id}&row={number}"
        await _own_page(desktop, own, header.sample.id.key, detail.variant, place)

    with told():
        await show()


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
        own = stack("tight")
        _cells(detail.cells, header)
        _lineage(detail.lineage)
        not_medical_advice()
    with told():
        await _own_page(desktop, own, header.sample.id.key, detail.variant)


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
    lineage_steps(steps)


def _answer(detail: RowDetail, header: ResultHeader) -> None:
    with box("notice good" if Evidence(detail.evidence) is Evidence.CALLED else "notice"), stack("tight grow"):
        with row("tight"):
            evidence_mark(Evidence(detail.evidence))
            said(words.EVIDENCE[Evidence(detail.evidence)], "h3")
        said(words.sentence(detail.evidence_words))
        evidence_legend()
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
    cell_facts(cells, {column.name: getattr(column, "link", "") for column in header.columns})


async def _own_page(desktop: Desktop, place: ui.element, key: str, variant: str, more: str = "") -> None:
    """Lead to the variant's own page, and show what the person noted about it."""
    if not variant:
        return
    with place:
        link("Everything about this variant", f"/variant/{key}/{variant}{more}", "link own-page")
        note_chips(await ask(actions.note_on, desktop.app, key, variant))
