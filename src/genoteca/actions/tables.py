"""The tables that reading a genome makes: its structural variants, its variants, its coverage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from genoteca.actions import browsing
from genoteca.actions.app import App
from genoteca.actions.exporting import NOT_ADVICE
from genoteca.actions.lineage import read_from
from genoteca.actions.variant_name import variant_of
from genoteca.actions.views import Query, RecordDetail, ResultPage, TableHeader
from genoteca.engine import records
from genoteca.engine.samples import read_sample
from genoteca.errors import NotFoundError
from genoteca.model.column import COVERAGE, STRUCTURAL, VARIANTS, Column
from genoteca.model.sample import Sample, SampleId

if TYPE_CHECKING:
    from genoteca.engine.results import ResultTable
    from genoteca.sdk.resources import Stored

__all__ = ["SAMPLE_TABLES", "export_table", "show_table", "table_page", "table_row"]


class _Kind(NamedTuple):
    title: str
    about: str
    columns: tuple[Column, ...]
    shown: tuple[str, ...]


SAMPLE_TABLES: dict[str, _Kind] = {
    "structural": _Kind(
        "Structural variants",
        "Large changes that your file names by a word or by their ends: missing (DEL), doubled (DUP), inserted "
        "(INS), turned around (INV), another number of copies (CNV), two places joined (BND). They are shown as the "
        "file has them, carried or not; no module draws a conclusion from them.",
        STRUCTURAL,
        ("chrom", "start", "end", "type", "length", "genotype", "dosage", "copy_number", "zygosity", "filter"),
    ),
    "variants": _Kind(
        "Variants",
        "Every difference from the reference that your file spells out, one row per alternative allele.",
        VARIANTS,
        ("chrom", "pos", "id", "ref", "alt", "genotype", "zygosity", "depth", "genotype_quality", "filter"),
    ),
    "coverage": _Kind(
        "Coverage",
        "Where your file says that nothing differs, and where it could not tell.",
        COVERAGE,
        ("chrom", "start", "end", "evidence", "depth", "genotype_quality", "filter"),
    ),
}


def show_table(app: App, key: str, table: str) -> TableHeader:
    """Give the head of one of a sample's own tables.

    Raises:
        NotFoundError: no such sample or table, or it was not read yet.

    """
    sample, kind, stored = _stored(app, key, table)
    return TableHeader(
        sample=sample,
        table=table,
        title=kind.title,
        about=kind.about,
        columns=list(kind.columns),
        shown=list(kind.shown),
        rows=stored.record.rows,
        when=stored.record.created,
    )


def table_page(app: App, key: str, table: str, query: Query) -> ResultPage:
    """Give a stretch of rows of one of a sample's own tables.

    Raises:
        FilterError: the filter or the sort names an unknown column, or compares it wrongly.

    """
    return browsing.page(_table(app, key, table), query)


def table_row(app: App, key: str, table: str, row: int) -> RecordDetail:
    """Give everything about one row, with its way back to the file.

    Raises:
        DatasetError: the table has no such row.

    """
    sample, kind, _ = _stored(app, key, table)
    values = _table(app, key, table).row(row)
    return RecordDetail(
        title=_row_title(values),
        cells=[browsing.cell(column, values) for column in kind.columns],
        lineage=[read_from(app, sample, values)],
        variant=variant_of(values) if table == "variants" else "",
    )


def export_table(
    app: App,
    key: str,
    table: str,
    query: Query,
    *,
    columns: Sequence[str] | None,
    format: str,  # noqa: A002 - the word of the command line
    output: Path,
    progress: browsing.Progress = browsing.unheard,
) -> int:
    """Write exactly what a view shows to a file (csv, tsv, json, parquet, xlsx); gives the rows written.

    What `progress` raises ends the export.

    Raises:
        FilterError: an unknown column.
        InputError: the folder is not there.

    """
    sample, kind, stored = _stored(app, key, table)
    about = [
        ("Sample", f"{sample.user_name} / {sample.sample_name} ({key})"),
        ("Source file", sample.source.name),
        ("Genome build", f"{sample.build}"),
        ("Table", f"{kind.title}. {kind.about}"),
        ("Read", stored.record.created.date().isoformat()),
        ("Not medical advice", NOT_ADVICE),
    ]
    opened = _table(app, key, table)
    return browsing.export(
        opened, query, columns=columns, format=format, output=output, about=about, progress=progress
    )


def _stored(app: App, key: str, table: str) -> tuple[Sample, _Kind, Stored]:
    sample = read_sample(app.layout, SampleId.parse(key))
    if table not in SAMPLE_TABLES:
        raise NotFoundError(f"A genome has no table {table!r}.", hint=f"Tables: {', '.join(SAMPLE_TABLES)}")
    stored = records.current(app.layout, ["sample", table], key)
    if stored is None:
        raise NotFoundError(
            f"There is no table {table} of {key} yet.",
            hint="An older version read it without this table: delete the genome and add it again.",
        )
    return sample, SAMPLE_TABLES[table], stored


def _table(app: App, key: str, table: str) -> ResultTable:
    _, kind, stored = _stored(app, key, table)
    return browsing.opened(app, stored, kind.columns)


def _row_title(values: dict[str, Any]) -> str:
    first = values["pos"] if "pos" in values else values["start"]
    last = values.get("end", first)
    place = f"{values['chrom']}:{first:,}" + (f"–{last:,}" if last != first else "")
    return f"{values['type']} · {place}" if "type" in values else place
