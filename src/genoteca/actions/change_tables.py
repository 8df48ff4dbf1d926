"""Tables behind the page of changes, to be read: all that differs between two answers, and an older answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from genoteca.actions import browsing
from genoteca.actions.exporting import NOT_ADVICE
from genoteca.actions.gates import is_open, without_closed
from genoteca.actions.references import annotating_modules
from genoteca.actions.variant_name import variant_of
from genoteca.actions.views import Query, ResultPage, TableHeader
from genoteca.engine import records
from genoteca.engine.changes import changed_in, changes_table, comparisons
from genoteca.engine.samples import read_sample
from genoteca.errors import InputError, NotFoundError
from genoteca.model.change import change_columns, gates_in, gates_opened
from genoteca.model.column import ANNOTATIONS, GATE, LIFTED, Column
from genoteca.model.filter import Sort
from genoteca.model.sample import SampleId
from genoteca.sdk.closed import closed_told
from genoteca.sdk.made_with import columns_made_with
from genoteca.sdk.resources import Stored

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.engine.results import ResultTable
    from genoteca.model.module import ModuleManifest
    from genoteca.model.sample import Sample

__all__ = ["CHANGED", "change_page", "change_place", "export_change", "show_change"]

CHANGED = "changed~"
"""How a grid names such a table: then the module, the run and what of it, parted by `~`."""
USUAL = (
    "about", "change", "class_before", "class_after", "stars_before", "stars_after", "carried", "chrom", "pos", "ref",
    "alt", "evidence_before", "evidence_after", "columns",
)  # fmt: skip
SHOWN_ANSWERS = ("chrom", "pos", "ref", "alt", "genotype", "evidence")
FIRST = [Sort(column="carried", descending=True), Sort(column="place"), Sort(column="level")]


class _Asked(NamedTuple):
    sample: Sample
    manifest: ModuleManifest
    stored: Stored
    columns: list[Column]
    title: str
    about: str
    gated: bool
    is_changes: bool
    rows: int
    """Those that are open."""


def show_change(app: App, key: str, name: str, *, opened: Collection[str] = ()) -> TableHeader:
    """Give the head of a table; `name`: module, first letters of the run, and `changes` or `answers`, parted by `~`.

    Raises:
        NotFoundError: there is no such table, or it was dropped.
        InputError: it stays closed until the person asks.

    """
    asked = _asked(app, key, name, opened)
    own = [column.name for column in asked.columns if not getattr(column, "hidden", False) and column.name != GATE]
    usual = [n for n in USUAL if n in own] if asked.is_changes else _usual(asked, own)
    return TableHeader(
        sample=asked.sample,
        table=f"{CHANGED}{name}",
        title=asked.title,
        about=asked.about,
        columns=[column for column in asked.columns if column.name != GATE],
        shown=usual,
        rows=asked.rows,
        when=asked.stored.record.created,
    )


def change_page(app: App, key: str, name: str, query: Query, *, opened: Collection[str] = ()) -> ResultPage:
    """Give a stretch of rows of what is open.

    Raises:
        FilterError: the filter or the sort names an unknown column, or compares it wrongly.
        NotFoundError: there is no such table, or it was dropped.
        InputError: it stays closed until the person asks.

    """
    asked = _asked(app, key, name, opened)
    table = _table(app, asked)
    found = browsing.page(table, _open_part(asked, query, opened))
    rows = [{column: value for column, value in row.items() if column != GATE} for row in found.rows]
    every = browsing.page(table, _open_part(asked, Query(limit=0), opened)).matched
    return ResultPage(rows=rows, matched=found.matched, total=every)


def change_place(app: App, key: str, name: str, row: int, *, opened: Collection[str] = ()) -> str:
    """Give the address of the page of the variant that a row is about; empty: it has none, or it stays closed."""
    asked = _asked(app, key, name, opened)
    values = _table(app, asked).row(row)
    if not all(is_open(gate, opened) for gate in gates_in(str(values.get(GATE) or ""))):
        return ""
    variant = variant_of({"key": None, **values})
    return f"/variant/{key}/{variant}" if variant else ""


def export_change(
    app: App,
    key: str,
    name: str,
    query: Query,
    *,
    format: str,  # noqa: A002 - the word of the command line
    output: Path,
    opened: Collection[str] = (),
    columns: Sequence[str] | None = None,
    progress: browsing.Progress = browsing.unheard,
) -> int:
    """Write what is open of such a table, as a view shows it, to a file; gives the rows written.

    Raises:
        NotFoundError: there is no such table, or it was dropped.
        InputError: it stays closed until the person asks, or the folder is not there.

    """
    asked = _asked(app, key, name, opened)
    sample = asked.sample
    about = [
        ("Sample", f"{sample.user_name} / {sample.sample_name} ({key})"),
        ("Table", f"{asked.title}. {asked.about}"),
        ("Not medical advice", NOT_ADVICE),
    ]
    named = columns or [column.name for column in asked.columns if column.name != GATE]
    return browsing.export(
        _table(app, asked),
        _open_part(asked, query, opened),
        columns=named,
        format=format,
        output=output,
        about=about,
        progress=progress,
    )


def _asked(app: App, key: str, name: str, opened: Collection[str]) -> _Asked:
    sample = read_sample(app.layout, SampleId.parse(key))
    module_id, _, rest = name.partition("~")
    run, _, kind = rest.partition("~")
    modules = annotating_modules(app.layout)
    if module_id not in modules or kind not in ("changes", "answers"):
        raise NotFoundError(f"There is no table {name!r}.", hint=f"See /changes/{key}")
    manifest = modules[module_id].sound_manifest()
    if gate := next((gate for gate in manifest.gates if not is_open(gate, opened)), ""):
        raise InputError(gate, title="Before you look", hint=f"Ask to see it on the page of changes of {key}.")
    read = _changes if kind == "changes" else _answers
    made = read(app, sample, manifest, run, opened)
    if made is None:
        raise NotFoundError(
            f"This table of {manifest.title} is not there any more.",
            hint="Older answers are dropped after a while; how each variant was classified is kept on its own page.",
        )
    return made


def _changes(app: App, sample: Sample, manifest: ModuleManifest, run: str, opened: Collection[str]) -> _Asked | None:
    key = sample.id.key
    found = [*comparisons(app.layout, manifest.id, key), *comparisons(app.layout, manifest.id, key, held=True)]
    compared = next((one for one in found if one.record.run.startswith(run)), None)
    stored = changes_table(app.layout, manifest.id, key, run)
    if compared is None or stored is None:
        return None
    told = changed_in(compared.record)
    columns = change_columns(told.columns)
    about = (
        f"Every answer that differs between {told.before.release} ({told.before.created.date().isoformat()}) and "
        f"{told.after.release} ({told.after.created.date().isoformat()}). What differs of a row stands in the "
        "columns “before” and “now”."
    )
    return _Asked(
        sample=sample,
        manifest=manifest,
        stored=stored,
        columns=columns,
        title=f"What changed: {manifest.title}",
        about=about,
        gated=bool(told.closed),
        is_changes=True,
        rows=told.told(list(opened)).total,
    )


def _answers(app: App, sample: Sample, manifest: ModuleManifest, run: str, opened: Collection[str]) -> _Asked | None:
    key = sample.id.key
    kept = records.history(app.layout, [manifest.id, "annotations"], key, held=True)
    record = next((one for one in kept if one.run.startswith(run)), None)
    if record is None or record.file is None:
        return None
    path = records.record_path(app.layout, [manifest.id, "annotations"], key).with_name(record.file)
    if not path.is_file():
        return None
    common = (*ANNOTATIONS, *(LIFTED if "lifted" in record.metadata else ()))
    columns = [*common[: len(ANNOTATIONS)], *columns_made_with(record, manifest), *common[len(ANNOTATIONS) :]]
    release = record.release or record.data_version
    about = f"As it was answered on {record.created.date().isoformat()} with release {release}. To be read only."
    shut = [one.rows for gate, one in (closed_told(record) or {}).items() if not is_open(gate, opened)]
    return _Asked(
        sample=sample,
        manifest=manifest,
        stored=Stored(path=path, record=record),
        columns=columns,
        title=f"{manifest.title}, as it was",
        about=about,
        gated=any(column.name == GATE for column in columns),
        is_changes=False,
        rows=record.rows - sum(shut),
    )


def _usual(asked: _Asked, own: Sequence[str]) -> list[str]:
    mine = {column.name for column in asked.manifest.columns if not column.hidden}
    return [*(name for name in own if name in mine), *SHOWN_ANSWERS]


def _table(app: App, asked: _Asked) -> ResultTable:
    return browsing.opened(app, records.trusted(asked.stored), asked.columns)


def _open_part(asked: _Asked, query: Query, opened: Collection[str]) -> Query:
    where = without_closed(query.where, gates_opened(opened)) if asked.gated else query.where
    sort = query.sort or (FIRST if asked.is_changes else [])
    return query.model_copy(update={"where": where, "sort": sort})
