"""Taking results out of the app: what to write, how far it is, and the finished file."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from nicegui import ui

from genoteca import actions
from genoteca.actions import ExportReport
from genoteca.actions.views import ModuleAnswer
from genoteca.errors import RunError
from genoteca.model.evidence import Outcome
from genoteca.model.sample import Sample, SampleKind
from genoteca.ui import words
from genoteca.ui.components.boxes import box, heading, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.notice import notice, trouble_box
from genoteca.ui.components.progress import Track
from genoteca.ui.desktop import Desktop
from genoteca.ui.work import Progress, Work

__all__ = ["ENDINGS", "FORMATS", "export_everything", "follow_export", "followed"]

FORMATS = {
    "xlsx": "Excel",
    "csv": "CSV, for a spreadsheet",
    "tsv": "TSV, with tabs",
    "json": "JSON, for programs",
    "parquet": "Parquet, for analysis",
    "vcf": "VCF, your file's own records with the answers beside them",
}
ENDINGS = {"vcf": "vcf.gz"}
"""Endings of file names that differ from the format's own."""
BEAT = 0.3
"""Seconds between two looks at the work."""
AT_ONCE = 0.6
"""Seconds within which a file is written at once, to a person: nothing is told of how far it is."""

Make = Callable[[Path, Progress], ExportReport]


def export_everything(desktop: Desktop, sample: Sample, answers: Sequence[ModuleAnswer]) -> None:
    """Ask for the modules and the format, then write everything that they say of a genome to one file."""
    key, known = sample.id.key, [one for one in answers if one.outcome is Outcome.ANSWERED]
    is_array = sample.kind is SampleKind.ARRAY

    def open_(one: ModuleAnswer) -> bool:
        return not one.gate or one.gate in desktop.opened(key, one.module)

    forms = {form: told for form, told in FORMATS.items() if form != "vcf" or not is_array}
    vcf = (
        "A DNA chip's file has no records that a VCF could keep."
        if is_array
        else "A VCF keeps the records of your file: answers about other places are only counted in it."
    )
    with ui.dialog(value=True) as dialog, box("sheet") as sheet:
        heading("Export everything")
        said(
            "One file with every variant of this genome and what the modules say of it. A site where you have no "
            "variant gets a row of its own, so nothing is left out silently."
        )
        with stack("tight"):
            said("Modules", "h3")
            ticks = {one.module: ui.checkbox(one.title, value=True).props("dense") for one in known if open_(one)}
            for one in known:
                if not open_(one):
                    ui.checkbox(f"{one.title}: closed until you ask", value=False).props("dense disable")
        with stack("tight"):
            said("Format", "h3")
            form = ui.radio(forms, value="xlsx").props("dense")
        said(f"{vcf} Answers that are hidden until you ask are left out, and counted.", "faint")
        link("What goes where", "/help/taking-results-out")
        with row():
            act("Cancel", dialog.close, more="push")
            go = act("Export", kind="main-act", icon="download")

    def begin() -> None:
        modules = [module for module, tick in ticks.items() if tick.value]
        chosen = str(form.value)
        opened = {module: desktop.opened(key, module) for module in modules}

        def make(path: Path, progress: Progress) -> ExportReport:
            return actions.export_sample(
                desktop.app, key, modules, format=chosen, output=path, opened=opened, progress=progress
            )

        _follow(desktop, dialog, sheet, _Wanted(about=f"{key}/all", form=chosen, make=make))

    go.on_click(begin)
    for tick in ticks.values():
        tick.on_value_change(lambda: go.set_enabled(any(one.value for one in ticks.values())))
    dialog.on("hide", dialog.delete)


def follow_export(desktop: Desktop, about: str, form: str, make: Make) -> None:
    """Write a file while a dialog tells how far it is, then offer it; `about` names what is exported."""
    with ui.dialog(value=True) as dialog, box("sheet") as sheet:
        pass
    _follow(desktop, dialog, sheet, _Wanted(about=about, form=form, make=make))
    dialog.on("hide", dialog.delete)


async def followed(desktop: Desktop, write: Callable[[Progress], int]) -> int | None:
    """Write a file in a thread; where it takes a while, a dialog tells how far it is. None: the person stopped it.

    Raises:
        GenotecaError: it could not be written.

    """
    stop, done, name = threading.Event(), list[int](), f"export {uuid4().hex}"
    going = desktop.works.start(name, "Exporting", lambda progress: done.append(write(_stopped_by(stop, progress))))
    began, sheet = time.monotonic(), None
    while not going.over:
        await asyncio.sleep(BEAT / 3)
        if sheet is None and time.monotonic() - began > AT_ONCE:
            sheet = _Sheet(stop)
        if sheet is not None:
            sheet.show(going)
    desktop.works.forget(name)
    if sheet is not None:
        sheet.close()
    if going.trouble is not None and not stop.is_set():
        raise going.trouble
    return done[0] if done else None


class _Sheet:
    """A dialog with how far an export is; closing it stops the work."""

    def __init__(self, stop: threading.Event) -> None:
        with ui.dialog(value=True) as self._dialog, box("sheet"):
            heading("Exporting")
            self._track = Track("Exporting")
            self._message = said("Starting").props("aria-live=polite")
            with row():
                act("Cancel", self._dialog.close, more="push")
        self._dialog.on("hide", stop.set)

    def show(self, going: Work) -> None:
        self._track.show(going.fraction or None)
        self._message.set_text(going.message)

    def close(self) -> None:
        self._dialog.delete()


def _stopped_by(stop: threading.Event, progress: Progress) -> Progress:
    def report(fraction: float, message: str) -> None:
        if stop.is_set():
            raise RunError("The export was cancelled.", title="Cancelled")
        progress(fraction, message)

    return report


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    about: str
    form: str
    make: Make

    @property
    def ending(self) -> str:
        return ENDINGS.get(self.form, self.form)

    @property
    def name(self) -> str:
        return self.about.replace("/", "-") + f".{self.ending}"


def _follow(desktop: Desktop, dialog: ui.dialog, sheet: ui.element, wanted: _Wanted) -> None:
    """Fill a dialog with the progress of an export, and then with the file; closing it cancels the work."""
    path, stop, done = desktop.downloads.place(wanted.ending), threading.Event(), list[ExportReport]()

    def work(progress: Progress) -> None:
        done.append(wanted.make(path, _stopped_by(stop, progress)))

    work_name = f"export {uuid4().hex}"
    going = desktop.works.start(work_name, "Exporting", work)
    sheet.clear()
    with sheet:
        heading("Exporting")
        track = Track("Exporting")
        message = said("Starting").props("aria-live=polite")
        with row():
            act("Cancel", dialog.close, more="push")

    def look() -> None:
        track.show(going.fraction or None)
        message.set_text(going.message)
        if going.over:
            timer.deactivate()
            desktop.works.forget(work_name)
            sheet.clear()
            with sheet:
                _over(desktop, going, done, wanted.name, dialog.close)

    with dialog:
        timer = ui.timer(BEAT, look)
    dialog.on("hide", stop.set)


def _over(
    desktop: Desktop, going: Work, done: Sequence[ExportReport], name: str, close: Callable[[], object]
) -> None:
    """Say what was written, and offer it."""
    if going.trouble or not done:
        trouble_box(going.trouble or RunError("The export ended without a file."))
        with row():
            act("Close", close, more="push")
        return
    report = done[0]
    is_vcf = report.format == "vcf"
    heading("The file is ready")
    what = "records" if is_vcf else "rows"
    said(f"{words.count(report.rows)} {what}, {words.file_size(report.bytes)}; counted again in the finished file.")
    with stack("tight"):
        for told in actions.export_words(report):
            said(told, "small soft")
    if is_vcf and not report.index:
        with notice("info", "This file has no index", "Programs that jump to a place in it need one."):
            pass
    with row():
        act("Close", close, more="push")
        if report.index:
            _download(
                desktop, Path(report.index), f"{name}{Path(report.index).suffix}", "Download the index", main=False
            )
        _download(desktop, Path(report.file), name, "Download", main=True)


def _download(desktop: Desktop, path: Path, name: str, text: str, *, main: bool) -> None:
    """Offer a file, once: it is gone when the browser has it."""

    def fetch() -> None:
        ui.download.from_url(desktop.downloads.offer(path, name), name)
        button.disable()

    button = act(text, fetch, kind="main-act" if main else "plain", icon="download")
