"""Making a module of a table: choose it, say what its columns are, check every row, try it, save it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nicegui import ui

from genoteca import actions
from genoteca.actions import drafts
from genoteca.actions.drafts import CheckedDraft, Draft
from genoteca.errors import GenotecaError
from genoteca.model.evidence import Evidence
from genoteca.ui import words
from genoteca.ui.components.author_columns import ColumnRoles, first_rows
from genoteca.ui.components.author_findings import show_findings
from genoteca.ui.components.author_words import ModuleWords
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import act, icon_act, link
from genoteca.ui.components.evidence import evidence_bar
from genoteca.ui.components.file_browser import browse
from genoteca.ui.components.kept_columns import KeptColumns
from genoteca.ui.components.notice import notice, told, trouble_box
from genoteca.ui.desktop import Desktop, ask

if TYPE_CHECKING:
    from genoteca.sdk.authoring.looking import DraftLook

__all__ = ["show"]

OF_THE_TABLE = {"source", "sheet", "kind", "build", "roles", "columns"}
WORDS = tuple(name for name in Draft.model_fields if name not in OF_THE_TABLE)
"""What is said of the module stays when another table is chosen."""
ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt", ".tab", ".bed", ".parquet")


async def show(desktop: Desktop) -> None:
    """Draw the form."""
    Author(desktop)


class Author:
    """The form and the draft that it fills. Nothing is kept until the module is saved."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self._draft = Draft()
        self._kept: KeptColumns | None = None
        link("‹ Store", "/store")
        with stack("tight"):
            heading("Make a module from a table", 1)
            said(
                "An Excel, CSV, TSV, BED or Parquet file becomes a module like any other. Nothing leaves this "
                "computer.",
                "lead",
            )
        with card():
            heading("1. Your table")
            with row("keep"):
                self._source = ui.input("A file on this computer").classes("grow")
                self._source.props("autocomplete=off").on("keydown.enter", self._chosen)
                icon_act("folder_open", "Choose a file", self._choose)
                act("Look at it", self._chosen)
            with row("tight"):
                said("The file is only read. How to write one:", "faint small")
                link("Writing a module", "/help/writing-a-module", "link small")
            self._columns = box("stack loose")
        self._rest = box("stack loose")

    async def _choose(self) -> None:
        path = await browse(ENDINGS, title="Your table")
        if path:
            self._source.set_value(str(path))
            await self._chosen()

    async def _chosen(self) -> None:
        source = str(self._source.value or "").strip()
        if source:
            again = source == self._draft.source
            kept = {name: getattr(self._draft, name) for name in WORDS}
            await self._look(self._now() if again else Draft(source=source, **kept))

    async def _changed(self, changes: dict[str, object]) -> None:
        await self._look(self._now().model_copy(update=changes))

    async def _look(self, draft: Draft) -> None:
        """Look at the table under what is said of it now."""
        first = not self._draft.source
        self._draft, self._kept = draft, None
        look: DraftLook | None = None
        trouble: GenotecaError | None = None
        try:
            look = await ask(drafts.look_at_draft, self._desktop.app, draft)
        except GenotecaError as error:
            trouble = error
        self._columns.clear()
        with self._columns:
            if trouble:
                trouble_box(trouble)
            elif look:
                self._show_columns(look)
        if trouble or look is None:
            self._rest.clear()
        elif first or not list(self._rest):
            self._show_rest()
        else:
            self._forget_check()

    def _show_columns(self, look: DraftLook) -> None:
        if look.missing:
            with notice("warn", "Something must be said first"):
                said(f"{words.sentence('; '.join(look.missing))}.")
        heading("What its columns are", 3)
        ColumnRoles(self._draft, look, self._changed).show()
        first_rows(look)
        self._kept = KeptColumns(look.table, self._columns_setting())
        self._kept.show()

    def _columns_setting(self) -> str:
        return "" if self._draft.columns is None else drafts.columns_setting(self._draft.columns)

    def _show_rest(self) -> None:
        self._rest.clear()
        with self._rest:
            with card():
                heading("2. About the module")
                ModuleWords(self._draft, self._set).show()
            with card():
                heading("3. Check, try and save")
                with row():
                    act("Check every row", self._check, kind="main-act", icon="fact_check")
                self._found = box("stack loose")
                self._after = box("stack loose")

    def _set(self, name: str, value: object) -> None:
        self._draft = self._draft.model_copy(update={name: value})

    def _forget_check(self) -> None:
        self._found.clear()
        self._after.clear()

    def _now(self) -> Draft:
        """Give the draft with the words as they are written and the columns as they are ticked now."""
        if self._kept is not None:
            kept = drafts.kept_columns(self._kept.setting())
            self._draft = self._draft.model_copy(update={"columns": kept})
        return self._draft

    async def _check(self) -> None:
        self._forget_check()
        with self._found:
            spinner = ui.spinner(size="28px")
        checked: CheckedDraft | None = None
        with told():
            checked = await ask(drafts.check_draft, self._desktop.app, self._now())
        spinner.delete()
        if checked is None:
            return
        with self._found:
            show_findings(checked)
        if not checked.wrong:
            with self._after:
                await self._show_after()

    async def _show_after(self) -> None:
        samples = await ask(actions.list_samples, self._desktop.app)
        names = {
            one.sample.id.key: f"{one.sample.user_name} · {one.sample.sample_name}" for one in samples if one.intake
        }
        with row():
            if names:
                chosen = ui.select(names, label="Try it on", value=next(iter(names))).classes("grow")
                act("Try it", lambda: self._try(str(chosen.value)), icon="visibility")
            else:
                said("Once a genome is here (or the demo genome), you can try the module on it.", "faint grow")
        self._tried = box("stack loose")
        with row():
            act("Export its folder", lambda: self._export("folder"), kind="quiet", icon="folder_zip", more="push")
            act("Export as a wheel", lambda: self._export("wheel"), kind="quiet", icon="download")
            self._save_act = act("Save and install", self._save, kind="main-act")

    async def _try(self, sample: str) -> None:
        self._tried.clear()
        with self._tried:
            spinner = ui.spinner(size="28px")
        tried = None
        with told():
            tried = await ask(drafts.try_draft, self._desktop.app, self._now(), sample)
        spinner.delete()
        if tried is None:
            return
        with self._tried:
            if tried.reason:
                with notice("info", "This genome cannot be tested", tried.reason):
                    pass
                return
            evidence_bar(tried.evidence)
            with box("first-rows").props("tabindex=0 role=region aria-label='What it would say'"), box("", "table"):
                with box("", "thead"), box("", "tr"):
                    for name in tried.columns:
                        with box("", "th"):
                            said(name, "strong")
                with box("", "tbody"):
                    for cells in tried.rows:
                        with box("", "tr"):
                            for n, cell in enumerate(cells):
                                with box("", "td"):
                                    ui.label(words.EVIDENCE[Evidence(cell)] if n == 0 else cell)

    async def _export(self, form: drafts.Taken) -> None:
        with told():
            folder = self._desktop.downloads.place("module")
            folder.mkdir()
            path: Path = await ask(drafts.export_draft, self._desktop.app, self._now(), folder, form=form)
            ui.download.from_url(self._desktop.downloads.offer(path, path.name), path.name)

    async def _save(self) -> None:
        self._save_act.disable()
        with told():
            self._desktop.messages.say("Installing it: this takes some seconds.")
            card_ = await ask(drafts.save_draft, self._desktop.app, self._now())
            ui.navigate.to(f"/store/{card_.id}")
        self._save_act.enable()
