"""One module's results for one genome: the answer in words, the table, and the way out as a file."""

from __future__ import annotations

from typing import Literal

from nicegui import ui

from genoteca import actions
from genoteca.actions.views import Query, ResultHeader
from genoteca.model.evidence import Outcome
from genoteca.model.filter import Sort
from genoteca.ui import words
from genoteca.ui.components.boxes import box, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.evidence import evidence_bar, nothing_known
from genoteca.ui.components.grid import ResultGrid
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.notice import not_medical_advice, notice, told, trouble_box
from genoteca.ui.components.row_drawer import open_row
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.pages.results import answer_checks
from genoteca.ui.rows import GATE, where_of, without_closed

__all__ = ["show"]

Format = Literal["csv", "parquet"]


async def show(desktop: Desktop, key: str, module_id: str) -> None:
    """Draw the page."""
    header = await ask(actions.show_result, desktop.app, key, module_id)
    link("‹ Results", f"/results/{key}")
    _head(header)
    if header.answer.trouble:
        trouble_box(header.answer.trouble)
    if header.answer.outcome is Outcome.ANSWERED:
        Table(desktop, header)
    elif header.answer.outcome is Outcome.CANNOT_BE_TESTED:
        with notice("warn", "This genome cannot be tested with it", header.answer.why or header.answer.words):
            pass
    not_medical_advice()


def _head(header: ResultHeader) -> None:
    answer, sample = header.answer, header.sample
    with row("keep top-line"):
        module_icon(header.module.icon)
        with stack("tight grow"):
            heading(answer.title, 1)
            with row("tight"):
                said(f"{sample.user_name} / {sample.sample_name} · {sample.build}", "soft")
                if sample.synthetic:
                    pill("Synthetic: no person", "info", "science")
    with stack("tight"):
        said(answer.words, "lead")
        if answer.evidence:
            evidence_bar(answer.evidence)
            nothing_known(answer.evidence)
        told_of = (
            answer.release and f"Release {answer.release}",
            answer.when and f"Looked up {words.when(answer.when)}",
        )
        said(" · ".join(str(part) for part in told_of if part), "faint")
        answer_checks(answer)


class Table:
    """The grid with its tools."""

    def __init__(self, desktop: Desktop, header: ResultHeader) -> None:
        self._desktop, self._header = desktop, header
        self._gated = any(column.name == GATE for column in header.columns)
        with box("tools"):
            self._search = (
                ui.input(placeholder="Search in the table")
                .props("clearable debounce=300 type=search")
                .classes("search")
            )
            self._search.props["aria-label"] = "Search in the table"
            self._count = said("", "faint grow").props("aria-live=polite")
            self._clear_act = act("Clear filters", self._clear, kind="quiet", icon="filter_alt_off")
            self._clear_act.set_visibility(False)
            self._columns()
            self._exports()
        self._trouble = stack()
        self._side = box("beside")
        self._grid = ResultGrid(header, on_open=self._open, on_count=self._counted, on_trouble=self._failed)
        self._search.on_value_change(lambda event: self._grid.search(event.value or ""))

    def _columns(self) -> None:
        with (
            act("Columns", icon="view_column"),
            ui.menu(),
            stack("tight").style("padding: 12px; max-height: 60vh; overflow: auto"),
        ):
            for column in sorted(self._header.columns, key=lambda one: one.name not in self._header.shown):
                tick = ui.checkbox(column.label, value=column.name in self._header.shown).props("dense")
                tick.on_value_change(lambda event, name=column.name: self._grid.choose(name, show=bool(event.value)))
                if column.description:
                    with tick:
                        ui.tooltip(column.description)

    def _exports(self) -> None:
        with act("Export", icon="download"), ui.menu().props("auto-close"):
            ui.menu_item("As CSV, for a spreadsheet", lambda: self._export("csv"))
            ui.menu_item("As Parquet, for analysis", lambda: self._export("parquet"))

    def _clear(self) -> None:
        self._search.value = ""
        self._grid.clear()

    def _counted(self, matched: int, total: int) -> None:
        self._trouble.clear()
        rows = f"{words.count(total)} {'row' if total == 1 else 'rows'}"
        view = self._grid.view
        self._clear_act.set_visibility(bool(view.filter or view.sort or view.text))
        if not total:
            with (
                self._trouble,
                notice("info", "This table has no rows", "The module looked, and has nothing to list."),
            ):
                pass
        elif not matched:
            with (
                self._trouble,
                notice("info", "No row fits", "Nothing in the table fits the search and the filters."),
            ):
                pass
        self._count.set_text(rows if matched == total else f"{words.count(matched)} of {rows}")

    def _failed(self, message: str) -> None:
        self._trouble.clear()
        with self._trouble, notice("bad", "The rows could not be read", message):
            pass

    async def _open(self, number: int) -> None:
        with self._side:
            await open_row(self._desktop, self._header, number, self._grid.refresh)

    async def _export(self, format_: Format) -> None:
        header, view = self._header, self._grid.view
        key, module = header.sample.id.key, header.module.id
        path = self._desktop.downloads.place(format_)
        with told():
            where = where_of(view.filter)
            query = Query(
                where=without_closed(where, self._desktop.opened(key, module)) if self._gated else where,
                text=view.text,
                sort=[Sort(column=one["colId"], descending=one["sort"] == "desc") for one in view.sort],
                limit=0,
            )
            written = await ask(
                actions.export_result,
                self._desktop.app,
                key,
                module,
                query,
                columns=None,
                format=format_,
                output=path,
            )
            name = f"{key.replace('/', '-')}-{module}.{format_}"
            ui.download.from_url(self._desktop.downloads.offer(path, name), name)
            told_of = " What is hidden until you ask is left out." if written < view.matched else ""
            ui.notify(f"{words.count(written)} rows exported.{told_of}", position="bottom-right")
