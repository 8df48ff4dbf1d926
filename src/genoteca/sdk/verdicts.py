"""The checks that every asset of a module gets: each looks at a table and gives one verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from genoteca.annotate.publish import verify_published
from genoteca.errors import ReferenceDataError
from genoteca.genome.schema import polars_schema
from genoteca.model.column import Column
from genoteca.model.evidence import Evidence
from genoteca.model.record import CheckResult, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from genoteca.annotate.answer import Answer

__all__ = [
    "ENOUGH_COMPARED",
    "SHARE_AGREEING",
    "UNTOLD",
    "as_warning",
    "cardinality",
    "ranges",
    "reference_alleles",
    "rows",
    "schema",
    "sortedness",
    "without_numbers",
]

ENOUGH_COMPARED = 20
"""Sites below which too few REF bases were compared to tell one genome build from another."""

UNTOLD = "Looked at, and not told: it depends on answers that stay closed until you ask."
SHARE_AGREEING = 0.9
"""By chance a quarter of the bases agree; against the right build all but a few do."""


def schema(columns: Sequence[Column], found: pl.Schema, *, more_allowed: bool = False) -> CheckResult:
    """Check that the declared columns are there, in their order and types, and (unless allowed) no others."""
    expected = polars_schema(columns)
    faults = [f"{name} is missing" for name in expected if name not in found]
    faults += [
        f"{name} is {found[name]}, declared {kind}"
        for name, kind in expected.items()
        if found.get(name, kind) != kind
    ]
    if not more_allowed:
        faults += [f"{name} is not declared" for name in found if name not in expected]
    shared = [name for name in found if name in expected]
    if not faults and shared != list(expected):
        faults.append(f"the order is {', '.join(shared)}")
    return _verdict("schema", faults, f"{len(expected)} columns as declared.")


def ranges(columns: Sequence[Column], table: pl.DataFrame | pl.LazyFrame) -> CheckResult:
    """Check every value against the minimum, maximum and list of values that its column declares."""
    found = table.lazy().collect_schema()
    limits = [
        (column, rule) for column in columns if column.name in found for rule in _limits(column, found[column.name])
    ]
    sums = [rule.sum().alias(str(n)) for n, (_, rule) in enumerate(limits)]
    *counts, rows = table.lazy().select(*sums, pl.len().alias("rows")).collect(engine="streaming").row(0)
    broken = [(column, count) for (column, _), count in zip(limits, counts, strict=True) if count]
    faults = [f"{column.name}: {count} rows outside {_range(column)}" for column, count in broken]
    return _verdict("ranges", faults, f"{len(limits)} limits kept by {rows} rows.")


def as_warning(verdict: CheckResult) -> CheckResult:
    """Give a verdict that is shown beside its table, and stops nothing."""
    return verdict.model_copy(update={"severity": Severity.WARN})


def reference_alleles(answer: Answer) -> CheckResult:
    """Check that the sample's REF bases are the module's: if not, one of them is of another genome build."""
    told = f"{answer.agreeing} of {answer.compared} compared reference bases agree with the module's"
    if answer.compared < ENOUGH_COMPARED:
        told += f"; fewer than {ENOUGH_COMPARED} do not tell"
        return CheckResult(name="reference_alleles", passed=True, description=f"{told}.", evaluated=False)
    passed = answer.agreeing >= SHARE_AGREEING * answer.compared
    return CheckResult(name="reference_alleles", passed=passed, description=f"{told}.")


def without_numbers(verdict: CheckResult) -> CheckResult:
    """Give a verdict that was passed as one that is not told: of a table with gates it would tell of closed rows.

    Not its numbers alone: also whether enough could be compared depends on them.
    """
    if not verdict.passed:
        return verdict
    return verdict.model_copy(update={"description": UNTOLD, "evaluated": False})


def cardinality(answer: Answer, *, dense: bool) -> CheckResult:
    """Check that no answer was lost or doubled: one row per site, as many as counted; dense: every site counted."""
    counts = answer.scan().group_by("evidence").len().collect(engine="streaming")
    written = {str(name): count for name, count in counts.iter_rows()}
    faults = []
    # A region has a row for every variant carried in it; a site has one.
    if doubled := _doubled(answer.scan().select(["site"] if dense else ["site", "row"])):
        faults.append(f"{doubled} rows answer a site that another row answers")
    for name in sorted(written.keys() | answer.evidence.keys()):
        rows_of, counted = written.get(name, 0), answer.evidence.get(name, 0)
        # Of sites that are not covered, only those that must always be shown have a row.
        if rows_of > counted or (rows_of < counted and name != Evidence.NOT_COVERED):
            faults.append(f"{name}: {counted} sites counted, {rows_of} rows written")
    total = sum(answer.evidence.values())
    if dense and total != answer.sites:
        faults.append(f"{answer.sites} sites, but {total} counted under an evidence")
    return _verdict("cardinality", faults, f"{sum(written.values())} rows for {total} answers.")


def rows(count: int) -> CheckResult:
    """Check that a reference is not empty."""
    return _verdict("rows", [] if count else ["the reference is empty"], f"{count} rows.")


def sortedness(path: Path, verify: Callable[[Path], None] = verify_published) -> CheckResult:
    """Check that a published reference is sorted as it claims: joins lose matches silently when it is not."""
    try:
        verify(path)
    except ReferenceDataError as error:
        return CheckResult(name="sorted", passed=False, description=error.message)
    return CheckResult(name="sorted", passed=True, description="Sorted, every row looked at.")


def _doubled(answers: pl.LazyFrame) -> int:
    """Count the rows that are the same as another; where each is above the one before it, none is."""
    table = answers.collect(engine="streaming")
    number = pl.col("site").cast(pl.UInt64)
    if "row" in table.columns:
        number = number * (1 << 32) + pl.col("row")
    if table.select((number > number.shift()).slice(1).all(ignore_nulls=False)).item():
        return 0
    return len(table) - table.select(pl.struct(pl.all())).n_unique()


def _limits(column: Column, stored: pl.DataType) -> Iterable[pl.Expr]:
    """Give what breaks a limit; a type that has no other values needs no look."""
    cell = pl.col(column.name)
    if column.minimum is not None and not (stored.is_unsigned_integer() and column.minimum <= 0):
        yield cell < column.minimum
    if column.maximum is not None:
        yield cell > column.maximum
    if column.values and stored != pl.Enum([str(value) for value in column.values]):
        yield ~cell.cast(pl.String).is_in(list(column.values))


def _range(column: Column) -> str:
    if column.values:
        return f"the values {', '.join(column.values)}"
    return " and ".join(
        f"{word} {limit:g}"
        for word, limit in (("at least", column.minimum), ("at most", column.maximum))
        if limit is not None
    )


def _verdict(name: str, faults: list[str], good: str) -> CheckResult:
    return CheckResult(name=name, passed=not faults, description=good if not faults else f"{'; '.join(faults)}.")
