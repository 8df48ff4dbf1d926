"""What stands behind the gates of an answer, counted apart: no number tells of a row before the person opens it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from genoteca.model.column import GATE, Column
from genoteca.model.run import SAMPLE
from genoteca.sdk.made_with import columns_made_with

if TYPE_CHECKING:
    import polars as pl

    from genoteca.model.module import ModuleManifest
    from genoteca.model.record import CheckResult, Record

__all__ = [
    "CLOSED",
    "GATES",
    "Closed",
    "Counts",
    "Gates",
    "closed_in",
    "closed_rows_of",
    "closed_told",
    "counted_apart",
    "counts_in",
    "gates_of",
    "gates_told",
    "is_gated",
    "without",
    "without_figures",
]

CLOSED = "closed"
"""Key of a record's metadata under which the rows behind each gate are counted; absent: the table has no gates."""


GATES = "gates"
"""Key of a record's metadata under which stands what of a module's answers asks before it is shown (`Gates`)."""
HARMLESS = frozenset({"schema", "freshness", "built_on", "match_rate"})
"""Checks that speak of columns, releases and other checks, and of no row; `match_rate` of none that is closed."""
TOTALS = frozenset({"ranges", "cardinality"})
"""Checks that, where they were passed, name no number but that of all rows that were looked up."""
WITHHELD = "Looked at; its figures stay closed until you ask."


class Gates(StrEnum):
    """What of an answer asks before it is shown."""

    NONE = "none"
    ROWS = "rows"
    """Single rows of it."""
    WHOLE = "whole"
    """All of it."""


class Closed(BaseModel):
    """The rows behind one gate."""

    model_config = ConfigDict(extra="forbid")

    rows: int = Field(ge=0)
    filtered: int = Field(ge=0)
    evidence: dict[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """The counts of an answer, or of what is open of it."""

    sites: int | None
    """Sites looked up; None: sparse."""
    evidence: dict[str, int]
    filtered: int
    rows: int


_CLOSED = TypeAdapter(dict[str, Closed])


def is_gated(columns: Sequence[Column]) -> bool:
    """Tell whether single rows of a table may ask before they are shown."""
    return any(column.name == GATE for column in columns)


def gates_of(manifest: ModuleManifest) -> Gates:
    """Tell what of a module's answers asks before it is shown."""
    if manifest.gate:
        return Gates.WHOLE
    return Gates.ROWS if is_gated(manifest.columns) else Gates.NONE


def gates_told(record: Record) -> Gates:
    """Tell what of a stored dataset asks before it is shown; of an answer that does not say, all of it."""
    if record.partition is None or record.asset[0] == SAMPLE:
        return Gates.NONE
    told = record.metadata.get(GATES)
    return Gates(told) if told in list(Gates) else Gates.WHOLE


def without_figures(checks: Iterable[CheckResult], gates: Gates) -> list[CheckResult]:
    """Give the verdicts on an answer so that whoever reads them learns nothing of a closed row."""
    return [one if gates is Gates.NONE else _without_figures(one, gates) for one in checks]


def _without_figures(check: CheckResult, gates: Gates) -> CheckResult:
    if check.name in HARMLESS or not check.evaluated:
        return check
    if check.failed:  # what is wrong, and not of how many
        return check.model_copy(update={"description": re.sub(r"\b\d+\b", "some", check.description)})
    if gates is Gates.ROWS and check.name in TOTALS:
        return check
    if check.name == "reference_alleles":  # whether enough could be compared depends on closed rows
        return check.model_copy(update={"description": WITHHELD, "evaluated": False})
    return check.model_copy(update={"description": WITHHELD})


def counted_apart(table: pl.LazyFrame, columns: Sequence[Column]) -> dict[str, JsonValue]:
    """Give what a record keeps of the rows behind each gate; empty where the table has no gates."""
    if not is_gated(columns):
        return {}
    import polars as pl

    kinds = (
        closed_rows_of(table)
        .group_by(pl.col(GATE).cast(pl.String), pl.col("evidence").cast(pl.String))
        .agg(pl.len().alias("rows"), pl.col("filtered").fill_null(value=False).sum().alias("filtered"))
        .sort(GATE, "evidence")
        .collect()
    )
    found = dict[str, Closed]()
    for gate, evidence, rows, filtered in kinds.iter_rows():
        one = found.setdefault(gate, Closed(rows=0, filtered=0, evidence={}))
        one.rows, one.filtered = one.rows + rows, one.filtered + filtered
        one.evidence[evidence] = rows
    return {CLOSED: _CLOSED.dump_python(found, mode="json")}


def closed_rows_of(table: pl.LazyFrame) -> pl.LazyFrame:
    """Give the rows that stand behind a gate."""
    import polars as pl

    return table.filter(pl.col(GATE).is_not_null() & (pl.col(GATE).cast(pl.String) != ""))


def closed_in(record: Record, manifest: ModuleManifest) -> Mapping[str, Closed] | None:
    """Give the rows behind each gate of a stored answer; None: there are gates, and the record does not count them.

    An answer that an older Genoteca looked up has none of these counts.
    """
    if record.rows and CLOSED not in record.metadata and is_gated(columns_made_with(record, manifest)):
        return None
    return closed_told(record)


def closed_told(record: Record) -> Mapping[str, Closed] | None:
    """Give the rows behind each gate as a record counts them; empty: none; None: it does in words not known here."""
    told = record.metadata.get(CLOSED, {})
    try:
        return _CLOSED.validate_python(told)
    except ValidationError:  # another version of the app counted in other words
        return None


def counts_in(record: Record) -> Counts:
    """Give the counts of a stored answer, rows that stay closed among them."""
    return Counts(sites=record.sites, evidence=dict(record.evidence), filtered=record.filtered, rows=record.rows)


def without(counts: Counts, closed: Iterable[Closed]) -> Counts:
    """Leave rows that stay closed out of the counts: what is left tells nothing of them."""
    sites, evidence, filtered, rows = counts.sites, dict(counts.evidence), counts.filtered, counts.rows
    for one in closed:
        sites = None if sites is None else sites - one.rows
        filtered, rows = filtered - one.filtered, rows - one.rows
        for kind, count in one.evidence.items():
            evidence[kind] = evidence.get(kind, 0) - count
    return Counts(sites=sites, evidence=evidence, filtered=filtered, rows=rows)
