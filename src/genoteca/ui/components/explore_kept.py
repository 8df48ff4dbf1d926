"""The menu of filters and layouts that a person kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from nicegui import ui

from genoteca import actions
from genoteca.actions import LayoutColumn
from genoteca.model.filter import Filter
from genoteca.ui.components.boxes import box, heading, row, said
from genoteca.ui.components.buttons import act, icon_act
from genoteca.ui.components.explore_grid import ExploreView
from genoteca.ui.components.notice import told
from genoteca.ui.desktop import Desktop, ask

__all__ = ["KeptMenu"]

Kind = Literal["filter", "layout"]


class KeptMenu:
    """Keeps the filter and the layout of a view under names, and brings them back."""

    def __init__(
        self,
        desktop: Desktop,
        view: ExploreView,
        where: Callable[[], Filter | None],
        on_filter: Callable[[Filter | None], object],
        on_layout: Callable[[Sequence[LayoutColumn]], object],
    ) -> None:
        self._desktop, self._view, self._where = desktop, view, where
        self._on_filter, self._on_layout = on_filter, on_layout
        self._place = box("beside")
        with act("Saved", icon="bookmark_border"):
            self._menu = ui.menu().props("role=dialog aria-label='What is saved'")
        self._menu.on("before-show", self._draw)

    async def _draw(self) -> None:
        app = self._desktop.app
        filters, layouts = await ask(actions.kept_filters, app), await ask(actions.kept_layouts, app)
        self._menu.clear()
        with self._menu, box("column-chooser"):
            said("Filters", "of")
            for name, where in filters.items():
                self._line("filter", name, partial(self._on_filter, where))
            act("Save this filter", partial(self._name, "filter"), kind="quiet", icon="add", more="small-act")
            said("Layouts: columns, their order, width and sort", "of")
            for name, layout in layouts.items():
                self._line("layout", name, partial(self._on_layout, layout))
            act("Save this layout", partial(self._name, "layout"), kind="quiet", icon="add", more="small-act")

    def _line(self, kind: Kind, name: str, use: Callable[[], object]) -> None:
        def used() -> None:
            self._menu.close()
            use()

        async def drop() -> None:
            await ask(actions.drop_explorer_view, self._desktop.app, kind, name)
            await self._draw()

        with box("kept-line"):
            act(name, used, kind="quiet", more="small-act grow")
            icon_act("close", f"Forget {name}", drop)

    async def _name(self, kind: Kind) -> None:
        where, layout = self._where(), list(self._view.layout)
        self._menu.close()
        if (kind == "filter" and where is None) or (kind == "layout" and not layout):
            missing = "No filter is set." if kind == "filter" else "Nothing of the layout was changed yet."
            self._desktop.messages.say(missing)
            return

        async def keep() -> None:
            with told():
                name = str(field.value or "")
                if kind == "filter" and where is not None:
                    await ask(actions.keep_filter, self._desktop.app, name, where)
                else:
                    await ask(actions.keep_layout, self._desktop.app, name, layout)
                dialog.close()
                self._desktop.messages.say(f"Saved as “{name}”.", "good")

        with (
            self._menu.parent_slot.parent if self._menu.parent_slot else self._menu,
            ui.dialog(value=True) as dialog,
            box("sheet"),
        ):
            heading("Save the filter" if kind == "filter" else "Save the layout")
            field = ui.input("Name").props("autofocus")
            field.on("keydown.enter", keep)
            with row():
                act("Cancel", dialog.close, more="push")
                act("Save", keep, kind="main-act")
        dialog.on("hide", dialog.delete)
