"""The way out of the explorer: exactly what is shown, as a table or as VCF; all records of the file, as VCF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nicegui import ui

from genoteca import actions
from genoteca.actions import ExploreHeader, ExploreQuery, ExportReport
from genoteca.actions.exploring import export_explored_vcf
from genoteca.model.sample import SampleKind
from genoteca.ui import words
from genoteca.ui.components.boxes import box
from genoteca.ui.components.buttons import act
from genoteca.ui.components.exporting import FORMATS, follow_export, followed
from genoteca.ui.components.notice import told
from genoteca.ui.components.variant_notes import take_notes_out
from genoteca.ui.desktop import Desktop
from genoteca.ui.explore_rows import opened_of
from genoteca.ui.work import Progress

__all__ = ["ExportMenu"]

TABLE_FORMATS = ("xlsx", "csv", "tsv", "json", "parquet")


class ExportMenu:
    """The button with its menu; `query` gives the view as it is, with the columns that are shown."""

    def __init__(self, desktop: Desktop, header: ExploreHeader, query: Callable[[], ExploreQuery]) -> None:
        self._desktop, self._header, self._query = desktop, header, query
        self._key = header.sample.id.key
        self._side = box("beside")
        is_array = header.sample.kind is SampleKind.ARRAY
        with act("Export", icon="download"), ui.menu().props("auto-close"):
            for form in TABLE_FORMATS:
                ui.menu_item(f"As {FORMATS[form]}", lambda form=form: self._export(form))
            if not is_array and any(not one.gate for one in header.modules):
                ui.menu_item("As VCF: the records of the rows shown", self._export_shown)
                ui.menu_item("As VCF: all records of your file, unfiltered", self._export_vcf)
            ui.menu_item("Your notes on this genome, as CSV", self._export_notes)

    async def _export(self, form: str) -> None:
        """Write the rows and columns that are shown, in their order."""
        path, query, opened = self._desktop.downloads.place(form), self._query(), opened_of(self._desktop, self._key)

        def write(progress: Progress) -> int:
            app = self._desktop.app
            return actions.export_explored(app, self._key, query, opened, format=form, output=path, progress=progress)

        with told(), self._side:
            written = await followed(self._desktop, write)
            if written is None:
                self._desktop.messages.say("Cancelled: nothing was exported.")
                return
            name = f"{self._key}/explore".replace("/", "-") + f".{form}"
            ui.download.from_url(self._desktop.downloads.offer(path, name), name)
            self._desktop.messages.say(f"{words.count(written)} rows exported. What is closed is empty.", "good")

    async def _export_notes(self) -> None:
        with self._side:
            await take_notes_out(self._desktop, self._key)

    def _export_shown(self) -> None:
        """Write the file's own records of the rows that are shown."""
        query, opened = self._query(), opened_of(self._desktop, self._key)

        def make(path: Path, progress: Progress) -> ExportReport:
            app = self._desktop.app
            return export_explored_vcf(app, self._key, query, opened, output=path, progress=progress)

        with told(), self._side:
            follow_export(self._desktop, f"{self._key}/explore", "vcf", make)

    def _export_vcf(self) -> None:
        """Write the file's own records with every open answer in INFO; a VCF keeps them all."""
        modules = [module.id for module in self._header.modules if not module.gate]
        opened = {module: self._desktop.opened(self._key, module) for module in modules}

        def make(path: Path, progress: Progress) -> ExportReport:
            app = self._desktop.app
            return actions.export_sample(
                app, self._key, modules, format="vcf", output=path, opened=opened, progress=progress
            )

        with told(), self._side:
            follow_export(self._desktop, f"{self._key}/explore", "vcf", make)
