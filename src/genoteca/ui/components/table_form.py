"""The form for a file of one's own: choose it, see what it was taken for, choose what to keep."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui
from pydantic import JsonValue

from genoteca import actions
from genoteca.errors import GenotecaError
from genoteca.ui.components.asking import answered
from genoteca.ui.components.boxes import box, card, facts, heading, row, said
from genoteca.ui.components.buttons import act, icon_act
from genoteca.ui.components.file_browser import browse
from genoteca.ui.components.kept_columns import KeptColumns
from genoteca.ui.components.notice import notice, told, trouble_box
from genoteca.ui.desktop import Desktop, ask

if TYPE_CHECKING:
    from genoteca.actions.module_views import ModuleCard
    from genoteca.sdk.own_table.seen import TableLook

__all__ = ["TABLE_ENDINGS", "TableForm"]

TABLE_ENDINGS = (
    ".vcf", ".vcf.gz", ".vcf.bgz", ".bcf", ".tsv", ".tsv.gz", ".csv", ".csv.gz", ".txt", ".txt.gz", ".tab", ".gz",
    ".bgz", ".bed", ".bed.gz", ".parquet",
)  # fmt: skip

ROLES = {
    "chrom": "Chromosome",
    "pos": "Position",
    "ref": "Reference allele",
    "alt": "Alternative allele",
    "start": "Start",
    "end": "End",
}
OF_MATCH = {
    "allele": ("chrom", "pos", "ref", "alt"),
    "position": ("chrom", "pos"),
    "interval": ("chrom", "start", "end"),
}
MATCHES = {
    "allele": "the very change (chromosome, position, both alleles)",
    "position": "any variant that begins at the position",
    "interval": "every variant that lies in the interval",
}
BASE = "my-reference"
"""The module that ships with the app; each other is a copy of it."""
ROWS = 5
"""Rows of the file that are shown."""


class TableForm:
    """One module's file and columns. Whatever is changed is looked at again at once, and kept only when asked to."""

    def __init__(self, desktop: Desktop, module: ModuleCard, on_kept: Callable[[], Awaitable[None]]) -> None:
        self._desktop, self._module, self._on_kept = desktop, module, on_kept
        self._values = {name: str(value or "") for name, value in module.settings.items()}
        self._columns: KeptColumns | None = None

    async def show(self) -> None:
        """Draw the form, and what is found in the file that was chosen before."""
        with card():
            with row("top-line"):
                heading("Your file")
                act("Another file beside it", self._another, kind="quiet", more="small-act push")
            with row("keep"):
                self._source = ui.input(
                    "A VCF, BCF, TSV, CSV, Parquet or BED file, or an https address", value=self._values["source"]
                ).classes("grow")
                self._source.on("keydown.enter", self._chosen)
                icon_act("folder_open", "Choose a file", self._choose)
                act("Look at it", self._chosen)
            self._found = box("stack loose")
        if self._values["source"]:
            await self._look_again()

    async def _choose(self) -> None:
        path = await browse(TABLE_ENDINGS, title="Your file")
        if path:
            self._source.set_value(str(path))
            await self._chosen()

    async def _chosen(self) -> None:
        """Look at a file; what was said of another one is forgotten."""
        source = str(self._source.value or "").strip()
        if source != self._values["source"]:
            defaults = {name: one.default for name, one in self._module.manifest.settings.items()}
            self._values = {name: str(value or "") for name, value in defaults.items()} | {"source": source}
            self._columns = None
        await self._look_again()

    async def _look_again(self) -> None:
        self._found.clear()
        with self._found:
            ui.spinner(size="28px")
        look: TableLook | None = None
        trouble: GenotecaError | None = None
        try:
            look = await ask(actions.look_at_own_table, self._desktop.app, self._module.id, self._told())
        except GenotecaError as error:
            trouble = error
        self._found.clear()
        with self._found:
            if trouble:
                trouble_box(trouble)
            elif look:
                self._draw(look)

    def _told(self) -> dict[str, JsonValue]:
        """Give every setting as the form has it now."""
        if self._columns:
            self._values["columns"] = self._columns.setting()
        return dict(self._values)

    def _draw(self, look: TableLook) -> None:
        if look.missing:
            with notice("warn", "It cannot be used yet"):
                said(f"Missing: {'; '.join(look.missing)}.")
        self._taken_for(look)
        self._first_rows(look)
        self._columns = KeptColumns(look, self._values["columns"])
        self._columns.show()
        for note in look.notes:
            said(note, "faint")
        with row():
            keep = act("Keep these settings", kind="main-act", more="push")
            keep.set_enabled(not look.missing)
            keep.on_click(partial(self._keep, keep))

    def _taken_for(self, look: TableLook) -> None:
        facts((("Kind", str(look.kind)), ("Genome build", _build_words(look))))
        with box("fields"):
            self._choice("build")
            self._choice("match")
        if look.match:
            said(f"Looked up by {look.match}: {MATCHES[look.match]}.", "faint")
        if look.kind == "VCF":
            return
        with box("fields"):
            for role in OF_MATCH[look.match or "allele"]:
                label = f"{ROLES[role]} stands in"
                found = look.place.get(role) or self._values[role] or None
                ui.select(list(look.names), label=label, value=found, on_change=partial(self._changed, role))
            self._choice("base")
        said(
            f"The first base of a chromosome is {look.base} here"
            + (", and ends are not included." if look.base == 0 and look.match == "interval" else "."),
            "faint",
        )

    def _choice(self, name: str) -> None:
        setting = self._module.manifest.settings[name]
        value = self._values[name] if self._values[name] in setting.choices else setting.default
        ui.select(list(setting.choices), label=setting.label, value=value, on_change=partial(self._changed, name))

    async def _changed(self, name: str, event: object) -> None:
        self._values[name] = str(getattr(event, "value", "") or "")
        await self._look_again()

    def _first_rows(self, look: TableLook) -> None:
        """Show the first rows under what each column was taken for."""
        by_source = {column.source: column for column in look.columns}
        used = {look.place[role]: role for role in OF_MATCH[look.match or "allele"] if role in look.place}
        heading("The first rows", 3)
        with (
            box("first-rows").props("tabindex=0 role=region aria-label='The first rows of the file'"),
            box("", "table"),
        ):
            with box("", "thead"), box("", "tr"):
                for name in look.names:
                    column = by_source.get(name)
                    kept = str(column.type) if column and column.kept else "left out"
                    with box("", "th"):
                        said(name, "strong")
                        said(ROLES[used[name]] if name in used else kept, "faint small")
            with box("", "tbody"):
                for cells in look.rows[:ROWS]:
                    with box("", "tr"):
                        for cell in cells:
                            with box("", "td"):
                                ui.label(cell)

    async def _another(self) -> None:
        """Install the module once more under a name that is asked for, and open it."""
        with ui.dialog() as dialog, box("sheet"):
            heading("Another file beside it")
            said("It becomes a module of its own, with its own file, columns and results.")
            name = ui.input("What it shall be called", placeholder="Lab list").props("autocomplete=off")
            with row():
                act("Leave it", lambda: dialog.submit(None), more="push")
                act("Add it", lambda: dialog.submit(str(name.value or "")), kind="main-act")
        title = await answered(dialog)
        if title is None:
            return
        with told():
            self._desktop.messages.say("Adding it: this takes some seconds.")
            # of a copy, another is one more of the shipped module
            card = await ask(actions.add_another, self._desktop.app, BASE, str(title))
            ui.navigate.to(f"/store/{card.id}")

    async def _keep(self, button: ui.button) -> None:
        button.disable()
        kept = False
        with told():
            await ask(actions.configure_module, self._desktop.app, self._module.id, self._told())
            kept = True
        if not kept:
            button.enable()
            return
        self._desktop.messages.say("Kept. What was annotated before is now out of date.", "good")
        await self._on_kept()


def _build_words(look: TableLook) -> str:
    names = " and ".join(look.builds)
    return f"{names or 'not known'}{f'. {look.build_evidence}' if look.build_evidence else ''}"
