"""Importing a just-dna module: where it is, what is in it, and only then installing."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from genoteca import actions
from genoteca.actions import ImportedModule
from genoteca.actions.words import counted
from genoteca.ui import words
from genoteca.ui.components.asking import answered
from genoteca.ui.components.boxes import box, facts, heading, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.file_browser import browse
from genoteca.ui.components.notice import trouble_box
from genoteca.ui.components.permissions import permissions_card
from genoteca.ui.components.progress import Track
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.work import Progress, Work

__all__ = ["just_dna_dialog", "start_import"]

WORK = "import just-dna"
EXAMPLE = "hf://datasets/just-dna-seq/annotators/data/longevitymap"


async def just_dna_dialog(desktop: Desktop) -> ImportedModule | None:
    """Ask where a just-dna module is, read it, show what is in it; gives what shall be installed, or None."""
    with ui.dialog().props("persistent") as dialog, box("sheet broad"):
        asked = _Asked(desktop, dialog)
        asked.where("")
    answer = await answered(dialog)
    if answer is True and asked.found:
        return asked.found
    if asked.found:
        await ask(actions.leave_import, asked.found)
    return None


def start_import(desktop: Desktop, found: ImportedModule, name: str) -> Work:
    """Install what was read, under the name by which its progress is found."""

    def install(progress: Progress) -> None:
        actions.install_import(desktop.app, found, progress=progress)

    return desktop.works.start(name, f"Installing {found.card.manifest.title}", install)


class _Asked:
    """The dialog's three faces: where it is, being read, what is in it."""

    def __init__(self, desktop: Desktop, dialog: ui.dialog) -> None:
        self._desktop = desktop
        self._dialog = dialog
        self._face = stack()
        self.found: ImportedModule | None = None

    def where(self, given: str, work: Work | None = None) -> None:
        """Ask for a folder, a zip, or an address of the Hub."""
        self._face.clear()
        with self._face:
            heading("Import a just-dna module")
            said(
                "A folder or a .zip on this computer, as its authors write it (module_spec.yaml, variants.csv) or as "
                "it is published (weights.parquet); or a folder of a dataset on the Hugging Face Hub, which is then "
                "asked for its files. Nothing is installed before you have seen what is in it."
            )
            if work and work.trouble:
                trouble_box(work.trouble)
            with row("keep"):
                field = ui.input("Where it is", value=given, placeholder=EXAMPLE).classes("grow")
                field.props("autocomplete=off")
                field.on("keydown.enter", lambda: self._read(str(field.value or "")))
                act("Browse", lambda: self._browse(field), icon="folder_open")
            with row():
                act("Cancel", lambda: self._dialog.submit(result=False), more="push")
                act("Read it", lambda: self._read(str(field.value or "")), kind="main-act")

    async def _browse(self, field: ui.input) -> None:
        path = await browse((".zip",), title="Choose a just-dna module: its folder, or a zip of it", folders=True)
        if path is not None:
            field.set_value(str(path))

    def _read(self, given: str) -> None:
        source = given.strip()
        if not source:
            return

        def read(progress: Progress) -> None:
            self.found = actions.import_just_dna(self._desktop.app, source, progress=progress)

        self._desktop.works.forget(WORK)
        work = self._desktop.works.start(WORK, "Reading a just-dna module", read, quiet=True)
        self._face.clear()
        with self._face:
            heading("Reading it")
            track = Track(work.title)
            line = said(work.message, "faint").props("aria-live=polite")
            _until_over(work, track, line, lambda: self._over(work, source))

    def _over(self, work: Work, source: str) -> None:
        self._desktop.works.forget(WORK)
        if work.trouble or self.found is None:
            self.where(source, work)
        else:
            self._told(self.found)

    def _told(self, found: ImportedModule) -> None:
        self._face.clear()
        manifest, report = found.card.manifest, found.report
        with self._face:
            heading(f"Install {manifest.title}?")
            said(manifest.summary)
            facts(
                (
                    ("From", report.source),
                    ("Made by", ", ".join(author.name for author in manifest.authors)),
                    ("Licence of the data", words.licence(manifest.licence.data)),
                    ("What that means", manifest.licence.data_note),
                    ("Genome build", f"{report.build} ({report.build_told_by})"),
                    ("Positions", report.positions),
                    ("Described", f"{counted(report.genotypes, 'genotype')} at {counted(report.sites, 'site')}"),
                    ("Not described", _undescribed(report.undescribed)),
                    ("Rows", _rows_told(found)),
                    ("Ambiguous", _differ_told(found)),
                    ("Papers about these sites", _papers_told(found)),
                    ("Not read", ", ".join(report.other_tables)),
                )
            )
            if report.set_aside:
                _set_aside(report.set_aside)
            for note in report.notes:
                said(note, "faint")
            permissions_card(found.card)
            with row():
                act("Leave it", lambda: self._dialog.submit(result=False), more="push")
                act("Install", lambda: self._dialog.submit(result=True), kind="main-act")


def _undescribed(number: int) -> str:
    return f"{counted(number, 'genotype')} that {'is' if number == 1 else 'are'} possible there"


def _rows_told(found: ImportedModule) -> str:
    report = found.report
    aside = words.count(sum(report.set_aside.values()))
    return f"{words.count(report.rows_read)} read, {words.count(report.rows_kept)} in use, {aside} set aside"


def _papers_told(found: ImportedModule) -> str:
    return f"{words.count(found.report.studies_kept)} of {words.count(found.report.studies_read)}"


def _differ_told(found: ImportedModule) -> str:
    report = found.report
    ways, places = words.count(report.contradictions), words.count(report.shared)
    told = [f"Genotypes described in several ways: {ways}" if report.contradictions else ""]
    told.append(f"Sites of an rsID with several places: {places}" if report.shared else "")
    said_of = "; ".join(filter(None, told))
    return f"{said_of}. All are shown, marked." if said_of else ""


def _set_aside(reasons: dict[str, int]) -> None:
    with stack("tight"):
        heading("Set aside", 3)
        facts((words.count(count), reason) for reason, count in reasons.items())


def _until_over(work: Work, track: Track, line: ui.label, over: Callable[[], None]) -> None:
    def look() -> None:
        track.show(work.fraction)
        line.set_text(work.message)
        if work.over:
            timer.deactivate()
            over()

    timer = ui.timer(0.2, look)
