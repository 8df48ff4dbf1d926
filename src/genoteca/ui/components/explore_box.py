"""The explorer's grid with its tools: search, jump, filters, columns, layouts, and the way out as a file."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from genoteca import actions
from genoteca.actions import ExploreColumn, ExploreHeader, ExploreQuery, LayoutColumn
from genoteca.actions.presets import filter_words
from genoteca.model.filter import Filter, Sort
from genoteca.ui import words
from genoteca.ui.address import replace_address
from genoteca.ui.components.boxes import box, heading, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.copying import say_copied
from genoteca.ui.components.explore_chips import ExploreChips
from genoteca.ui.components.explore_columns import columns_menu
from genoteca.ui.components.explore_drawer import open_explored
from genoteca.ui.components.explore_export import ExportMenu
from genoteca.ui.components.explore_grid import ExploreGrid, ExploreView, in_order, usable_columns
from genoteca.ui.components.explore_kept import KeptMenu
from genoteca.ui.components.filter_builder import FilterBuilder
from genoteca.ui.components.notice import notice, told
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.explore_rows import opened_of
from genoteca.ui.rows import both, where_of

__all__ = ["ExploreBox"]


MISSED = {
    "gene": "No row shown names a gene {}",
    "rsid": "No row shown names {}",
    "place": "No row shown is at {}",
    "variant": "No row shown is {}",
}
"""What is said where a jump finds nothing, by what was asked for."""


class ExploreBox:
    """The explorer of one genome."""

    def __init__(
        self,
        desktop: Desktop,
        header: ExploreHeader,
        view: ExploreView,
        layout: Sequence[LayoutColumn],
        *,
        jump: str = "",
    ) -> None:
        """Draw it; `layout`: columns as they were left; `jump`: what is brought into sight first."""
        self._silent = {one.column.name for one in header.columns if one.silent and not view.sites}
        header = _without(header, self._silent)
        layout = _laid(layout, self._silent, shown=False)
        self._desktop, self._header, self._view = desktop, header, view
        self._key = header.sample.id.key
        self._columns = {column.column.name: column for column in usable_columns(header)}
        self._titles = {module.id: module.title for module in header.modules}
        self._builder_where = view.where
        view.layout = list(layout)
        self._tools()
        self._chips = ExploreChips(header.filters, self._titles, self._join)
        self._where_line = stack("tight")
        self._trouble = stack()
        self._side = box("beside")
        self._grid = ExploreGrid(
            header,
            view,
            layout,
            {
                "opened": self._open,
                "counted": self._counted,
                "trouble": self._failed,
                "layout": self._laid_out,
                "copied": lambda message: say_copied(str(message)),
            },
        )
        self._tell_where()
        self._jump.value = jump
        self._to_jump = bool(jump)
        desktop.explored[self._key] = self._address()

    def _tools(self) -> None:
        with box("tools explorer-tools"):
            self._search = ui.input(placeholder="Search every text", value=self._view.text).classes("search")
            self._search.props("clearable debounce=350 type=search").props["aria-label"] = "Search every text"
            self._search.on_value_change(lambda event: self._searched(str(event.value or "")))
            self._jump = ui.input(placeholder="Jump: BRCA1, rs429358, 19:44908684").classes("jump")
            self._jump.props("clearable").props["aria-label"] = "Jump to a gene, an rsID, a place or a variant"
            self._jump.on("keydown.enter", self._jumped)
            act("Filter", self._build, icon="filter_alt")
            columns_menu(self._columns, self._titles, self._shown(), self._choose)
            KeptMenu(self._desktop, self._view, self._filter, self._use_filter, self._grid_use)
            ExportMenu(self._desktop, self._header, lambda: self._query(columns=self._shown()))
        with row("tight"):
            self._count = said("", "faint grow explorer-count").props("aria-live=polite")
            sites = ui.switch("Also sites where you carry nothing", value=self._view.sites).props("dense")
            sites.on_value_change(lambda event: self._switch("sites", on=bool(event.value)))
            genes = ui.switch("By gene", value=self._view.genes).props("dense")
            genes.on_value_change(lambda event: self._switch("genes", on=bool(event.value)))
            self._clear_act = act("Clear filters", self._clear, kind="quiet", icon="filter_alt_off", more="small-act")
            self._clear_act.set_visibility(False)

    def _choose(self, name: str, show: bool) -> None:  # noqa: FBT001 - told by the menu
        self._grid.choose([name], show=show)

    def _searched(self, text: str) -> None:
        self._view.text = text
        self._ask_anew()

    def _switch(self, name: str, *, on: bool) -> None:
        setattr(self._view, name, on)
        if self._view.sites and self._silent:  # sites may say something in them
            self._grid.choose(sorted(self._silent), show=True)
            self._silent = set()
        self._ask_anew()

    def _use_filter(self, where: Filter | None) -> None:
        self._builder_where = where
        self._join()

    def _grid_use(self, layout: Sequence[LayoutColumn]) -> None:
        self._grid.use(layout)

    def _join(self) -> None:
        """Join what was built and the filters that are pressed."""
        where = self._builder_where
        for one in self._chips.pressed:
            where = both(where, one.where)
        self._view.where = where
        self._tell_where()
        self._ask_anew()

    def _clear(self) -> None:
        self._chips.release()
        self._builder_where = None
        self._view.text = self._search.value = ""
        self._grid.clear()
        self._join()

    def _ask_anew(self) -> None:
        self._trouble.clear()
        self._grid.ask_anew()
        self._tell_address()

    def _tell_address(self) -> None:
        """Say in the address what is shown, so that reloading it, coming back and the next start find it again."""
        address = self._desktop.explored[self._key] = self._address()
        replace_address(self._desktop, address)

    def _address(self) -> str:
        where = self._filter()
        query = {
            "where": json.dumps(where.model_dump(mode="json", by_alias=True)) if where else "",
            "text": self._view.text,
            "sites": "1" if self._view.sites else "",
            "genes": "1" if self._view.genes else "",
        }
        told_of = urlencode({name: value for name, value in query.items() if value})
        return f"/explore/{self._key}" + (f"?{told_of}" if told_of else "")

    def _filter(self) -> Filter | None:
        return both(self._view.where, where_of(self._view.filter))

    def _tell_where(self) -> None:
        """Say the filter in words."""
        self._where_line.clear()
        where = self._view.where
        if where is None:
            return
        labels = [column.column for column in self._columns.values()]
        with self._where_line, row("keep tight explorer-where"):
            ui.icon("filter_alt", size="18px").props("aria-hidden=true")
            said(f"Only rows where {filter_words(where, labels)}.", "grow small")
            act("Drop", self._drop, kind="quiet", more="small-act")

    def _drop(self) -> None:
        self._chips.release()
        self._builder_where = None
        self._join()

    async def _build(self) -> None:
        """Open the filter builder."""
        labels = {name: self._label(column) for name, column in self._columns.items()}

        async def count(where: Filter) -> int:
            opened, query = opened_of(self._desktop, self._key), ExploreQuery(sites=self._view.sites)
            return await ask(actions.count_explored, self._desktop.app, self._key, where, query, opened)

        async def values(column: str) -> list[str]:
            opened, query = opened_of(self._desktop, self._key), ExploreQuery(sites=self._view.sites)
            with told():
                found = await ask(actions.values_explored, self._desktop.app, self._key, column, query, opened)
                return [value for value, _ in found]
            return []

        def use() -> None:
            self._chips.release()
            self._view.filter = {}
            self._grid.unfilter()  # they are part of what was built
            self._use_filter(builder.filter)
            dialog.close()

        with self._side, ui.dialog(value=True) as dialog, box("sheet wide-sheet"):
            heading("Filter")
            said("Each line tells how many rows it leaves by itself.", "soft small")
            builder = FilterBuilder(self._columns, labels, self._filter(), count, values)
            with row():
                act("Start anew", lambda: builder.set(None), kind="quiet")
                with row("keep push"):  # together also where they do not fit beside the first
                    act("Cancel", dialog.close)
                    act("Show these rows", use, kind="main-act")
        dialog.on("hide", dialog.delete)

    def _shown(self) -> list[str]:
        """Name the columns that are shown, in their order."""
        kept = {one.name: one.shown for one in self._view.layout}
        order = [one.column.name for one in in_order(list(self._columns.values()), list(kept))]
        return [name for name in order if kept.get(name, self._columns[name].shown)]

    def _label(self, column: ExploreColumn) -> str:
        return f"{self._titles[column.module]}: {column.label}" if column.module else column.label

    async def _jumped(self) -> None:
        wanted = str(self._jump.value or "").strip()
        if not wanted:
            return
        if self._view.genes:
            self._desktop.messages.say("Rows are gathered by gene: switch that off to jump.")
            return
        self._trouble.clear()
        with told():
            opened = opened_of(self._desktop, self._key)
            found = await ask(actions.jump_to, self._desktop.app, self._key, wanted, self._query(), opened)
            if found.index is not None:
                self._grid.scroll(found.index)
            with self._trouble:
                if not found.found:
                    near = " The row after it is shown." if found.index is not None else ""
                    hidden = "" if self._view.sites else " Sites where you carry nothing are not shown."
                    hidden += " Rows that the filter leaves out are not looked at." if self._narrowed() else ""
                    if self._view.sort and found.index is None:
                        hidden += " Rows are sorted: in the genome's order, the one after it would be shown."
                    hidden += " What stays closed is not looked at." if self._some_closed() else ""
                    with notice("info", MISSED[found.kind].format(found.words), f"{near}{hidden}".strip()):
                        pass
                elif found.where is not None:
                    where = found.where
                    with row("keep tight explorer-where"):
                        said(f"At {found.words}.", "grow small")
                        act("Show only these rows", lambda: self._only(where), kind="quiet", more="small-act")

    def _narrowed(self) -> bool:
        return bool(self._view.text or self._filter())

    def _some_closed(self) -> bool:
        return any(module.gate or module.gated_rows for module in self._header.modules)

    def _only(self, where: Filter) -> None:
        self._trouble.clear()
        self._use_filter(both(self._builder_where, where))

    async def _open(self, number: Any) -> None:
        with self._side:
            await open_explored(self._desktop, self._header, int(number), self._grid.refresh)

    async def _laid_out(self, columns: Any) -> None:
        self._view.layout = [LayoutColumn.model_validate(one) for one in columns]
        kept = _laid(self._view.layout, self._silent, shown=True)  # of another genome they may say something
        await ask(actions.keep_layout, self._desktop.app, "", kept)

    async def _counted(self, counted: Any) -> None:
        self._tell_count(counted)
        if self._to_jump:  # the grid knows its rows now
            self._to_jump = False
            self._tell_address()
            await self._jumped()

    def _tell_count(self, counted: Any) -> None:
        view, matched, total = self._view, int(counted["matched"]), int(counted["total"])
        filtered = counted["filter"] != view.filter
        view.filter, view.sort = counted["filter"] or {}, counted["sort"] or []
        if filtered:
            self._tell_address()
        self._clear_act.set_visibility(bool(view.sort) or self._narrowed())
        self._clear_act.set_text("Clear filters" if self._narrowed() else "Back to the genome's order")
        if counted["genes"]:
            self._count.set_text(f"{words.count(counted['genes'])} genes, {words.count(total)} rows")
            return
        rows = f"{words.count(matched)} {'row' if matched == 1 else 'rows'}"
        rows = rows if matched == total else f"{words.count(matched)} of {words.count(total)} rows"
        beside = int(counted["beside"])
        told_of = f" · {words.count(beside)} more at sites where you carry nothing" if beside else ""
        self._count.set_text(f"{rows}{told_of}")

    def _failed(self, message: Any) -> None:
        self._trouble.clear()
        with self._trouble, notice("bad", "The rows could not be read", str(message)):
            pass

    def _query(self, **more: Any) -> ExploreQuery:
        view = self._view
        sort = [Sort(column=one["colId"], descending=one["sort"] == "desc") for one in view.sort]
        return ExploreQuery(where=self._filter(), text=view.text, sort=sort, sites=view.sites, limit=0, **more)


def _without(header: ExploreHeader, silent: Collection[str]) -> ExploreHeader:
    """Give the head with columns that say nothing not shown at first."""
    shown = [one.model_copy(update={"shown": one.shown and one.column.name not in silent}) for one in header.columns]
    return header.model_copy(update={"columns": shown})


def _laid(layout: Sequence[LayoutColumn], names: Collection[str], *, shown: bool) -> list[LayoutColumn]:
    """Give a layout in which some columns are shown, or are not."""
    return [one.model_copy(update={"shown": shown}) if one.name in names else one for one in layout]
