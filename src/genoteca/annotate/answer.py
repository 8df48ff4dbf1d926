"""What a module answers for one sample: its table, and the counts that are its denominator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl
from pydantic import JsonValue

from genoteca.annotate.agreement import Agreement
from genoteca.annotate.parquet_table import ROWS_A_GROUP, ParquetTable
from genoteca.errors import DatasetError
from genoteca.genome.schema import polars_schema
from genoteca.model.column import ANNOTATIONS, Column
from genoteca.model.evidence import Evidence

__all__ = ["Answer", "answer_of", "made_answer", "shaped"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One module's answer for one sample."""

    table: pl.DataFrame | Path
    """The columns of `model.column.ANNOTATIONS`, then the module's; one row per answered site. A large one is a
    Parquet file in the run's scratch folder."""
    sites: int | None
    """Sites looked up; None: a sparse module, where no row means looked up and absent."""
    evidence: dict[str, int]
    """How many sites stand under which evidence, every evidence named; sparse: of the rows."""
    filtered: int
    """Rows whose answer is marked: a call, an asserted reference or a no-call."""
    compared: int
    """REF bases of records that stand at the position of a module's site."""
    agreeing: int
    """How many of them are the module's; a build taken for another shows here. Sparse: changes of one base, once per
    position. Of an array, which has no REF: calls at the module's single-base sites, and how many have alleles
    the module knows; sparse: not compared, 0 of 0."""
    unusable: dict[str, int] = field(default_factory=dict)
    """Calls that cannot be used, by reason: those that answer as no call (of an array, of another reference base than
    the module's, of sites known by their rsID only), or of which the reference has no data."""
    untestable: str = ""
    """Why the sample cannot be tested after all, in a sentence; empty: it can."""
    told: dict[str, JsonValue] = field(default_factory=dict)
    """What the module wants its record to keep beside the counts; never a genotype."""

    def frame(self) -> pl.DataFrame:
        """Give the whole table in memory, however large it is."""
        return pl.read_parquet(self.table) if isinstance(self.table, Path) else self.table

    def scan(self) -> pl.LazyFrame:
        """Give the table as a query."""
        return pl.scan_parquet(self.table) if isinstance(self.table, Path) else self.table.lazy()

    def parts(self) -> Iterator[pl.DataFrame]:
        """Give the rows in their order, some at a time; without any row, one empty part."""
        if isinstance(self.table, pl.DataFrame):
            yield self.table
            return
        scan, offset = pl.scan_parquet(self.table), 0
        while len(part := scan.slice(offset, ROWS_A_GROUP).collect()) or not offset:
            yield part
            offset += ROWS_A_GROUP

    def changed(self, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Answer:
        """Give the answer with its rows changed, each by itself: `change` gets some of them at a time."""
        if isinstance(self.table, pl.DataFrame):
            return replace(self, table=change(self.table))
        target = self.table.with_name(f"{self.table.stem}-changed.parquet")
        table = ParquetTable(target)
        for part in self.parts():
            table.add(change(part))
        table.close()
        return replace(self, table=target)


def shaped(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Give the annotation columns and then the module's, in their declared order and types.

    Raises:
        DatasetError: a cell does not fit the type that the manifest declares.

    """
    schema = polars_schema((*ANNOTATIONS, *columns))
    try:
        return frame.select(pl.col(name).cast(kind) for name, kind in schema.items())
    except pl.exceptions.InvalidOperationError as error:
        raise DatasetError(f"A column of the reference does not fit the manifest: {error}") from error


def made_answer(
    table: pl.DataFrame | Path,
    *,
    promised: int,
    written: int,
    evidence: Mapping[str, int],
    filtered: int,
    sites: int | None,
    agreement: Agreement | None,
    unusable: Mapping[str, int],
    untestable: str = "",
) -> Answer:
    """Hold an answer to its promise; `evidence`: how many sites stand under which.

    Raises:
        DatasetError: the table has not the promised number of rows.

    """
    if written != promised:
        raise DatasetError(f"{promised} rows were promised, the join gave {written}.")
    return Answer(
        table=table,
        sites=sites,
        evidence={kind.value: evidence.get(kind.value, 0) for kind in Evidence},
        filtered=filtered,
        compared=agreement.compared if agreement else 0,
        agreeing=agreement.agreeing if agreement else 0,
        unusable=dict(unusable),
        untestable=untestable,
    )


def answer_of(
    table: pl.DataFrame,
    *,
    promised: int,
    evidence: pl.Series,
    sites: int | None,
    agreement: Agreement | None,
    unusable: Mapping[str, int],
    untestable: str = "",
) -> Answer:
    """Count an answer that is held in memory, and hold it to its promise.

    Raises:
        DatasetError: the table has not the promised number of rows.

    """
    return made_answer(
        table,
        promised=promised,
        written=len(table),
        evidence=dict(evidence.cast(pl.String).value_counts().iter_rows()),
        filtered=int(table["filtered"].sum()),
        sites=sites,
        agreement=agreement,
        unusable=unusable,
        untestable=untestable,
    )
