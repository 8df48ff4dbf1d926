"""What a module answers for one sample: its table, and the counts that are its denominator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from genoteca.annotate.agreement import Agreement
from genoteca.errors import DatasetError
from genoteca.genome.schema import polars_schema
from genoteca.model.column import ANNOTATIONS, Column
from genoteca.model.evidence import Evidence

__all__ = ["Answer", "answer_of", "shaped"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One module's answer for one sample."""

    table: pl.DataFrame
    """The columns of `model.column.ANNOTATIONS`, then the module's; one row per answered site."""
    sites: int | None
    """Sites looked up; None: a sparse module, where no row means looked up and absent."""
    evidence: dict[str, int]
    """How many sites stand under which evidence, every evidence named; sparse: of the rows."""
    filtered: int
    """Rows whose answer is marked: a call, an asserted reference or a no-call."""
    compared: int
    """REF bases of records that stand at the position of a module's site."""
    agreeing: int
    """How many of them are the module's; a build taken for another shows here. Sparse: not compared, 0 of 0. Of an
    array, which has no REF: calls at the module's single-base sites, and how many have alleles the module knows."""
    unusable: dict[str, int] = field(default_factory=dict)
    """Calls that cannot be used, by reason: those that answer as no call (of an array, of another reference base than
    the module's, of sites known by their rsID only), or of which the reference has no data."""
    untestable: str = ""
    """Why the sample cannot be tested after all, in a sentence; empty: it can."""


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
    """Count an answer and hold it to its promise.

    Raises:
        DatasetError: the table has not the promised number of rows.

    """
    if len(table) != promised:
        raise DatasetError(f"{promised} rows were promised, the join gave {len(table)}.")
    counts = dict(evidence.cast(pl.String).value_counts().iter_rows())
    return Answer(
        table=table,
        sites=sites,
        evidence={kind.value: counts.get(kind.value, 0) for kind in Evidence},
        filtered=int(table["filtered"].sum()),
        compared=agreement.compared if agreement else 0,
        agreeing=agreement.agreeing if agreement else 0,
        unusable=dict(unusable),
        untestable=untestable,
    )
