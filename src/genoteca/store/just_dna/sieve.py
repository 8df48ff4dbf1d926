"""Rows that are set aside on the way in, each with its reason: rows read are rows kept and rows set aside."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import polars as pl

__all__ = ["NUMBER", "Aside", "Sieve"]

NUMBER = "number"
"""Row of the source's table, 1-based, the header not counted."""


class Aside(StrEnum):
    """Why a row of a module is set aside."""

    CELL = "a cell that is not of its type"
    RAGGED = "more or fewer cells than the header"
    NO_IDENTIFIER = "no rsID and no position"
    NO_POSITION = "only an rsID, and the module does not say where it lies"
    CHROMOSOME = "no chromosome 1-22, X, Y or MT"
    OUTSIDE = "a position outside the chromosome"
    NO_REFERENCE = "no reference allele"
    NO_ALTERNATIVE = "no alternative allele"
    LETTERS = "alleles other than the letters A, C, G, T"
    GENOTYPE = "no genotype of one or two alleles"
    FOREIGN = "a genotype of other alleles than the site's"
    WRONG_BASE = "a reference allele that is not the genome's at this position"
    ELSEWHERE = "a position that is not the known one of its rsID"
    QUALITY = "it asks for a call quality that is not looked at here"
    SHARED_REFERENCE = "the reference genotype of an rsID with several places"
    REPEAT = "the same as another row"


_KEPT = ("rsid", "chrom", "start", "ref", "alts", "genotype")


class Sieve:
    """Takes rows out of tables, and remembers which and why."""

    def __init__(self) -> None:
        self._gone: list[pl.DataFrame] = []

    def drop(self, table: pl.DataFrame, broken: pl.Expr, reason: Aside) -> pl.DataFrame:
        """Set aside the rows of which `broken` is true; null is not broken."""
        marked = table.with_columns(broken.fill_null(value=False).alias("_broken"))
        gone = marked.filter("_broken")
        if len(gone):
            self._gone.append(_short(gone, reason))
        return marked.filter(~pl.col("_broken")).drop("_broken")

    def add(self, numbers: list[int], reason: Aside) -> None:
        """Set aside rows that never became part of a table."""
        if numbers:
            self._gone.append(_short(pl.DataFrame({NUMBER: numbers}, schema={NUMBER: pl.UInt32}), reason))

    def rows(self) -> pl.DataFrame:
        """Give what was set aside: `number`, `reason`, and as text what named the row."""
        empty = _short(pl.DataFrame(schema={NUMBER: pl.UInt32}), Aside.CELL)
        return pl.concat([empty, *self._gone]).sort(NUMBER, maintain_order=True)

    def counts(self, kept: pl.Series) -> Mapping[str, int]:
        """Give how many rows were set aside for which reason, the most first.

        `kept` are the numbers of rows that stand somewhere: a row of an rsID with several places may be set aside at
        one and kept at another. A row that was set aside at several counts once.
        """
        gone = self.rows().filter(~pl.col(NUMBER).is_in(kept.implode())).unique(NUMBER, keep="first")
        counted = gone.group_by("reason").len().sort("len", "reason", descending=[True, False])
        return dict(counted.iter_rows())


def _short(table: pl.DataFrame, reason: Aside) -> pl.DataFrame:
    named = [
        _text(name, table.schema[name]) if name in table.columns else pl.lit(None, pl.String).alias(name)
        for name in _KEPT
    ]
    return table.select(pl.col(NUMBER).cast(pl.UInt32), pl.lit(reason.value).alias("reason"), *named)


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    cell = pl.col(name).list.join("/") if isinstance(kind, pl.List) else pl.col(name).cast(pl.String)
    return cell.str.slice(0, 200)
