"""A table with its tools: rows fetched as one scrolls, search, filters, columns, and the way out as a file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from nicegui import ui

from genoteca import actions
from genoteca.actions.views import Query, ResultHeader, TableHeader
from genoteca.model.filter import Sort
from genoteca.model.smart_filter import SmartFilter
from genoteca.ui import words
from genoteca.ui.components.boxes import box, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.exporting import FORMATS, followed
from genoteca.ui.components.grid import ResultGrid
from genoteca.ui.components.kept_view import KeptView, keep_columns, keep_view, leave_columns, view_of_address
from genoteca.ui.components.notice import notice, told
from genoteca.ui.components.smart_chips import SmartChips
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.rows import GATE, both, where_of
from genoteca.ui.work import Progress

__all__ = ["Refresh", "TableBox"]

Format = Literal["xlsx", "csv", "tsv", "json", "parquet"]
TABLE_FORMATS: tuple[Format, ...] = get_args(Format)
Refresh: TypeAlias = Callable[[], object]


class TableBox:
    """The grid with its tools: search, columns, export."""

    def __init__(
        self,
        desktop: Desktop,
        header: ResultHeader | TableHeader,
        *,
        on_open: Callable[[int, Refresh], Awaitable[None]],
        on_export: Callable[[Query, str, Path, Progress], int],
        nothing: str,
        on_vcf: Callable[[Query], object] | None = None,
        smart: Sequence[SmartFilter] = (),
    ) -> None:
        """Draw it; `nothing` says why a table has no rows.

        `on_export` writes a view in a format to a file, in a thread, and gives how many rows it wrote; `on_vcf`
        writes it as VCF; None: the table cannot be one. `smart`: the module's own filters.
        """
        self._desktop, self._header = desktop, header
        self._on_open, self._on_export, self._nothing = on_open, on_export, nothing
        self._on_vcf = on_vcf
        self._gated = any(column.name == GATE for column in header.columns)
        self._begin = view_of_address().among({one.name for one in header.columns}, {one.name for one in smart})
        self._kept = self._begin
        with box("tools"):
            self._search = (
                ui.input(placeholder="Search in the table", value=self._begin.text)
                .props("clearable debounce=300 type=search")
                .classes("search")
            )
            self._search.props["aria-label"] = "Search in the table"
            self._count = said("Reading the rows …", "faint grow").props("aria-live=polite")
            self._clear_act = act("Clear filters", self._clear, kind="quiet", icon="filter_alt_off")
            self._clear_act.set_visibility(False)
            self._columns()
            self._exports()
        self._smart = SmartChips(smart, self._narrow, pressed=self._begin.smart) if smart else None
        self._preset = stack()
        self._trouble = stack()
        self._side = box("beside")
        self._grid = ResultGrid(
            header, on_open=self._open, on_count=self._counted, on_trouble=self._failed, begin=self._begin
        )
        self._search.on_value_change(lambda event: self._grid.search(event.value or ""))
        if isinstance(header, ResultHeader) and header.preset:
            self._told_of_preset(header)

    def _told_of_preset(self, header: ResultHeader) -> None:
        """Say what a preset leaves out, beside a switch that shows everything."""
        about = f"Only rows where {header.where_words}." if header.where else "Its columns are shown."
        with self._preset, row("keep tight preset-line").props("role=note"):
            ui.icon("tune", size="18px").props("aria-hidden=true")
            said(f"Preset “{header.preset}”: {about}", "grow small")
            if header.where:
                switch = ui.switch("Apply", value=True).props("dense")
                switch.props["aria-label"] = f"Show only what the preset {header.preset} shows"
                switch.on_value_change(lambda event: self._grid.show_where(header.where if event.value else None))
            act("Leave the preset", lambda: self._leave(header), kind="quiet", more="small-act")

    async def _leave(self, header: ResultHeader) -> None:
        await ask(actions.leave_preset, self._desktop.app, header.module.id)
        ui.navigate.reload()

    def _columns(self) -> None:
        with (
            act("Columns", icon="view_column"),
            ui.menu().props("role=dialog aria-label=Columns"),
            stack("tight").style("padding: 12px; max-height: 60vh; overflow: auto"),
        ):
            act("As they were at first", self._all_as_first, kind="quiet", more="small-act")
            for column in sorted(self._header.columns, key=lambda one: one.name not in self._header.shown):
                tick = ui.checkbox(column.label, value=column.name in self._header.shown).props("dense")
                tick.on_value_change(lambda event, name=column.name: self._choose(name, show=bool(event.value)))
                if column.description:
                    with tick:
                        ui.tooltip(column.description)

    def _choose(self, name: str, *, show: bool) -> None:
        self._grid.choose(name, show=show)
        keep_columns(self._desktop, self._header, self._grid.shown)

    async def _all_as_first(self) -> None:
        await leave_columns(self._desktop, self._header)
        ui.navigate.reload()

    def _exports(self) -> None:
        with act("Export", icon="download"), ui.menu().props("auto-close"):
            for form in TABLE_FORMATS:
                ui.menu_item(f"As {FORMATS[form]}", lambda form=form: self._export(form))
            if self._on_vcf is not None:
                ui.menu_item("As VCF, beside your file's records", self._export_vcf)

    def _narrow(self, names: list[str]) -> None:
        self._grid.narrow(names)

    @property
    def smart(self) -> list[str]:
        """Name the module's own filters that are switched on."""
        return list(self._grid.view.smart)

    def _clear(self) -> None:
        self._search.value = ""
        if self._smart is not None:
            self._smart.release()
        self._grid.clear()

    def _counted(self, matched: int, total: int) -> None:
        self._trouble.clear()
        rows = f"{words.count(total)} {'row' if total == 1 else 'rows'}"
        view = self._grid.view
        self._clear_act.set_visibility(bool(view.filter or view.sort or view.text or view.smart))
        self._keep()
        if not total:
            with (
                self._trouble,
                notice("info", "This table has no rows", self._nothing),
            ):
                pass
        elif not matched:
            unseen = " What is hidden until you ask was not looked at." if self._gated else ""
            with (
                self._trouble,
                notice("info", "No row fits", f"Nothing in the table fits the search and the filters.{unseen}"),
            ):
                pass
        self._count.set_text(rows if matched == total else f"{words.count(matched)} of {rows}")

    def _keep(self) -> None:
        """Keep search, filters and order in the address, where they changed."""
        view = self._grid.view
        now = KeptView(text=view.text, filter=view.filter, sort=view.sort, smart=view.smart)
        if now != self._kept:
            self._kept = now
            keep_view(self._desktop, now)

    def _failed(self, message: str) -> None:
        self._trouble.clear()
        with self._trouble, notice("bad", "The rows could not be read", message):
            pass

    async def _open(self, number: int) -> None:
        with self._side:
            await self._on_open(number, self._grid.refresh)

    def _query(self) -> Query:
        view = self._grid.view
        sort = [Sort(column=one["colId"], descending=one["sort"] == "desc") for one in view.sort]
        return Query(where=both(view.where, where_of(view.filter)), text=view.text, sort=sort, limit=0)

    def _export_vcf(self) -> None:
        if self._on_vcf is not None:
            with told(), self._side:
                self._on_vcf(self._query())

    async def _export(self, format_: Format) -> None:
        header = self._header
        path, query = self._desktop.downloads.place(format_), self._query()
        with told(), self._side:
            written = await followed(self._desktop, lambda progress: self._on_export(query, format_, path, progress))
            if written is None:
                self._desktop.messages.say("Cancelled: nothing was exported.")
                return
            name = f"{header.sample.id.key}/{header.source}".replace("/", "-") + f".{format_}"
            ui.download.from_url(self._desktop.downloads.offer(path, name), name)
            told_of = " What is hidden until you ask is left out." if self._gated else ""
            self._desktop.messages.say(f"{words.count(written)} rows exported.{told_of}", "good")
