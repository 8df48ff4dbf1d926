"""Results: headers in words, rows by the page, one row with all that is known of it, exports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from genoteca.actions import browsing
from genoteca.actions.answers import answer_of
from genoteca.actions.app import App
from genoteca.actions.gates import Opened
from genoteca.actions.lineage import lineage_of
from genoteca.actions.modules import show_module
from genoteca.actions.presets import filter_words, view_of
from genoteca.actions.references import usable_modules
from genoteca.actions.variant_name import variant_of
from genoteca.actions.views import Query, ResultHeader, ResultPage, RowDetail
from genoteca.engine import records
from genoteca.engine.samples import read_sample
from genoteca.errors import FilterError, NotFoundError
from genoteca.model.column import ANNOTATIONS, GATE, LIFTED, AnnotationColumn, Column
from genoteca.model.evidence import Evidence
from genoteca.model.filter import All, Condition, Filter, Operator
from genoteca.model.sample import Sample, SampleId
from genoteca.sdk.made_with import columns_made_with
from genoteca.store.installed import InstalledModule

if TYPE_CHECKING:
    from genoteca.engine.results import ResultTable
    from genoteca.sdk.resources import Stored

__all__ = [
    "closed_rows",
    "export_result",
    "gates_of",
    "parse_where",
    "refuse_column",
    "result_columns",
    "result_page",
    "result_row",
    "show_result",
    "smart_where",
    "stored_result",
]

SHOWN = ("chrom", "pos", "genotype", "evidence")
"""Common columns that stand before the module's own until the user chooses others."""


def show_result(app: App, key: str, module_id: str, *, opened: Opened = False) -> ResultHeader:
    """Give the header of one module's results; `opened`: the gates that the person has opened.

    Raises:
        NotFoundError: no such sample or module, or nothing was asked yet.

    """
    sample, module, _ = stored_result(app, key, module_id)
    return _header(app, sample, module, opened=opened)


def result_page(app: App, key: str, module_id: str, query: Query) -> ResultPage:
    """Give a stretch of rows of one module's results.

    Raises:
        FilterError: the filter or the sort names an unknown column, or compares it wrongly.

    """
    return browsing.page(_table(app, key, module_id), query)


def result_row(app: App, key: str, module_id: str, row: int) -> RowDetail:
    """Give everything about one answer: every column, links, and its way from the file.

    Raises:
        DatasetError: the table has no such row.

    """
    sample, module, stored = stored_result(app, key, module_id)
    values = _table(app, key, module_id).row(row)
    manifest = module.sound_manifest()
    evidence = Evidence(values["evidence"])
    made_with = columns_made_with(stored.record, manifest)
    own = browsing.spoken([column for column in made_with if not column.hidden], values)
    hidden = [browsing.cell(c, values) for c in made_with if c.hidden and c.name not in ("gate", "caution")]
    return RowDetail(
        title=_row_title(values),
        evidence=evidence.value,
        evidence_words=evidence.words,
        cells=own,
        technical=[
            *(cell for cell in hidden if cell.text),
            *(browsing.cell(column, values) for column in _common(stored)),
        ],
        lineage=lineage_of(app, sample, module, stored, values),
        gate=str(values.get("gate") or ""),
        caution=str(values.get("caution") or ""),
        variant=variant_of(values),
    )


def export_result(
    app: App,
    key: str,
    module_id: str,
    query: Query,
    *,
    columns: Sequence[str] | None,
    format: str,  # noqa: A002 - the word of the command line
    output: Path,
    about: Sequence[tuple[str, str]] = (),
    progress: browsing.Progress = browsing.unheard,
) -> int:
    """Write exactly what a view shows to a file (csv, tsv, json, parquet, xlsx); gives the rows written.

    `about`: what a workbook says of itself (`exporting.about_result`). What `progress` raises ends the export.

    Raises:
        FilterError: an unknown column.
        InputError: the folder is not there.

    """
    table = _table(app, key, module_id)
    return browsing.export(
        table, query, columns=columns, format=format, output=output, about=about, progress=progress
    )


def gates_of(app: App, key: str, module_id: str) -> tuple[str, bool]:
    """Give what must be agreed to before anything of a module's results is shown, and whether single rows ask too.

    Raises:
        NotFoundError: no such sample or module, or nothing was asked yet.

    """
    _, module, stored = stored_result(app, key, module_id)
    gated = any(column.name == GATE for column in result_columns(module, stored))
    return module.sound_manifest().gate, gated


def closed_rows(app: App, key: str, module_id: str) -> int:
    """Count the rows of a module's results that ask before they are shown, whatever they say.

    Raises:
        NotFoundError: no such sample or module, or nothing was asked yet.

    """
    if not gates_of(app, key, module_id)[1]:
        return 0
    behind = Condition(column=GATE, op=Operator.NOT_EMPTY)
    return result_page(app, key, module_id, Query(where=behind, limit=0)).matched


def smart_where(app: App, module_id: str, names: Sequence[str]) -> Filter | None:
    """Give a module's smart filters of these names as one filter; None: none is named.

    Raises:
        NotFoundError: the module is not usable.
        FilterError: it has no filter of such a name.

    """
    modules = usable_modules(app.layout)
    if module_id not in modules:
        raise NotFoundError(f"No usable module {module_id!r} is installed.", hint=f"Installed: {', '.join(modules)}")
    known = {one.name: one.where for one in modules[module_id].sound_manifest().filters}
    for name in names:
        if name not in known:
            raise FilterError(
                f"{module_id} has no filter {name!r}.", hint=f"It has: {', '.join(known) or 'none of its own'}."
            )
    return All.model_validate({"and": [known[name] for name in names]}) if names else None


def parse_where(text: str) -> Filter:
    """Parse a filter as a person types it.

    Raises:
        FilterError: it does not parse; says where.

    """
    from genoteca.engine.results import parse_where as parse

    return parse(text)


def refuse_column(name: str, columns: Sequence[str]) -> NoReturn:
    """Say that a table has no such column, and which it has."""
    raise FilterError(f"There is no column {name!r}.", hint=f"Columns: {', '.join(columns)}")


def stored_result(app: App, key: str, module_id: str) -> tuple[Sample, InstalledModule, Stored]:
    """Give a sample, a module, and what the module has stored about it.

    Raises:
        NotFoundError: no such sample or module, or nothing was asked yet.

    """
    sample = read_sample(app.layout, SampleId.parse(key))
    modules = usable_modules(app.layout)
    if module_id not in modules:
        raise NotFoundError(f"No usable module {module_id!r} is installed.", hint=f"Installed: {', '.join(modules)}")
    stored = records.current(app.layout, [module_id, "annotations"], key)
    if stored is None:
        raise NotFoundError(
            f"{module_id} was not asked about {key} yet.", hint=f"Run: genoteca annotate {key} --module {module_id}"
        )
    return sample, modules[module_id], stored


def _table(app: App, key: str, module_id: str) -> ResultTable:
    _, module, stored = stored_result(app, key, module_id)
    return browsing.opened(app, stored, result_columns(module, stored))


def _header(app: App, sample: Sample, module: InstalledModule, *, opened: Opened = False) -> ResultHeader:
    manifest = module.sound_manifest()
    stored = records.current(app.layout, [module.id, "annotations"], sample.id.key)
    own = [column.name for column in _own(module, stored) if not column.hidden]
    columns = result_columns(module, stored)
    usual = [*own, *SHOWN] if manifest.dense else [*SHOWN, *own]
    view = view_of(app, module.id, [column.name for column in columns])
    where = view.filter if view else None
    return ResultHeader(
        sample=sample,
        module=show_module(app, module.id),
        answer=answer_of(app, sample, module, opened=opened),
        columns=columns,
        shown=list(view.columns) if view and view.columns else usual,
        preset=view.title if view else "",
        where=where,
        where_words=filter_words(where, columns) if where else "",
    )


def result_columns(module: InstalledModule, stored: Stored | None) -> list[Column | AnnotationColumn]:
    """Give the columns of a module's answers; lifted ones end with what the lift says."""
    return [*ANNOTATIONS, *_own(module, stored), *_common(stored)[len(ANNOTATIONS) :]]


def _own(module: InstalledModule, stored: Stored | None) -> tuple[AnnotationColumn, ...]:
    """Give the module's own columns of what is stored: those it was made with."""
    manifest = module.sound_manifest()
    return columns_made_with(stored.record, manifest) if stored else manifest.columns


def _common(stored: Stored | None) -> tuple[Column, ...]:
    lifted = stored is not None and "lifted" in stored.record.metadata
    return (*ANNOTATIONS, *LIFTED) if lifted else ANNOTATIONS


def _row_title(values: dict[str, Any]) -> str:
    change = f" {values['ref']}>{values['alt']}" if values.get("alt") else ""
    name = next((str(values[n]) for n in ("trait", "title", "gene", "rsid") if values.get(n)), "")
    place = f"{values['chrom']}:{values['pos']:,}{change}" if values["pos"] else str(values.get("lifted_from") or "")
    return f"{name} · {place}" if name else place
