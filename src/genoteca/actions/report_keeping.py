"""Reports about a genome: made, kept beside it, listed, deleted; and written anywhere by the command line."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from genoteca.actions.overview import Opened
from genoteca.actions.references import annotating_modules
from genoteca.actions.report_document import Attachment, KeptReport, ReportDocument
from genoteca.actions.report_fitting import MOST_BYTES, fitted, with_tables
from genoteca.actions.report_gather import gather
from genoteca.actions.report_html import page_of
from genoteca.actions.results import result_columns
from genoteca.engine import records
from genoteca.engine.files import private_folder, write_private
from genoteca.engine.samples import read_sample
from genoteca.errors import InputError, NotFoundError
from genoteca.model.column import GATE
from genoteca.model.sample import SampleId
from genoteca.seals import set_seal

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = ["all_gates", "delete_report", "keep_report", "list_reports", "report_path", "write_report"]

PAGE = "report.html"
ABOUT = "about.report"
"""What a kept report says of itself; no `.json`, for those are records of datasets."""
NAME = re.compile(r"\d{4}-\d\d-\d\d-\d{6}(-\d{1,3})?")
FILE = re.compile(r"report\.html|[a-z][a-z0-9-]{1,60}\.csv")


def keep_report(app: App, key: str, module_ids: Sequence[str] = (), *, opened: Opened | None = None) -> KeptReport:
    """Make a report of the chosen modules (all that have answers, when none is named) and keep it with the genome.

    `opened`: what the person has opened, by module; of anything else that asks first, nothing stands in it.

    Raises:
        NotFoundError: no such sample, or a module that is named has no answer.
        InputError: nothing was looked up yet, or all that was chosen is closed.

    """
    with _made(app, key, module_ids, opened or {}, beside="") as (folder, document):
        reports = private_folder(_reports(app, key))
        place = _free(reports, f"{document.made:%Y-%m-%d-%H%M%S}")
        kept = KeptReport(
            name=place.name,
            made=document.made,
            modules=[part.title for part in document.parts],
            shows_closed=any(opened.values()) if opened else False,
            bytes=sum(file.stat().st_size for file in folder.iterdir()),
            attachments=[one for part in document.parts for one in part.attachments],
        )
        write_private(folder / ABOUT, kept.model_dump_json())
        for file in list(folder.iterdir()):
            set_seal(file)
        shutil.move(folder, place)
    return kept


def write_report(
    app: App, key: str, output: Path, module_ids: Sequence[str] = (), *, opened: Opened | None = None
) -> list[Attachment]:
    """Write a report to a file, and its tables beside it under its name; gives the tables.

    Raises:
        NotFoundError: no such sample, or a module that is named has no answer.
        InputError: nothing was looked up yet, all that was chosen is closed, or the folder is not there.

    """
    if not output.parent.is_dir():
        raise InputError(f"There is no folder {output.parent}.", hint="Make it first, or choose another.")
    beside = f"{output.stem}-"
    with _made(app, key, module_ids, opened or {}, beside=beside) as (folder, document):
        made = [one for part in document.parts for one in part.attachments]
        written = [one.model_copy(update={"name": f"{beside}{one.name}"}) for one in made]
        for before, after in zip(made, written, strict=True):
            shutil.move(folder / before.name, output.with_name(after.name))
        shutil.move(folder / PAGE, output)
    return written


def list_reports(app: App, key: str) -> list[KeptReport]:
    """Give the reports that are kept of a genome, newest first.

    Raises:
        NotFoundError: there is no such sample.

    """
    read_sample(app.layout, SampleId.parse(key))
    found = []
    for about in _reports(app, key).glob(f"*/{ABOUT}"):
        with suppress(OSError, ValidationError):  # being deleted, or of another version
            found.append(KeptReport.model_validate_json(about.read_bytes()))
    return sorted(found, key=lambda one: one.made, reverse=True)


def report_path(app: App, key: str, name: str, file: str = PAGE) -> Path:
    """Give the path of a kept report, or of one of its tables.

    Raises:
        NotFoundError: there is none of that name.

    """
    path = _reports(app, key) / name / file
    if not NAME.fullmatch(name) or not FILE.fullmatch(file) or not path.is_file():
        raise NotFoundError(f"There is no report {name} of {key} with a file {file}.", hint="Make it again.")
    return path


def delete_report(app: App, key: str, name: str) -> None:
    """Delete a kept report and its tables.

    Raises:
        NotFoundError: there is none of that name.

    """
    shutil.rmtree(report_path(app, key, name).parent)


def all_gates(app: App, key: str) -> dict[str, frozenset[str]]:
    """Give every gate there is, as if the person had opened them all: for who asks for everything at once."""
    from genoteca.engine.results.glance import values_of  # loads DuckDB

    found = {}
    for module in annotating_modules(app.layout).values():
        gates = set(module.sound_manifest().gates)
        stored = records.current(app.layout, [module.id, "annotations"], key)
        gate = next((one for one in result_columns(module, stored) if one.name == GATE), None)
        if stored is not None and stored.record.file is not None and gate is not None:
            gates |= set(values_of(stored.path, gate))
        found[module.id] = frozenset(gates)
    return found


@contextmanager
def _made(
    app: App, key: str, module_ids: Sequence[str], opened: Opened, *, beside: str
) -> Iterator[tuple[Path, ReportDocument]]:
    """Make the report and its tables in a folder that nobody else sees; what is left of it goes."""
    read_sample(app.layout, SampleId.parse(key))
    folder = private_folder(app.layout.temporary / f"report-{uuid.uuid4().hex}")
    try:
        document = gather(app, key, module_ids, opened)
        document = fitted(with_tables(app, key, document, opened, folder), folder)
        page = page_of(document, beside=beside)
        if len(page.encode()) > MOST_BYTES:
            raise InputError(
                f"The report would have {len(page.encode()) / 1e6:.1f} MB; {MOST_BYTES / 1e6:.0f} MB are the most.",
                title="The report is too long",
                hint="Choose fewer modules.",
            )
        write_private(folder / PAGE, page)
        for table in folder.glob("*.csv"):
            table.chmod(0o600)
        yield folder, document
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reports(app: App, key: str) -> Path:
    sample = SampleId.parse(key)
    return app.layout.sample(sample.user, sample.sample) / "reports"


def _free(reports: Path, name: str) -> Path:
    """Give a folder that is not there yet, named by the time."""
    place, number = reports / name, 1
    while place.exists():
        number += 1
        place = reports / f"{name}-{number}"
    return place
