"""How the declared columns are stored: one Polars type per column."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from genoteca.model.build import CHROMOSOMES
from genoteca.model.column import Column, ColumnType
from genoteca.model.evidence import Evidence, Match

__all__ = ["CHROM", "EVIDENCE", "MATCH", "polars_schema"]

CHROM = pl.Enum(CHROMOSOMES)
"""Chromosomes in the order of their rank: physical value = rank - 1."""

EVIDENCE = pl.Enum([evidence.value for evidence in Evidence])
"""Evidence in the order in which it wins."""

MATCH = pl.Enum([match.value for match in Match])
"""What an answer was matched by."""

_NAMED: dict[str, pl.DataType] = {"chrom": CHROM, "evidence": EVIDENCE, "match": MATCH}

_STORED: dict[ColumnType, pl.DataType] = {
    ColumnType.TEXT: pl.String(),
    ColumnType.CATEGORY: pl.String(),
    ColumnType.LIST: pl.String(),
    ColumnType.LINK: pl.String(),
    ColumnType.INTEGER: pl.Int64(),
    ColumnType.POSITION: pl.UInt32(),
    ColumnType.COUNT: pl.UInt32(),
    ColumnType.KEY: pl.UInt64(),
    ColumnType.NUMBER: pl.Float64(),
    ColumnType.FREQUENCY: pl.Float64(),
    ColumnType.FLAG: pl.Boolean(),
    ColumnType.STARS: pl.UInt8(),
    ColumnType.BYTES: pl.Binary(),
}


def polars_schema(columns: Iterable[Column]) -> pl.Schema:
    """Give the schema in which these columns are stored, in their order.

    A category with a closed list of values is an Enum of them; an open one is text.
    """
    return pl.Schema({column.name: _stored(column) for column in columns})


def _stored(column: Column) -> pl.DataType:
    if column.type is not ColumnType.CATEGORY:
        return _STORED[column.type]
    if column.name in _NAMED:
        return _NAMED[column.name]
    return pl.Enum([str(value) for value in column.values]) if column.values else pl.String()
