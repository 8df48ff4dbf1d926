"""Stored tables as screens and commands read them: opened, paged, exported, one cell as text."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from genoteca.actions.app import App
from genoteca.actions.views import Cell, Query, ResultPage
from genoteca.engine import records
from genoteca.model.column import AnnotationColumn, Column, ColumnType

if TYPE_CHECKING:
    from genoteca.engine.results import ResultTable
    from genoteca.sdk.resources import Stored

__all__ = ["Progress", "cell", "export", "kept_open", "let_go", "opened", "page", "spoken", "unheard"]

Progress = Callable[[float, str], None]
Table = TypeVar("Table")

OPEN_TABLES = 4
"""Each holds a DuckDB connection; the ones used last are kept."""


def unheard(*_how_far: object) -> None:
    """Hear how far something is, and tell nobody."""


def opened(app: App, stored: Stored, columns: Sequence[Column]) -> ResultTable:
    """Open a stored table, or give it again where it is open.

    Raises:
        DatasetError: it is browsed for the first time, and is not, byte by byte, what was written.

    """
    from genoteca.engine.results import ResultTable  # loads DuckDB, which the first page does without
    from genoteca.engine.results.table import browse_path

    def open_() -> ResultTable:
        if not browse_path(stored.record, app.layout.cache).exists():
            records.verified(stored)
        return ResultTable(stored.path, stored.record, columns, app.layout.cache)

    return kept_open(app.tables, stored.record.sha256, open_, most=OPEN_TABLES)


def kept_open(tables: OrderedDict[str, Table], name: str, open_: Callable[[], Table], *, most: int) -> Table:
    """Give what is open under a name, or open it; of several, those used last are kept.

    Others may let go of them at any moment. Who reads one keeps it; it closes with the last of them.
    """
    table = tables.get(name)
    if table is None:
        table = tables.setdefault(name, open_())
    with suppress(KeyError):  # let go of at this moment
        tables.move_to_end(name)
        while len(tables) > most:
            tables.popitem(last=False)
    return table


def let_go(app: App, stored: Stored) -> None:
    """Close a stored table where it is open, and remove the disposable files that were made of it."""
    table = app.tables.pop(stored.record.sha256, None)
    if table is not None:
        table.close()
    for made in (app.layout.cache / "browse").glob(f"{stored.record.sha256[:32]}*"):
        made.unlink(missing_ok=True)


def page(table: ResultTable, query: Query) -> ResultPage:
    """Give a stretch of rows.

    Raises:
        FilterError: the filter or the sort names an unknown column, or compares it wrongly.

    """
    rows = table.rows(query.where, query.text, query.sort, query.start, query.limit)
    keys = [name for name, column in table.columns.items() if column.type is ColumnType.KEY]
    for row in rows:
        for name in keys:  # 64 bits are more than a browser's number holds
            row[name] = None if row[name] is None else str(row[name])
    return ResultPage(rows=rows, matched=table.matched(query.where, query.text), total=table.total)


def export(
    table: ResultTable,
    query: Query,
    *,
    columns: Sequence[str] | None,
    format: str,  # noqa: A002 - the word of the command line
    output: Path,
    about: Sequence[tuple[str, str]] = (),
    progress: Progress = unheard,
) -> int:
    """Write exactly what a view shows to a file (csv, tsv, json, parquet, xlsx); gives the rows written.

    `about`: what a workbook says of itself. What `progress` raises ends the export.

    Raises:
        FilterError: an unknown column.
        InputError: the folder is not there.

    """
    from genoteca.engine.results import Format
    from genoteca.engine.results.export import write_rows

    return write_rows(
        table,
        output,
        Format(format),
        where=query.where,
        text=query.text,
        sort=query.sort,
        columns=columns,
        about=about,
        progress=progress,
    )


def cell(column: Column | AnnotationColumn, values: Mapping[str, Any]) -> Cell:
    """Give one value of a row as text, with what it means."""
    value = values[column.name]
    link = getattr(column, "link", "")
    return Cell(
        column=column.name,
        label=column.label,
        text=_text(column, value),
        description=column.description if value is not None else column.null or column.description,
        link=link.replace("{}", str(value)) if link and value is not None else "",
        type=column.type,
        number=value if isinstance(value, int | float) and not isinstance(value, bool) else None,
    )


def spoken(columns: Iterable[Column | AnnotationColumn], values: Mapping[str, Any]) -> list[Cell]:
    """Give what an answer says in these columns of its module; an answer that says nothing says why.

    The first column that may be empty says it, in its manifest's own words: a genotype that nobody described has no
    conclusion, which is not to be looked for in vain.
    """
    told = [(column, cell(column, values)) for column in columns]
    first = next((column for column, _ in told if column.null), None)
    return [
        one if one.text else one.model_copy(update={"text": f"{column.null[:1].upper()}{column.null[1:]}"})
        for column, one in told
        if one.text or column is first
    ]


def _text(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.type is ColumnType.FLAG:
        return "yes" if value else "no"
    if column.type is ColumnType.STARS:
        return f"{value} of 4"
    if column.type is ColumnType.POSITION:
        return f"{value:,}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
