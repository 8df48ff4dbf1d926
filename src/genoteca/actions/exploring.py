"""The explorer: one table of a genome's variants with the answers of every module beside them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from genoteca.actions.browsing import Progress, cell, kept_open, spoken, unheard
from genoteca.actions.explore_header import GATHERED, NAMES, explore_header, readable
from genoteca.actions.explore_sources import Sources, drop_explored, known_sources, sources_of
from genoteca.actions.explore_views import (
    ExploreColumn,
    ExploreHeader,
    ExploreJump,
    ExplorePage,
    ExploreQuery,
    ExploreRow,
    ExploreSaying,
)
from genoteca.actions.exporting import Opened, about_modules, ages, export_sample
from genoteca.actions.lineage import read_from
from genoteca.actions.variant_name import variant_of
from genoteca.actions.views import Cell
from genoteca.engine import records
from genoteca.engine.samples import read_sample
from genoteca.errors import DatasetError, InputError, NotFoundError
from genoteca.model.column import GATE, UNSAID, ColumnType
from genoteca.model.counted import counted
from genoteca.model.evidence import Evidence
from genoteca.model.export import ExportReport
from genoteca.model.filter import Filter

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.engine.results.explore import Closed, View, WideTable

__all__ = [
    "count_explored",
    "explore_page",
    "explore_row",
    "export_explored",
    "export_explored_vcf",
    "jump_to",
    "prepare_explorer",
    "show_explorer",
    "values_explored",
]

OPEN_TABLES = 2
"""Each holds a DuckDB connection; the ones used last are kept."""


def show_explorer(app: App, key: str, opened: Opened) -> ExploreHeader:
    """Give the head of a genome's table.

    Raises:
        NotFoundError: no such sample.
        InputError: its file was not read.

    """
    from genoteca.engine.results.explore import is_built

    sources = sources_of(app, key)
    header = explore_header(app, sources, opened, ready=is_built(sources.folder))
    return _with_silent(app, key, header, opened) if header.ready else header


def prepare_explorer(app: App, key: str, progress: Progress = unheard) -> None:
    """Make a genome's table, in a process of its own, where it is not there; what `progress` raises ends it.

    Raises:
        NotFoundError: no such sample.
        DatasetError: it could not be made, or a file that it is made of is not, byte by byte, what was written.

    """
    from genoteca.engine.results.explore import build_wide, is_built

    sources = sources_of(app, key)
    if not is_built(sources.folder):
        for stored in (sources.variants, *(stored for _, stored in sources.modules)):
            records.verified(stored)
        build_wide(app.settings, sources.spec(), sources.folder, progress)
    _opened(app, sources)
    try:
        read_sample(app.layout, sources.sample.id)
    except NotFoundError:  # it was deleted meanwhile: nothing of it stays
        drop_explored(app, key)
        raise


def explore_page(app: App, key: str, query: ExploreQuery, opened: Opened) -> ExplorePage:
    """Give a stretch of rows.

    Raises:
        FilterError: the filter or the sort names an unknown column, or compares it wrongly.
        DatasetError: the table is not there yet.

    """
    asked = _asked(app, key, query, opened)
    table, view = asked.table, asked.view
    matched, beside = table.matched(view)
    if query.unfolded is not None:
        return _gathered(asked, query, matched, beside)
    limit = matched if query.limit is None else query.limit
    rows = _plain(asked, table.numbers(view, query.start, limit), query.columns)
    everything, _ = table.matched(replace(view, where=None, text=""))
    return ExplorePage(rows=rows, matched=matched, beside=beside, total=everything)


def _gathered(asked: _Asked, query: ExploreQuery, matched: int, beside: int) -> ExplorePage:
    from genoteca.engine.results.explore import genes_of

    genes = genes_of(asked.table, asked.view)
    unfolded = frozenset(query.unfolded or ())
    lines = genes.lines(asked.table, asked.view, unfolded, query.start, query.limit or 0)
    rows = iter(_plain(asked, [line.number for line in lines if line.number is not None], query.columns))
    told = [
        {"_gene": line.gene.name, "_rows": line.gene.rows, "_unfolded": line.gene.name in unfolded}
        if line.number is None
        else next(rows)
        for line in lines
    ]
    return ExplorePage(
        rows=told,
        matched=genes.length(unfolded),
        beside=beside,
        total=matched,
        genes=len(genes.genes),
    )


def count_explored(app: App, key: str, where: Filter, query: ExploreQuery, opened: Opened) -> int:
    """Count the rows of which a filter alone holds.

    Raises:
        FilterError: it names an unknown column, or compares one wrongly.

    """
    asked = _asked(app, key, query, opened)
    return asked.table.count(where, asked.view)


def values_explored(app: App, key: str, column: str, query: ExploreQuery, opened: Opened) -> list[tuple[str, int]]:
    """Give the values of a column in a view with their counts, the commonest first; empty: there are too many.

    Raises:
        FilterError: an unknown column.

    """
    from genoteca.engine.results.explore import values_of

    asked = _asked(app, key, query, opened)
    return values_of(asked.table, asked.view, column)


def jump_to(app: App, key: str, wanted: str, query: ExploreQuery, opened: Opened) -> ExploreJump:
    """Find a gene, an rsID, a place or a variant in a view."""
    from genoteca.engine.results.explore import jump

    asked = _asked(app, key, query, opened)
    found = jump(asked.table, asked.view, wanted)
    return ExploreJump(kind=found.kind, words=found.words, index=found.index, found=found.found, where=found.where)


def explore_row(app: App, key: str, number: int, opened: Opened) -> ExploreRow:
    """Give everything about one row.

    Raises:
        DatasetError: the table has no such row.

    """
    asked = _asked(app, key, ExploreQuery(), opened)
    table = asked.table
    if not 0 <= number < table.about.total:
        raise DatasetError(f"The table has {table.about.total} rows; there is no row {number}.")
    (values,) = _plain(asked, [number], [])
    header = explore_header(app, asked.sources, opened, ready=True)
    unsaid = values.get("_unsaid") or []
    sayings = []
    for module in header.modules:
        names = table.about.names[module.id]
        evidence = values[names["evidence"]]
        own = [one for one in header.columns if one.module == module.id and one.own not in (GATE, "evidence")]
        cells, technical = _apart(own, values)
        if evidence or module.gate or module.id in unsaid:
            sayings.append(
                ExploreSaying(
                    module=module.id,
                    title=module.title,
                    icon=module.icon,
                    evidence=Evidence(evidence) if evidence else None,
                    gate=module.gate,
                    unsaid=module.id in unsaid,
                    cells=[] if module.gate or not evidence else cells,
                    technical=[] if module.gate or not evidence else technical,
                )
            )
    own = [one for one in header.columns if not one.module and one.own not in NAMES]
    cells, technical = _apart(own, values)
    return ExploreRow(
        title=_title(values),
        name=" · ".join(str(values[one]) for one in ("gene", "rsid") if values.get(one)),
        variant=variant_of(values),
        kind=values["row_kind"],
        cells=cells,
        technical=technical,
        sayings=sayings,
        lineage=[read_from(app, asked.sources.sample, values)],
    )


def export_explored(
    app: App,
    key: str,
    query: ExploreQuery,
    opened: Opened,
    *,
    format: str,  # noqa: A002 - the word of the command line
    output: Path,
    progress: Progress = unheard,
) -> int:
    """Write exactly what a view shows to a file (csv, tsv, json, parquet, xlsx); gives the rows written.

    What is closed is empty. What `progress` raises ends the export.

    Raises:
        FilterError: an unknown column.
        InputError: the folder is not there.

    """
    from genoteca.engine.results import Format
    from genoteca.engine.results.explore import Shown
    from genoteca.engine.results.export import write_rows

    asked = _asked(app, key, query, opened)
    told = asked.sources.told(asked.closed)
    about = about_modules(asked.sources.sample, told, {module.id: opened.get(module.id, ()) for module, _ in told})
    about += [("Not up to date", words) for words in ages(app, asked.sources.sample, told)]
    return write_rows(
        Shown(asked.table, asked.view),
        output,
        Format(format),
        where=query.where,
        text=query.text,
        sort=query.sort,
        columns=query.columns or None,
        about=about,
        progress=progress,
    )


def export_explored_vcf(
    app: App, key: str, query: ExploreQuery, opened: Opened, *, output: Path, progress: Progress = unheard
) -> ExportReport:
    """Write the file's own records of which rows are shown, each once and whole, with every open answer in INFO.

    Its notes say which rows have no record: a VCF cannot hold them.

    Raises:
        FilterError: an unknown column.
        InputError: no record is shown, the genome is a chip's, or every module stays closed.
        GenomeFileError: the genome file is gone or was changed.

    """
    asked = _asked(app, key, query, opened)
    lines, without = asked.table.records(asked.view)
    if not len(lines):
        raise InputError(
            "None of the rows that are shown is of a record of the file.",
            title="There is nothing for a VCF",
            hint="Loosen the filters, or export a table.",
        )
    modules = [module for module, _ in asked.sources.told(asked.closed)]
    open_of = {module.id: opened.get(module.id, ()) for module in modules}
    names = [module.id for module in modules]
    report = export_sample(
        app, key, names, format="vcf", output=output, opened=open_of, lines=lines, progress=progress
    )
    silent = [f"{counted(without, 'row')} without a record of the file: not in a VCF."] if without else []
    return report.model_copy(update={"notes": [*report.notes, *silent]})


def _with_silent(app: App, key: str, header: ExploreHeader, opened: Opened) -> ExploreHeader:
    """Mark the gathered columns in which not one row about a variant says anything."""
    try:
        asked = _asked(app, key, ExploreQuery(), opened)
    except DatasetError:  # the copy is damaged, and gone now: it is made again
        return header.model_copy(update={"ready": False})
    names = [name for name in GATHERED if name in asked.table.columns]
    silent = {name for name in names if not asked.table.says(asked.view, name)}
    said_nothing = {"silent": True}
    columns = [one.model_copy(update=said_nothing) if one.column.name in silent else one for one in header.columns]
    return header.model_copy(update={"columns": columns})


class _Asked(NamedTuple):
    sources: Sources
    table: WideTable
    view: View
    closed: Closed


def _asked(app: App, key: str, query: ExploreQuery, opened: Opened) -> _Asked:
    from genoteca.engine.results.explore import View

    sources = known_sources(app, key)
    closed = sources.closed(opened)
    view = View(where=query.where, text=query.text, sort=tuple(query.sort), sites=query.sites, closed=closed)
    return _Asked(sources, _opened(app, sources), view, closed)


def _opened(app: App, sources: Sources) -> WideTable:
    from genoteca.engine.results.explore import WideTable, is_built

    def open_() -> WideTable:
        if not is_built(sources.folder):
            raise DatasetError(
                f"The table of {sources.sample.id.key} is not there: something was read or looked up since.",
                title="The table must be made again",
                hint="Reload the page.",
            )
        try:
            table = WideTable(sources.folder)
        except DatasetError:
            shutil.rmtree(sources.folder, ignore_errors=True)  # it is a copy: it is made again
            raise
        sources.folder.parent.touch()  # looked at last: it stays in the cache
        return table

    return kept_open(app.explored, str(sources.folder), open_, most=OPEN_TABLES)


def _plain(asked: _Asked, numbers: Sequence[int], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Give rows as a browser takes them."""
    names = list(columns) or list(asked.table.columns)
    rows = asked.table.rows(numbers, names, asked.closed)
    for name in names:
        column = asked.table.columns[name]
        if column.type is ColumnType.KEY:  # 64 bits are more than a browser's number holds
            for row in rows:
                row[name] = None if row[name] is None else str(row[name])
    return rows


def _apart(columns: Sequence[ExploreColumn], values: Mapping[str, Any]) -> tuple[list[Cell], list[Cell]]:
    """Give what a row says in these columns: what a person reads, then what is there for researchers."""
    own = [
        one.column.model_copy(
            update={"label": one.label, "null": one.column.null if one.module and one.column.null != UNSAID else ""}
        )
        for one in columns
    ]
    read = [column for one, column in zip(columns, own, strict=True) if readable(one)]
    aside = (cell(column, values) for one, column in zip(columns, own, strict=True) if not readable(one))
    return spoken(read, values), [one for one in aside if one.text]


def _title(values: Mapping[str, Any]) -> str:
    change = f" {values['ref'] or '?'}>{values['alt']}" if values["alt"] else ""
    return f"{values['chrom']}:{values['pos']:,}{change}" if values["pos"] else "A site without a place"
