"""Two answers of one module about one genome, laid side by side: which rows are new, gone, or say something else.

Rows are matched by what they are about: the site's alleles, and where several rows are of one allele, the columns
that the module names for it. Both tables are read a stretch of the genome at a time: memory does not grow with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from genoteca.annotate.change_rows import Sheet, class_rows, told_rows
from genoteca.annotate.parquet_table import ParquetTable
from genoteca.genome.schema import CHROM
from genoteca.model.change import COMPARED, IDENTITY, Change, Tally
from genoteca.model.column import ANNOTATIONS, GATE, LIFTED, AnnotationColumn, Column, ColumnType
from genoteca.model.scale import Scale

__all__ = ["Answered", "Compared", "compare_answers", "shared_columns"]

STEP = 1 << 17
"""Rows of both tables together that are held at once."""
UNPLACED = 1 << 62
"""Where sites stand that could not be lifted: behind every chromosome."""
ALLELE = [column.name for column in IDENTITY]

_COMMON = {column.name: column for column in (*ANNOTATIONS, *LIFTED)}


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One answer: its table, and the module's columns that it was made with."""

    path: Path
    columns: Sequence[AnnotationColumn]

    @cached_property
    def schema(self) -> pl.Schema:
        """Types of the table's columns."""
        return pl.scan_parquet(self.path).collect_schema()

    @cached_property
    def places(self) -> pl.Series:
        """Give where each row lies: chromosome and position as one number."""
        chrom = pl.col("chrom").cast(CHROM).to_physical().cast(pl.UInt64)
        place = (chrom * (1 << 32) + pl.col("pos").cast(pl.UInt64)).fill_null(UNPLACED)
        return pl.scan_parquet(self.path).select(place.alias("place")).collect()["place"]

    @cached_property
    def in_order(self) -> bool:
        """Whether the rows lie in the order of the genome; lifted ones may not."""
        return self.places.is_sorted()

    def rows(self, low: int, high: int) -> pl.LazyFrame:
        """Give the rows of a stretch: from `low` up to, and without, `high`."""
        scan = pl.scan_parquet(self.path)
        if self.in_order:
            first, last = (int(self.places.search_sorted(bound, side="left")) for bound in (low, high))
            return scan.slice(first, last - first)
        here = self.places.is_between(low, high, closed="left").arg_true()
        numbered = scan.with_row_index("_number")
        return numbered.filter(pl.col("_number").is_in(here.implode())).drop("_number")


@dataclass(kw_only=True)
class Compared:
    """What came of it."""

    columns: list[Column]
    """Those that were compared, in the order of the values in the table."""
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    closed: dict[str, Tally] = field(default_factory=dict)
    scale: Scale | None = None
    class_label: str = ""

    def take(self, rows: pl.DataFrame) -> None:
        """Count rows of a table of changes: those behind a gate apart."""
        counts = rows.group_by(pl.col("gate").fill_null(""), "carried", "change").len()
        for gate, carried, change, count in counts.iter_rows():
            one = Tally(**{"carried" if carried else "others": {Change(change): count}})
            if gate:
                self.closed[gate] = self.closed.get(gate, Tally()).plus(one)
            else:
                self.tally = self.tally.plus(one)


def compare_answers(
    before: Answered, after: Answered, *, identity: Sequence[str], changes: Path, classes: Path, step: int = STEP
) -> Compared:
    """Write what differs to `changes` (`change_columns` of the columns compared), one row per row that differs.

    Not compared are row and site numbers, and columns that only one of the two has. `identity`: the module's columns
    that tell rows of one allele apart. `classes` gets the rows of `CLASSES` that are kept for good; none where the
    module's classes have no scale. `step`: rows held at once.

    Both tables are of one build, and their rows in any order.
    """
    told = _compared(before, after)
    sheet = Sheet.of(told.columns, identity, told.scale)
    tables = ParquetTable(changes), ParquetTable(classes)
    try:
        for low, high in _stretches(before, after, step):
            was, now = (_read(one, told.columns, low, high) for one in (before, after))
            rows = told_rows(was, now, sheet)
            told.take(rows)
            tables[0].add(rows)
            tables[1].add(class_rows(rows, sheet))
    except BaseException:
        for table in tables:
            table.discard()
        raise
    for table in tables:
        table.close()
    return told


def shared_columns(before: Answered, after: Answered) -> list[Column]:
    """Give the columns that both have and that can be compared: those of every module, then the module's own.

    Among them is what closes single rows, even where only one of them has it: its rows must stay closed in both.
    """
    common = [_COMMON[name] for name in COMPARED]
    own = [column for column in after.columns if column.type is not ColumnType.BYTES]
    if all(column.name != GATE for column in own):
        own += [column for column in before.columns if column.name == GATE]
    return [column for column in (*common, *own) if _kind(before, after, column.name) is not None]


def _compared(before: Answered, after: Answered) -> Compared:
    columns = shared_columns(before, after)
    shared = {column.name for column in columns}
    classes = next((one for one in after.columns if one.scale and one.name in shared), None)
    return Compared(
        columns=columns,
        added=[one.label for one in after.columns if one.name not in shared and one.type is not ColumnType.BYTES],
        removed=[one.label for one in before.columns if one.name not in shared and one.type is not ColumnType.BYTES],
        scale=classes.scale if classes else None,
        class_label=classes.label if classes else "",
    )


def _kind(before: Answered, after: Answered, name: str) -> pl.DataType | None:
    """Give the type in which a column's values are compared; None: one table lacks it, or the types have none."""
    if name == GATE and (name in before.schema or name in after.schema):
        return pl.String()
    if name not in before.schema or name not in after.schema:
        return None
    one, other = before.schema[name], after.schema[name]
    texts = [kind == pl.String or isinstance(kind, pl.Enum | pl.Categorical) for kind in (one, other)]
    if all(texts):
        return pl.String()
    if one == other:
        return one
    if one.is_numeric() and other.is_numeric():
        return pl.Float64() if one.is_float() or other.is_float() else pl.Int64()
    return None


def _stretches(before: Answered, after: Answered, step: int) -> Iterator[tuple[int, int]]:
    """Cut the genome so that no site is cut through, and each piece has about `step` rows."""
    both = pl.concat([before.places, after.places]).sort()
    cuts = both.gather_every(step).unique(maintain_order=True).to_list()
    yield from zip([0, *cuts[1:]], [*cuts[1:], UNPLACED + 1], strict=True)


def _read(side: Answered, columns: Sequence[Column], low: int, high: int) -> pl.DataFrame:
    """Read a stretch: what tells the site, then the compared columns, numbered from `v0`."""
    names = side.schema.names()
    unplaced = pl.col("chrom").is_null() | pl.col("pos").is_null()
    lifted = pl.when(unplaced).then(pl.col("lifted_from").cast(pl.String)) if "lifted_from" in names else pl.lit(None)
    return (
        side.rows(low, high)
        .select(
            pl.col("chrom").cast(pl.String),
            pl.col("pos").cast(pl.UInt32),
            pl.col("ref", "alt").cast(pl.String),
            lifted.cast(pl.String).alias("lifted_from"),
            *(_value(names, column.name).alias(f"v{number}") for number, column in enumerate(columns)),
        )
        .collect()
    )


def _value(names: Sequence[str], name: str) -> pl.Expr:
    return pl.col(name) if name in names else pl.lit(None, pl.String)
