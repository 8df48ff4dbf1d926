"""Rows of one site and genotype: alike ones are one; where they differ, all are told and the row is marked."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from genoteca.store.just_dna.formats import FLAGS, NUMBERS
from genoteca.store.just_dna.sieve import NUMBER

__all__ = ["folded"]

KEY = ("site", "genotype")
CONFLICTING = "conflicting"
"""Stands for a state or a direction of which the rows differ."""
ONE_WORD = ("state", "direction", "clin_sig", "stat_significance", "priority")


def folded(rows: pl.DataFrame, content: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give one row per site and genotype, and the rows that say nothing another does not.

    Where several rows differ, `contradicts` says so; a text column tells all of its values, a number none, and the
    conclusion every row's own.
    """
    identity = [*KEY, *content]
    first = rows.with_columns(_first=pl.struct(identity).is_first_distinct())
    repeated = first.filter(~pl.col("_first")).drop("_first")
    distinct = first.filter("_first").select(NUMBER, *identity)
    alone = pl.len().over(KEY) == 1
    single = distinct.filter(alone).with_columns(contradicts=pl.lit(None, pl.String))
    several = distinct.filter(~alone)
    merged = [_merged(group, content) for group in several.partition_by(KEY, maintain_order=True)]
    whole = pl.concat([single.drop(NUMBER), *merged]) if merged else single.drop(NUMBER)
    return whole, repeated


def _merged(group: pl.DataFrame, content: Sequence[str]) -> pl.DataFrame:
    count = len(group)
    cells = {name: _cell(group[name]) for name in content}
    for name in ONE_WORD:
        if name in cells and group[name].n_unique() > 1:
            cells[name] = CONFLICTING
    told = [_told(number, row) for number, row in enumerate(group.iter_rows(named=True), start=1)]
    if "conclusion" in cells:
        cells["conclusion"] = f"The module has {count} rows for this genotype that differ. " + " ".join(told)
    cells["contradicts"] = f"The module says {count} different things of this genotype; all of them are shown."
    schema = {**group.drop(NUMBER).schema, "contradicts": pl.String()}
    return pl.DataFrame([{**dict(zip(KEY, group.select(KEY).row(0), strict=True)), **cells}], schema=schema)


def _cell(cells: pl.Series) -> object:
    said = cells.drop_nulls().unique(maintain_order=True)
    if cells.n_unique() == 1:
        return cells[0]
    if cells.name in (*NUMBERS, *FLAGS):
        return None
    return "; ".join(said.to_list()) or None


def _told(number: int, row: dict[str, object]) -> str:
    parts = [str(row["state"])] if row.get("state") else []
    parts += [f"weight {row['weight']:g}"] if row.get("weight") is not None else []
    said = f": {row['conclusion']}" if row.get("conclusion") else ""
    return f"({number}) {', '.join(parts) or 'no state'}{said}"
