"""The plain report section of a module that writes none of its own: its counts, and its first answers as findings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from genoteca.actions.gates import without_closed
from genoteca.model.carrying import CARRYING
from genoteca.model.column import GATE, Column, ColumnType
from genoteca.model.evidence import Evidence
from genoteca.model.filter import All, Condition, Filter, Operator
from genoteca.model.report import Citation, ReportFinding

if TYPE_CHECKING:
    from genoteca.sdk.resources import Stored

__all__ = ["TOLD_PLAINLY", "carried_rows", "open_filter", "plain_findings"]

_KINDS = [Evidence.CALLED.value, Evidence.PARTIAL.value]
TOLD_PLAINLY = 50
"""Answers told one by one; how many more there are is said."""

TITLES = ("trait", "title", "named_allele", "gene", "condition")
"""Columns that may head a finding, the first that says something; the effect follows it."""
TEXT = "conclusion"
"""Column with a sentence; only a module that has it is told answer by answer."""
DETAILS = ("gene", "genotype", "named_allele", "strength", "ancestry", "medicines", "caution")
PUBMED = "https://pubmed.ncbi.nlm.nih.gov/{}/"


def open_filter(columns: Sequence[Column], where: Filter, opened: Collection[str]) -> Filter:
    """Leave out of a filter's rows those behind a gate that was not opened; a table without gates stays as it is."""
    return without_closed(where, opened) if any(column.name == GATE for column in columns) else where


def carried_rows(columns: Sequence[Column], opened: Collection[str]) -> Filter:
    """Give the open rows that say something in words of what the file has."""
    says = Condition(column=TEXT, op=Operator.NOT_EMPTY)
    return open_filter(columns, All.model_validate({"and": [CARRYING, says]}), opened)


def plain_findings(
    stored: Stored, columns: Sequence[Column], *, opened: Collection[str], only_opened: bool = False
) -> tuple[list[ReportFinding], int]:
    """Tell the answers about what the file has, and say how many there are in all.

    A module without a column of sentences has none: its numbers and its table speak. `only_opened`: only those
    behind a gate that was opened.
    """
    from genoteca.engine.results.glance import first_rows  # loads DuckDB, which the first page does without

    known = {column.name: column for column in columns}
    if TEXT not in known or not any(stored.record.evidence.get(kind) for kind in _KINDS):
        return [], 0
    where = carried_rows(columns, opened)
    if only_opened:
        behind = Condition(column=GATE, op=Operator.NOT_EMPTY)
        where = All.model_validate({"and": [where, behind]})
    rows, total = first_rows(stored.path, columns, where, TOLD_PLAINLY)
    return [_finding(row, known) for row in rows], total


def _finding(row: Mapping[str, Any], known: Mapping[str, Column]) -> ReportFinding:
    heads = [_cell(known[name], row[name]) for name in TITLES if name in known and row[name]][:1]
    heads += [_cell(known["effect"], row["effect"])] if row.get("effect") else []
    title = " · ".join(heads) or f"{row['chrom']}:{row['pos']}"
    shown = [name for name in DETAILS if name in known and row[name] and _cell(known[name], row[name]) not in title]
    pmids = [one.strip() for one in str(row.get("pmids") or "").split(";")]
    return ReportFinding(
        title=title[:4000],
        text=str(row[TEXT])[:4000],
        details=(" · ".join(f"{known[name].label}: {_cell(known[name], row[name])}" for name in shown)[:4000],)
        if shown
        else (),
        evidence=(Evidence(row["evidence"]),),
        citations=tuple(Citation(text=f"PMID {one}", url=PUBMED.format(one)) for one in pmids if one.isdecimal()),
    )


def _cell(column: Column, value: object) -> str:
    text = str(value)
    return text.replace(";", ", ") if column.type is ColumnType.LIST else text
